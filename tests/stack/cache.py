"""Has this been built before, from exactly the same things?"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from tests.stack.progress import step


def cache_root(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of everything that is built once per machine."""
    if chosen := environment.get("KUBESHIP_STACK_CACHE"):
        return Path(chosen)
    home = environment.get("XDG_CACHE_HOME") or str(Path(environment.get("HOME", "~")).expanduser() / ".cache")
    return Path(home) / "kubeship-stack"


def cache_key(files: Iterable[Path], words: Iterable[str]) -> str:
    """A hash over file names and contents, and over words such as versions and flags."""
    digest = hashlib.sha256()
    for path in sorted(files):
        content = path.read_bytes()
        digest.update(f"file {path.name} {len(content)}\0".encode() + content)
    for word in words:
        digest.update(f"word {len(word)}\0{word}".encode())
    return digest.hexdigest()[:16]


def cached(name: str, key: str, build: Callable[[Path], None]) -> Path:
    """The folder NAME-KEY of the cache, built into a neighbour and renamed when it is complete."""
    folder = cache_root() / f"{name}-{key}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder.parent))
    unfinished.chmod(0o755)
    try:
        with step(f"{name}: not in the cache, building"):
            build(unfinished)
        try:
            unfinished.rename(folder)
        except OSError:
            if not folder.is_dir():  # another checkout may have finished the same build first
                raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder
