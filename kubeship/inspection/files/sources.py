"""Which files does the project consist of, and what stands in them? Listed once, each parsed at most once."""

import ast
import gc
import re
import sys
import tomllib
import warnings
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from kubeship.errors import InvalidInput
from kubeship.inspection.files.import_lines import import_lines, imported_modules
from kubeship.inspection.files.listing import list_files, read_file
from kubeship.inspection.files.newer_syntax import parsed_as_older
from kubeship.inspection.files.vendored import vendored_folders
from kubeship.model.origin import Origin
from kubeship.model.project import Warned

ASIDE_FOLDERS = frozenset((
    "_tests", "_ui_tests", "_vendor", "app_template", "bench", "benchmark", "benchmarks", "cookbook", "demo",
    "demos", "doc", "docs", "e2e", "example", "examples", "fixtures", "integration_tests", "mock_server",
    "mock_services", "mocks", "mockserver", "mockservices", "notebooks", "project_name", "project_template",
    "sample", "samples", "test", "testdata", "testing", "tests", "third_party", "tutorial", "tutorials",
    "unittests", "vendor", "vendored",
))  # fmt: skip
"""Folders whose code is not what is deployed; Django's `startproject --template` fills in `project_name`."""
ASIDE_FILES = re.compile(r"(test_.*|.*_tests?|tests?|conftest|setup|noxfile|fabfile|locustfile|dodo)\.py")


class Sources:
    """A project's files: relative paths with forward slashes, sorted; contents read and parsed when asked for."""

    def __init__(self, root: Path) -> None:
        """Raises InvalidInput when there is no Python below `root`."""
        self.root = root
        self._prefix = f"{root}/"
        self.files = list_files(root)
        self.python_files = _own(path for path in self.files if path.endswith(".py") and path[0] != ".")
        self.other_files = tuple(path for path in self.files if not path.endswith(".py"))
        self.code = tuple(path for path in self.python_files if not is_aside(path))
        """Python files that are not tests, documentation, examples or vendored."""
        self._known = frozenset(self.files)
        self._folders = _folders(self.files)
        self._others: tuple[str, ...] = ()
        self._bytes: dict[str, bytes] = {}
        self._import_lines: dict[str, bytes] = {}
        self._imports: dict[str, frozenset[str]] = {}
        self._trees: dict[str, ast.Module | None] = {}
        self._broken: dict[str, Warned] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._known

    def has_folder(self, path: str) -> bool:
        """Whether files lie in or below the folder."""
        return path in self._folders

    @cached_property
    def python_folders(self) -> frozenset[str]:
        """The folders that Python files lie in or below."""
        return _folders(self.python_files)

    def content(self, path: str) -> bytes:
        """The file's bytes; empty when it can't be read, or is too large to be read."""
        if path not in self._bytes:
            self._bytes[path] = read_file(f"{self._prefix}{path}")
        return self._bytes[path]

    def import_lines(self, path: str) -> bytes:
        """The lines of the file that import something: names travel between files through them only."""
        if path not in self._import_lines:
            self._import_lines[path] = import_lines(self.content(path))
        return self._import_lines[path]

    def imports(self, path: str) -> frozenset[str]:
        """The top-level names of the modules that the file imports, by its bytes; `.` for relative imports."""
        if path not in self._imports:
            self._imports[path] = imported_modules(self.import_lines(path))
        return self._imports[path]

    def importing(self, names: Iterable[str]) -> Iterator[str]:
        """The code files that import one of these top-level modules, by name: far cheaper than a pattern."""
        return iter(sorted({path for name in names for path in self._importers.get(name, ())}))

    @cached_property
    def _importers(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self.code:
            for name in self.imports(path):
                found.setdefault(name, []).append(path)
        return found

    def leave_out(self, folders: Iterable[str]) -> None:
        """Forget the code of other projects in the repository, and what they say of themselves."""
        prefixes = self._others = tuple(f"{folder}/" for folder in folders)
        self.python_files = tuple(path for path in self.python_files if not path.startswith(prefixes))
        self.code = tuple(path for path in self.code if not path.startswith(prefixes))
        self.other_files = tuple(path for path in self.other_files if not path.startswith(prefixes))
        for known in ("_importers", "python_folders"):
            self.__dict__.pop(known, None)

    @property
    def has_others(self) -> bool:
        """Whether other projects of the repository were left out."""
        return bool(self._others)

    def is_left_out(self, folder: str) -> bool:
        """Whether the folder belongs to another project of the repository."""
        return f"{folder}/".startswith(self._others) if self._others else False

    def text(self, path: str) -> str:
        """The file's text by its byte order mark, else as UTF-8; what doesn't decode becomes U+FFFD."""
        content = self.content(path)
        utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        return content.decode("utf-16" if utf16 else "utf-8-sig", errors="replace").replace("\r\n", "\n")

    def mentioning(
        self, pattern: re.Pattern[bytes], among: Container[str] | None = None, *, words: tuple[bytes, ...] = ()
    ) -> Iterator[str]:
        """The code files whose bytes match: cheap, to parse only what matters.

        Each match must hold one of `words`, if some are given: looking for them is a hundred times faster.
        """
        for path in self.code if among is None else (path for path in self.code if path in among):
            content = self.content(path)
            if (not words or any(word in content for word in words)) and pattern.search(content):
                yield path

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
            self._broken[path] = Warned(f"is not valid TOML, and is passed over: {error}", Origin(path))
            raise InvalidInput(
                f"{path} is not valid TOML: {error}", hint=f"correct {path}, then run the command again"
            ) from error

    def line_of(self, path: str, pattern: str) -> int | None:
        """The first line (from 1) that matches the regular expression."""
        lines = self.text(path).splitlines()
        return next((number for number, line in enumerate(lines, 1) if re.search(pattern, line)), None)

    @property
    def broken(self) -> dict[str, Warned]:
        """The files that were parsed and aren't Python, or aren't TOML, with what the parser said."""
        return dict(sorted(self._broken.items()))

    def _parse(self, path: str) -> ast.Module | None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.content(path), filename=path)
        except SyntaxError as error:
            if tree := parsed_as_older(self.content(path)):
                return tree
            line, words = error.lineno, error.msg
        except (ValueError, RecursionError, MemoryError) as error:
            line, words = None, str(error) or type(error).__name__
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        message = f"Python {version}, which runs kubeship, can't parse this file: {words}"
        self._broken[path] = Warned(message, Origin(path, line))
        return None


