"""Which files does a project consist of? Nothing outside it is listed or read, and nothing that isn't its own."""

import os
import stat
from pathlib import Path

MAX_BYTES = 1_000_000
"""Larger Python files hold data, not code."""
MAX_OTHER_BYTES = 16_000_000
"""Lock files of large projects have several megabytes."""
MAX_DEPTH = 40

HIDDEN_FOLDERS = frozenset({".circleci", ".do", ".ebextensions", ".github", ".platform", ".streamlit", ".upsun"})
"""Hidden folders that say how a project is tested or run; all others belong to tools."""
IGNORED_FOLDERS = frozenset(
    {"__pycache__", "__pypackages__", "bower_components", "eggs", "htmlcov", "node_modules", "site-packages", "venv"}
)
BUILD_FOLDERS = frozenset({"_build", "build", "dist", "env"})
"""Ignored too, unless they are packages (`__init__.py`)."""


def list_files(root: Path) -> tuple[str, ...]:
    """Regular files, Python ones of a sensible size; symlinks count when they end at a file inside the project."""
    found: list[str] = []
    pending = [("", 0)]
    while pending:
        prefix, depth = pending.pop()
        folder = f"{root}/{prefix}"
        if prefix and _is_ignored(folder):
            continue
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    name = entry.name
                    if not name.isprintable():  # surrogates can't be named in a message or a JSON document
                        continue
                    if not _is_folder(entry):
                        if _is_wanted(entry, root):
                            found.append(prefix + name)
                    elif depth < MAX_DEPTH and (name[0] != "." or name in HIDDEN_FOLDERS):
                        pending.append((f"{prefix}{name}/", depth + 1))
        except OSError:
            continue
    return tuple(sorted(found))


def read_file(path: str) -> bytes:
    """What a regular file holds; nothing when it can't be read or is too large.

    It is looked at again: since it was listed it may have been replaced by a pipe.
    """
    limit = MAX_BYTES if path.endswith(".py") else MAX_OTHER_BYTES
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
            return b""
        return os.read(descriptor, status.st_size)
    except OSError:
        return b""
    finally:
        os.close(descriptor)


def _is_ignored(folder: str) -> bool:
    """Whether a folder holds an environment, build products, another program's packages or a template of projects.

    Asked before listing it. Cookiecutter and Copier name a template's folder `{{ something }}`.
    """
    name = folder.rstrip("/").rpartition("/")[2]
    if name in IGNORED_FOLDERS or name.endswith((".egg-info", ".dist-info")) or "{{" in name:
        return True
    if name in BUILD_FOLDERS and not Path(folder, "__init__.py").exists():
        return True
    return Path(folder, "pyvenv.cfg").exists()


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_wanted(entry: os.DirEntry[str], root: Path) -> bool:
    try:
        if entry.is_symlink():
            target = Path(entry.path).resolve()
            return target.is_relative_to(root) and target.is_file() and target.stat().st_size <= MAX_BYTES
        if not entry.is_file(follow_symlinks=False):
            return False
        return not entry.name.endswith(".py") or entry.stat(follow_symlinks=False).st_size <= MAX_BYTES
    except (OSError, RuntimeError):
        return False
