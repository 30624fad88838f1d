"""How do files become an image's layer? The same bytes for the same files, in memory that doesn't grow with them."""

import hashlib
import os
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kubeship.errors import InvalidInput

CHUNK = 1 << 20
LEVEL = 6
"""Of zlib. A layer is packed once and pulled many times."""
FIRST_DAY = 315532800
"""1980-01-01: zip archives know no earlier time, and Python's zipfile refuses it."""
DAYS = 25 * 365


@dataclass(frozen=True)
class Member:
    """One file, directory or symbolic link of a layer; all belong to root."""

    name: str
    """`opt/venv/bin/python`: without a leading slash."""
    mode: int
    source: Path | None = None
    """Where the content is."""
    content: bytes | None = None
    """The content itself, where it is small or made here."""
    target: str | None = None
    """Where a symbolic link points."""


@dataclass(frozen=True)
class Packed:
    """A layer, written."""

    digest: str
    """`sha256:...` of the compressed bytes, which is what registries know it by."""
    diff_id: str
    """`sha256:...` of the tar."""
    size: int
    """Compressed bytes."""


def folder(name: str) -> Member:
    """A directory that everybody may look into."""
    return Member(name, 0o755)


def write_layer(members: Iterable[Member], to: BinaryIO, epoch: int | None = None) -> Packed:
    """Write members in their order as a compressed tar. No time is later than `epoch`, where it is given.

    Raises InvalidInput for a file that can't be read, OSError when writing fails.
    """
    pack = zlib.compressobj(LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    plain, packed, size = hashlib.sha256(), hashlib.sha256(), 0
    for piece in _pieces(members, epoch):
        plain.update(piece)
        squeezed = pack.compress(piece)
        packed.update(squeezed)
        size += to.write(squeezed)
    rest = pack.flush()
    packed.update(rest)
    size += to.write(rest)
    return Packed(f"sha256:{packed.hexdigest()}", f"sha256:{plain.hexdigest()}", size)


def _pieces(members: Iterable[Member], epoch: int | None) -> Iterator[bytes]:
    """The tar in pieces of about CHUNK bytes: hashing and packing many small ones takes longer."""
    buffer = bytearray()
    for member in members:
        for piece in _archived(member, epoch):
            buffer += piece
            if len(buffer) >= CHUNK:
                yield bytes(buffer)
                buffer.clear()
    yield bytes(buffer) + bytes(2 * tarfile.BLOCKSIZE)


def _archived(member: Member, epoch: int | None) -> Iterator[bytes]:
    header = tarfile.TarInfo(member.name)
    header.mode, header.mtime = member.mode, _time(0, epoch)
    if member.target is not None:
        header.type, header.linkname = tarfile.SYMTYPE, member.target
    elif member.source is None and member.content is None:
        header.type = tarfile.DIRTYPE
    else:
        content = member.content if member.content is not None else _small(member.source)
        if content is None:
            assert member.source is not None
            yield from _big(header, member.source, epoch)
            return
        header.size = len(content)
        header.mtime = _time(zlib.crc32(content), epoch)
        yield header.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")
        yield content
        yield bytes(-header.size % tarfile.BLOCKSIZE)
        return
    yield header.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


def _time(checksum: int, epoch: int | None) -> int:
    """A file's time follows from its content.

    The file's own time is another one in each checkout. One time for all of them is dangerous: servers make ETag and
    Last-Modified from time and size (nginx, Starlette, WhiteNoise), so browsers would keep an old content.
    """
    time = FIRST_DAY + checksum % (DAYS * 86400)
    return time if epoch is None else min(time, epoch)


def _small(source: Path | None) -> bytes | None:
    assert source is not None
    try:
        with source.open("rb") as file:
            return file.read() if os.fstat(file.fileno()).st_size <= CHUNK else None
    except OSError as error:
        raise _unreadable(source, error) from error


def _big(header: tarfile.TarInfo, source: Path, epoch: int | None) -> Iterator[bytes]:
    """Read twice, because the header with the time comes first. One that changes meanwhile can't be packed."""
    try:
        with source.open("rb") as file:
            checksum = size = 0
            while piece := file.read(CHUNK):
                checksum, size = zlib.crc32(piece, checksum), size + len(piece)
            header.size, header.mtime = size, _time(checksum, epoch)
            yield header.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")
            file.seek(0)
            again = 0
            while size and (piece := file.read(min(CHUNK, size))):
                again, size = zlib.crc32(piece, again), size - len(piece)
                yield piece
    except OSError as error:
        raise _unreadable(source, error) from error
    if size or again != checksum:
        raise InvalidInput(
            f"{source} changed while it was being packed.",
            hint="stop what writes to it, or name it in .dockerignore, and build again",
        )
    yield bytes(-header.size % tarfile.BLOCKSIZE)


def _unreadable(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(
        f"{path} can't be packed: {error.strerror}.",
        hint="make it readable for your user, or name it in .dockerignore, and build again",
    )