@contextmanager
def no_collection() -> Iterator[None]:
    """Trees are many objects and none is garbage: looking for some takes half of the time of an inspection."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


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
    folder, _, name = path.rpartition("/")
    return _is_aside_folder(folder) or ASIDE_FILES.fullmatch(name) is not None


@cache
def _is_aside_folder(path: str) -> bool:
    first, *inner = path.lower().split("/")
    own = first in ("app_template", "project_template")  # at the top, that is how the project itself is called
    return not ASIDE_FOLDERS.isdisjoint(inner if own else (first, *inner))


def folder_of(path: str) -> str:
    """The folder of a file; `.` at the top."""
    return path.rpartition("/")[0] or "."


def in_folder(folder: str, name: str) -> str:
    """The path of what lies in a folder; `.` is the top."""
    return name if folder == "." else f"{folder}/{name}"


def stem(path: str) -> str:
    """The name of a Python file without its ending."""
    return path.rpartition("/")[2].removesuffix(".py")


def _own(python_files: Iterable[str]) -> tuple[str, ...]:
    """Without copies of other people's packages."""
    found = tuple(python_files)
    vendored = tuple(f"{folder}/" for folder in vendored_folders(found))
    return tuple(path for path in found if not path.startswith(vendored)) if vendored else found


def _folders(paths: Iterable[str]) -> frozenset[str]:
    """Every folder above one of the files; `.` for the top."""
    found = {"."}
    for path in paths:
        folder = folder_of(path)
        while folder not in found:
            found.add(folder)
            folder = folder_of(folder)
    return frozenset(found)
