"""Below which folders do build backends say that the packages lie: `lib`, `python`, `backend/src`?"""

import ast
import posixpath
from collections.abc import Iterator
from typing import Any

from kubeship.inspection.distributions.managers.setuptools import setup_call, setup_cfg
from kubeship.inspection.files.documents import listed, read_toml, table
from kubeship.inspection.files.sources import Sources, folder_of, is_aside
from kubeship.inspection.files.syntax import argument, calls, dotted, text

MAX_DEPTH = 3


def package_roots(sources: Sources) -> tuple[str, ...]:
    """The folders that hold Python, those of the project nearest to the top first."""
    found: dict[str, None] = {}
    paths = (path for path in sources.files if path.rpartition("/")[2] in READERS)
    for path in sorted(paths, key=lambda path: path.count("/")):
        folder, _, name = path.rpartition("/")
        if path.count("/") <= MAX_DEPTH and not is_aside(f"{folder}/x.py"):
            for stated in tuple(READERS[name](sources, path)) or _usual(name, folder):
                root = posixpath.normpath(posixpath.join(folder_of(path), stated))
                if root in sources.python_folders and not root.startswith(".."):
                    found[root] = None
    return tuple(found)


def _usual(name: str, folder: str) -> tuple[str, ...]:
    """Where the packages of a project below the top lie when nobody says so: a workspace's members."""
    return ("src", ".") if folder and name == "pyproject.toml" else ()


def _pyproject(sources: Sources, path: str) -> Iterator[str]:
    """Sources: each backend's reference of its table, and pytest's of `pythonpath`."""
    tool = table(read_toml(sources, path), "tool")
    yield from listed_strings(table(tool, "setuptools", "packages", "find").get("where"))
    yield from listed_strings(table(tool, "setuptools", "package-dir").get(""))
    wheel = table(tool, "hatch", "build", "targets", "wheel")
    for build in (wheel, table(tool, "hatch", "build")):
        yield from (posixpath.dirname(each.rstrip("/")) or "." for each in listed_strings(build.get("packages")))
        yield from listed_strings(build.get("sources"))
    for package in listed(table(tool, "poetry").get("packages")):
        yield from listed_strings(package.get("from") if isinstance(package, dict) else None)
    yield from listed_strings(table(tool, "pdm", "build").get("package-dir"))
    yield from listed_strings(table(tool, "uv", "build-backend").get("module-root"))
    yield from listed_strings(table(tool, "maturin").get("python-source"))
    yield from listed_strings(table(tool, "pytest", "ini_options").get("pythonpath"))


def listed_strings(value: Any) -> list[str]:
    """The strings of a value that is one, a list or a table's keys."""
    values = [value] if isinstance(value, str) else list(value) if isinstance(value, list | dict) else []
    return [each for each in values if isinstance(each, str)]


def _setup_cfg(sources: Sources, path: str) -> Iterator[str]:
    parser = setup_cfg(sources, path)
    for line in parser.get("options", "package_dir", fallback="").splitlines():
        name, _, folder = line.partition("=")
        if not name.strip() and folder.strip():
            yield folder.strip()
    yield from parser.get("options.packages.find", "where", fallback="").split()


def _setup_py(sources: Sources, path: str) -> Iterator[str]:
    tree = sources.tree(path) if b"package" in sources.content(path) else None
    call = setup_call(tree) if tree else None
    stated = argument(call, "package_dir") if call else None
    if isinstance(stated, ast.Dict):
        pairs = zip(stated.keys, stated.values, strict=True)
        yield from (folder for key, value in pairs if text(key) == "" and (folder := text(value)))
    for find in calls(tree) if tree else ():
        if (dotted(find.func) or "").endswith("find_packages") and (where := text(argument(find, "where", 0))):
            yield where


READERS = {"pyproject.toml": _pyproject, "setup.cfg": _setup_cfg, "setup.py": _setup_py}
