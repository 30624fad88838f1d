"""Which files does the project consist of, and what stands in them? Listed once, each parsed at most once."""

import ast
import os
import re
import sys
import tomllib
import warnings
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from kubeship.errors import InvalidInput
from kubeship.model.origin import Origin
from kubeship.model.project import Warned

MAX_BYTES = 1_000_000
"""Larger files hold data, not code."""
MAX_DEPTH = 40

IGNORED_FOLDERS = frozenset(
    {"__pycache__", "__pypackages__", "bower_components", "eggs", "htmlcov", "node_modules", "site-packages", "venv"}
)
BUILD_FOLDERS = frozenset({"_build", "build", "dist", "env"})
"""Ignored too, unless they are packages (`__init__.py`)."""

# fmt: off
ASIDE_FOLDERS = frozenset((
    "_vendor", "bench", "benchmark", "benchmarks", "cookbook", "demo", "demos", "doc", "docs", "e2e", "example",
    "examples", "fixtures", "integration_tests", "notebooks", "sample", "samples", "test", "testdata", "testing",
    "tests", "third_party", "tutorial", "tutorials", "unittests", "vendor", "vendored",
))
# fmt: on
"""Folders whose code is not what is deployed."""
ASIDE_FILES = re.compile(r"(test_.*|.*_tests?|tests?|conftest|setup|noxfile|fabfile|dodo)\.py")


class Sources:
    """A project's files: relative paths with forward slashes, sorted; contents read and parsed when asked for."""

    def __init__(self, root: Path) -> None:
        """Raises InvalidInput when there is no Python below `root`."""
        self.root = root
        self.files = _files(root)
        self.python_files = tuple(path for path in self.files if path.endswith(".py"))
        self.code = tuple(path for path in self.python_files if not is_aside(path))
        """Python files that are not tests, documentation, examples or vendored."""
        self._known = frozenset(self.files)
        self._folders = frozenset(str(parent) for path in self.files for parent in PurePosixPath(path).parents)
        self._bytes: dict[str, bytes] = {}
        self._trees: dict[str, ast.Module | None] = {}
        self._broken: dict[str, Warned] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._known

    def has_folder(self, path: str) -> bool:
        """Whether files lie in or below the folder."""
        return path in self._folders

    def content(self, path: str) -> bytes:
        """The file's bytes; empty when it can't be read."""
        if path not in self._bytes:
            try:
                self._bytes[path] = (self.root / path).read_bytes()
            except OSError:
                self._bytes[path] = b""
        return self._bytes[path]

    def text(self, path: str) -> str:
        """The file's text by its byte order mark, else as UTF-8; what doesn't decode becomes U+FFFD."""
        content = self.content(path)
        utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        return content.decode("utf-16" if utf16 else "utf-8-sig", errors="replace").replace("\r\n", "\n")

    def mentioning(self, pattern: re.Pattern[bytes]) -> Iterator[str]:
        """The code files whose bytes match: cheap, to parse only what matters."""
        return (path for path in self.code if pattern.search(self.content(path)))

    def tree(self, path: str) -> ast.Module | None:
        """The file's syntax tree, or None when it doesn't parse (then it is among `broken`)."""
        if path not in self._trees:
            self._trees[path] = self._parse(path)
        return self._trees[path]

    def toml(self, path: str) -> dict[str, Any]:
        """A TOML file; empty when it isn't there. Raises InvalidInput when it isn't TOML."""
        if path not in self:
            return {}
        try:
            return tomllib.loads(self.text(path))
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise InvalidInput(
                f"{path} is not valid TOML: {error}", hint=f"correct {path}, then run the command again"
            ) from error

    def line_of(self, path: str, pattern: str) -> int | None:
        """The first line (from 1) that matches the regular expression."""
        lines = self.text(path).splitlines()
        return next((number for number, line in enumerate(lines, 1) if re.search(pattern, line)), None)

    @property
    def broken(self) -> dict[str, Warned]:
        """The files that were parsed and aren't Python, with what the parser said."""
        return dict(sorted(self._broken.items()))

    def _parse(self, path: str) -> ast.Module | None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.content(path), filename=path)
        except SyntaxError as error:
            line, words = error.lineno, error.msg
        except (ValueError, RecursionError, MemoryError) as error:
            line, words = None, str(error) or type(error).__name__
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        message = f"Python {version}, which runs kubeship, can't parse this file: {words}"
        self._broken[path] = Warned(message, Origin(path, line))
        return None


def read_sources(path: Path) -> Sources:
    """The project at `path`. Raises InvalidInput when there is none."""
    if not path.exists():
        raise InvalidInput(f"{path} does not exist", hint="give the folder that holds the project")
    if not path.is_dir():
        raise InvalidInput(f"{path} is a file, not a folder", hint="give the folder that holds the project")
    sources = Sources(path.resolve())
    if not sources.files:
        raise InvalidInput(f"{path} is empty", hint="give the folder that holds the project")
    if not sources.python_files:
        raise InvalidInput(
            f"{path} holds no Python files ({len(sources.files)} other files were seen)",
            hint="give the folder that holds the project's Python code",
        )
    return sources


def is_aside(path: str) -> bool:
    """Whether the file is a test, documentation, an example, vendored, or a tool's configuration."""
    *folders, name = path.split("/")
    return any(folder.lower() in ASIDE_FOLDERS for folder in folders) or bool(ASIDE_FILES.fullmatch(name))


def folder_of(path: str) -> str:
    """The folder of a file; `.` at the top."""
    return path.rpartition("/")[0] or "."


def _files(root: Path) -> tuple[str, ...]:
    """Regular files of a sensible size; symlinks count when they end at a file inside the project."""
    found: list[str] = []
    pending = [("", 0)]
    while pending:
        prefix, depth = pending.pop()
        try:
            with os.scandir(root / prefix) as listing:
                entries = {entry.name: entry for entry in listing}
        except OSError:
            continue
        if prefix and _is_ignored(PurePosixPath(prefix).name, entries):
            continue
        for name, entry in entries.items():
            if not _is_text(name):
                continue
            if _is_folder(entry):
                if not name.startswith(".") and name not in IGNORED_FOLDERS and depth < MAX_DEPTH:
                    pending.append((f"{prefix}{name}/", depth + 1))
            elif _is_wanted(entry, root):
                found.append(prefix + name)
    return tuple(sorted(found))


def _is_ignored(name: str, entries: dict[str, os.DirEntry[str]]) -> bool:
    if "pyvenv.cfg" in entries or name.endswith((".egg-info", ".dist-info")):
        return True
    return name in BUILD_FOLDERS and "__init__.py" not in entries


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
        return entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_size <= MAX_BYTES
    except (OSError, RuntimeError):
        return False


def _is_text(name: str) -> bool:
    """Names that aren't valid UTF-8 (surrogates) can't be named in a message or a JSON document."""
    return name.isprintable()
