"""How does a file look in a tar? GNU format, owned by root, written by hand: tarfile takes half of a build's start."""

import stat
import tarfile
from dataclasses import dataclass

BLOCK = tarfile.BLOCKSIZE
_NAME_BYTES = 100
_LARGEST = 0o77777777777
"""Of size and time, in the eleven octal digits that there is room for."""
_BLANK = b" " * 8
"""The checksum while it is being computed."""
_OWNER = b"0000000\0" * 2
_GNU = b"ustar  \0".ljust(255, b"\0")
"""Magic; names of user and group, device numbers and prefix are empty."""
_CONSTANT = sum(_BLANK + _OWNER + _GNU)


@dataclass(frozen=True)
class Member:
    """A file, folder or symbolic link as it is sent."""

    name: str
    kind: int
    """stat.S_IFREG, S_IFDIR or S_IFLNK."""
    mode: int
    size: int
    mtime: int
    target: str = ""


def member(name: str, status_mode: int, size: int, mtime: int, target: str = "") -> Member:
    """Modes are two: what its owner may execute is 0755, as folders are, everything else 0644."""
    if stat.S_ISDIR(status_mode):
        return Member(name, stat.S_IFDIR, 0o755, 0, mtime)
    if target:
        return Member(name, stat.S_IFLNK, 0o777, 0, mtime, target)
    return Member(name, stat.S_IFREG, 0o755 if status_mode & stat.S_IXUSR else 0o644, size, mtime)


def header(sent: Member) -> bytes:
    """The header, as tarfile writes it in GNU format (a test compares them)."""
    name = sent.name.encode("utf-8", "surrogateescape") + (b"/" if sent.kind == stat.S_IFDIR else b"")
    target = sent.target.encode("utf-8", "surrogateescape")
    fits = 0 <= sent.size <= _LARGEST and 0 <= sent.mtime <= _LARGEST
    if not fits or len(name) > _NAME_BYTES or len(target) > _NAME_BYTES:
        return _unusual(sent)
    mode = b"%07o\0" % sent.mode
    numbers = b"%011o\0%011o\0" % (sent.size, sent.mtime)
    kind = _KINDS[sent.kind]
    checksum = _CONSTANT + sum(name) + sum(mode) + sum(numbers) + kind[0] + sum(target)
    return b"".join(
        (
            name.ljust(_NAME_BYTES, b"\0"),
            mode,
            _OWNER,
            numbers,
            b"%06o\0 " % checksum,
            kind,
            target.ljust(_NAME_BYTES, b"\0"),
            _GNU,
        )
    )


_KINDS = {stat.S_IFREG: tarfile.REGTYPE, stat.S_IFDIR: tarfile.DIRTYPE, stat.S_IFLNK: tarfile.SYMTYPE}


def _unusual(sent: Member) -> bytes:
    """Long names, huge sizes and times before 1970 need GNU's extensions."""
    info = tarfile.TarInfo(sent.name)
    info.type, info.mode, info.size, info.mtime = _KINDS[sent.kind], sent.mode, sent.size, sent.mtime
    info.linkname = sent.target
    return info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")
