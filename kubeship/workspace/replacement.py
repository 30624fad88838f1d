"""How do several files change together, or not at all?"""

import contextlib
import os
import stat
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from kubeship.errors import InvalidInput, MissingPrecondition

TEMPORARY = ".kubeship-tmp-"
"""How files begin that are written but not yet in their place."""
ABANDONED_SECONDS = 3600


def replace_all(root: Path, texts: Mapping[str, str], deleted: Iterable[str] = ()) -> None:
    """Write all texts and delete all paths (relative to `root`); on any failure, everything is as before.

    Files are renamed into place in the order of `texts`. Modes of existing files are kept. Raises InvalidInput for a
    path that is a symlink or leads out of `root`, MissingPrecondition when the disk or a permission doesn't let it.
    """
    removed = tuple(deleted)
    targets = {path: inside(root, path) for path in (*texts, *removed)}
    _sweep(target.parent for target in targets.values())
    staged: dict[str, Path] = {}
    done: list[tuple[Path, bytes | None, int]] = []
    created: list[Path] = []
    current = ""
    try:
        for current, text in texts.items():
            created += _make_directories(targets[current].parent)
            staged[current] = _stage(targets[current], text)
        for current in (*texts, *removed):
            target = targets[current]
            done.append((target, _content(target), _mode(target)))
            if current in staged:
                staged[current].replace(target)
            else:
                target.unlink(missing_ok=True)
    except BaseException as error:
        _undo(done, staged.values(), created)
        if isinstance(error, OSError):
            raise MissingPrecondition(
                f"{current} can't be written: {error.strerror or error}; nothing was changed",
                hint=f"make {targets[current].parent} writable, with room on its disk",
            ) from error
        raise
    _remove_empty(root, (targets[path].parent for path in removed))


def inside(root: Path, path: str) -> Path:
    """The place of a relative path. Raises InvalidInput when it leads out of `root` or through a symlink."""
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or not parts.parts:
        raise InvalidInput(f"{path} is not a path inside the project", hint="use a path relative to kubeship.yaml")
    place = root
    for part in parts.parts:
        place = place / part
        if place.is_symlink():
            raise InvalidInput(
                f"{place.relative_to(root)} is a symlink, and kubeship writes only into the project's own files",
                hint=f"replace {place.relative_to(root)} by a real file or directory",
            )
    if place.is_dir():
        raise InvalidInput(f"{path} is a directory, expected a file", hint=f"move {path} away")
    return place


def _make_directories(directory: Path) -> Sequence[Path]:
    missing = [each for each in (directory, *directory.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir()
    return missing


def _sweep(directories: Iterable[Path]) -> None:
    """Delete what a run that was killed left behind; what is young may belong to one that runs now."""
    for directory in set(directories):
        for leftover in directory.glob(f"{TEMPORARY}*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - leftover.stat().st_mtime > ABANDONED_SECONDS:
                    leftover.unlink()


def _stage(target: Path, text: str) -> Path:
    handle, name = tempfile.mkstemp(prefix=TEMPORARY, dir=target.parent)
    staged = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
            file.flush()
            os.fsync(file.fileno())
        staged.chmod(_mode(target))
    except BaseException:
        staged.unlink(missing_ok=True)
        raise
    return staged


def _mode(target: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return stat.S_IMODE(target.stat().st_mode)
    # The only way to read the umask is to set it.
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _content(target: Path) -> bytes | None:
    try:
        return target.read_bytes()
    except FileNotFoundError:
        return None


def _undo(done: Iterable[tuple[Path, bytes | None, int]], staged: Iterable[Path], created: Sequence[Path]) -> None:
    for target, content, mode in done:
        if content is None:
            target.unlink(missing_ok=True)
        elif _content(target) != content:
            target.write_bytes(content)
            target.chmod(mode)
    for each in staged:
        each.unlink(missing_ok=True)
    for directory in sorted(created, key=lambda each: len(each.parts), reverse=True):
        with contextlib.suppress(OSError):
            directory.rmdir()


def _remove_empty(root: Path, directories: Iterable[Path]) -> None:
    for directory in set(directories):
        place = directory
        while place != root:
            try:
                place.rmdir()
            except OSError:
                break
            place = place.parent
