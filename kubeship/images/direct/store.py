"""What was made before and can be used again? Layers, bytecode and answers of registries, in the user's cache folder.

Whatever lies there may vanish or be broken: it is then made anew. Entries appear whole, by renaming; what a killed run
left is removed by the next one that writes.
"""

import errno
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubeship.errors import MissingPrecondition

LIMIT = 3_000_000_000
"""Bytes that layers may take; the ones that were used longest ago go first."""
DAYS_KEPT = 30
"""Of bytecode and small answers, after their last use."""


def cache_folder(environment: Mapping[str, str]) -> Path:
    """KUBESHIP_CACHE_DIR, or `kubeship` in XDG_CACHE_HOME or ~/.cache (XDG Base Directory specification)."""
    if named := environment.get("KUBESHIP_CACHE_DIR"):
        return Path(named).expanduser()
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kubeship"


def key_of(*parts: object) -> str:
    """A name for what was made from `parts`."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class Store:
    """The cache in one folder; several runs may use it at once."""

    folder: Path
    limit: int = LIMIT

    def answer(self, kind: str, key: str) -> Any | None:
        """A small document, None when it isn't there or can't be read."""
        try:
            path = self._path(kind, key)
            found = json.loads(path.read_bytes())
            _touch(path)
            return found
        except (OSError, ValueError):
            return None

    def remember(self, kind: str, key: str, document: Any) -> None:
        """Keep a small document."""
        self.put(kind, key, json.dumps(document).encode())

    def forget(self, kind: str, key: str) -> None:
        """Keep it no longer."""
        with suppress(OSError):
            self._path(kind, key).unlink()

    def content(self, kind: str, key: str) -> bytes | None:
        """Small bytes, None when they aren't there."""
        try:
            return self._path(kind, key).read_bytes()
        except OSError:
            return None

    def put(self, kind: str, key: str, content: bytes) -> None:
        """Keep small bytes. Raises MissingPrecondition when the folder can't be written."""
        path = self._path(kind, key)
        with self.writing():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise

    def blob(self, digest: str) -> Path | None:
        """A layer's file, None when it isn't there or its bytes are no longer what they were."""
        path = self._path("blobs", digest.removeprefix("sha256:"))
        try:
            with path.open("rb") as file:
                sound = "sha256:" + hashlib.file_digest(file, "sha256").hexdigest() == digest
            if sound:
                _touch(path)
                return path
            path.unlink()
        except OSError:
            pass
        return None

    def keep(self, digest: str, written: Path) -> Path:
        """Take over a layer's file that was written in `scratch`, and make room for it."""
        path = self._path("blobs", digest.removeprefix("sha256:"))
        with self.writing():
            path.parent.mkdir(parents=True, exist_ok=True)
            written.replace(path)
        self._prune(path)
        return path

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder that is gone afterwards; after SIGKILL, once the next run asks for one."""
        parent = self.folder / "scratch"
        with self.writing():
            parent.mkdir(parents=True, exist_ok=True)
            _remove_abandoned(parent)
            folder = Path(tempfile.mkdtemp(dir=parent))
            held = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(held, fcntl.LOCK_EX)
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(held)

    def _path(self, kind: str, key: str) -> Path:
        return self.folder / kind / key[:2] / key[2:]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """What fails to be written inside is a sentence about the cache folder."""
        try:
            yield
        except OSError as error:
            full = error.errno in {errno.ENOSPC, errno.EDQUOT}
            raise MissingPrecondition(
                f"The cache folder {self.folder} "
                + ("is full: no space is left on its disk." if full else f"can't be written: {error.strerror}."),
                hint="free some space, or set KUBESHIP_CACHE_DIR to a folder with more of it"
                if full
                else "give your user the right to write there, or set KUBESHIP_CACHE_DIR to another folder",
            ) from error

    def _prune(self, wanted: Path) -> None:
        """Keep layers below the limit, oldest use first, and small entries for their days."""
        layers = sorted(_files(self.folder / "blobs"), key=lambda found: -found[1].st_mtime)
        total = 0
        for path, status in layers:
            total += status.st_size
            if total > self.limit and path != wanted:
                path.unlink(missing_ok=True)
        oldest = time.time() - DAYS_KEPT * 86400
        for path, status in _files(self.folder):
            if path.relative_to(self.folder).parts[0] not in {"blobs", "scratch"} and status.st_mtime < oldest:
                path.unlink(missing_ok=True)


def _remove_abandoned(parent: Path) -> None:
    """A folder whose lock is free belongs to nobody. A new one is left alone until its owner had time to lock it."""
    for found in parent.iterdir():
        with suppress(OSError):
            held = os.open(found, os.O_RDONLY)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if time.time() - found.stat().st_mtime > 5:
                    shutil.rmtree(found, ignore_errors=True)
            finally:
                os.close(held)


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                path = Path(parent, name)
                yield path, path.stat()


def _touch(path: Path) -> None:
    with suppress(OSError):
        os.utime(path)
