"""What is sent to the engine to build from? The project's files as a tar stream, the same bytes for the same tree."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kubeship.errors import InvalidInput
from kubeship.images.dockerignore import Ignored, read_dockerignore
from kubeship.images.tar import BLOCK, header, member

_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0)
CHUNK = 1 << 20
"""Bytes handed over at once; also what bounds the memory."""


@dataclass(frozen=True)
class Entry:
    """A file, directory or symbolic link of the context."""

    name: str
    """Relative to the context, with forward slashes."""
    status: os.stat_result
    target: str = ""
    """Where a symbolic link points."""


@dataclass(frozen=True)
class Replacement:
    """A file whose content is sent in place of the one on disk."""

    name: str
    content: bytes


def tar_stream(
    context: Path, dockerfile: str, replacement: Replacement | None = None, latest: int | None = None
) -> Iterator[bytes]:
    """The context as a GNU tar in pieces of about CHUNK bytes.

    Owner, modes and order are fixed, so that neither umask nor file system show in the image; mtimes are whole seconds,
    since BuildKit 20.10 rejects docker-py's PAX headers, and none is later than `latest` (seconds since 1970). Raises
    InvalidInput when a file can't be read.
    """
    pieces: list[bytes] = []
    waiting = 0
    for entry in entries(context, dockerfile):
        for piece in _sent(context, entry, replacement, latest):
            pieces.append(piece)
            waiting += len(piece)
            if waiting >= CHUNK:
                yield b"".join(pieces)
                pieces.clear()
                waiting = 0
    yield b"".join(pieces) + bytes(2 * BLOCK)


def _sent(context: Path, entry: Entry, replacement: Replacement | None, latest: int | None) -> Iterator[bytes]:
    """Header, content and padding of one entry."""
    status = entry.status
    replaced = replacement.content if replacement and replacement.name == entry.name else None
    size = status.st_size if replaced is None else len(replaced)
    mtime = int(status.st_mtime) if latest is None else min(int(status.st_mtime), latest)
    described = member(entry.name, status.st_mode, size, mtime, entry.target)
    yield header(described)
    if replaced is not None:
        yield replaced
    elif described.size:
        yield from pieces(f"{context}/{entry.name}", size)
    if padding := -described.size % BLOCK:
        yield bytes(padding)


def entries(context: Path, dockerfile: str) -> Iterator[Entry]:
    """Everything that .dockerignore lets through, sorted; the Dockerfile and .dockerignore in any case.

    Raises InvalidInput for a .dockerignore that can't be understood and for a folder that can't be read.
    """
    always = frozenset({dockerfile, ".dockerignore", *_parents(dockerfile)})
    yield from _walk(_Selection(context, ignore_rules(context, dockerfile), always), "")


def ignore_rules(context: Path, dockerfile: str) -> Ignored:
    """`<Dockerfile>.dockerignore` beside the Dockerfile wins over the context's .dockerignore, as in BuildKit."""
    for name in (f"{dockerfile}.dockerignore", ".dockerignore"):
        path = context / name
        if not path.is_file():
            continue
        try:
            return read_dockerignore(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise InvalidInput(
                f"The context can't be chosen: {name}, {error}.", hint=f"correct {path} and build again"
            ) from error
        except OSError as error:
            raise InvalidInput(
                f"The context can't be chosen: {path} can't be read ({error.strerror}).",
                hint=f"give your user the right to read it: chmod u+r {path}",
            ) from error
    return Ignored()


@dataclass(frozen=True)
class _Selection:
    context: Path
    ignored: Ignored
    always: frozenset[str]

    def leaves_out(self, name: str) -> bool:
        return name in self.ignored and name not in self.always

    def may_keep_inside(self, folder: str) -> bool:
        """Whether something inside a folder that is left out may be wanted."""
        return folder in self.always or self.ignored.may_except_inside(folder)


def _walk(selection: _Selection, folder: str) -> Iterator[Entry]:
    try:
        with os.scandir(selection.context / folder) as found:
            children = sorted(found, key=lambda child: child.name)
        for child in children:
            name = f"{folder}/{child.name}" if folder else child.name
            if child.is_dir(follow_symlinks=False):
                yield from _folder(selection, name, child)
            elif not selection.leaves_out(name) and (entry := _entry(name, child)):
                yield entry
    except OSError as error:
        raise _unreadable(Path(error.filename or selection.context / folder), error) from error


def _folder(selection: _Selection, name: str, child: "os.DirEntry[str]") -> Iterator[Entry]:
    """A folder and what is in it. One that is left out still comes when something inside it is kept."""
    if not selection.leaves_out(name):
        yield Entry(name, child.stat(follow_symlinks=False))
        yield from _walk(selection, name)
    elif selection.may_keep_inside(name):
        inside = _walk(selection, name)
        if first := next(inside, None):
            yield Entry(name, child.stat(follow_symlinks=False))
            yield first
            yield from inside


def _entry(name: str, child: "os.DirEntry[str]") -> Entry | None:
    """None for sockets, pipes and devices, which no image needs."""
    if child.is_symlink():
        return Entry(name, child.stat(follow_symlinks=False), target=str(Path(child.path).readlink()))
    return Entry(name, child.stat(follow_symlinks=False)) if child.is_file() else None


def pieces(path: str, size: int) -> Iterator[bytes]:
    """Exactly `size` bytes: a file that grows meanwhile (a log) is cut, one that shrinks can't be sent."""
    try:
        file = os.open(path, _READ)  # Path.open costs thrice as much
        try:
            while size:
                piece = os.read(file, min(size, CHUNK))
                if not piece:
                    raise InvalidInput(
                        f"{path} became shorter while it was being sent to the engine.",
                        hint="stop what writes to it, or name it in .dockerignore, and build again",
                    )
                size -= len(piece)
                yield piece
        finally:
            os.close(file)
    except OSError as error:
        raise _unreadable(Path(path), error) from error


def read(path: Path) -> bytes:
    """A file's content. Raises InvalidInput when it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _parents(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _unreadable(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(
        f"{path} can't be sent to the engine: {error.strerror}.",
        hint="make it readable for your user, or name it in .dockerignore, and build again",
    )
