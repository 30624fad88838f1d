"""Which folders without `__init__.py` are packages by what a build backend says?"""

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator

from kubeship.inspection.distributions.managers.setuptools import setup_call, setup_cfg
from kubeship.inspection.distributions.package_roots import MAX_DEPTH, READERS, listed_strings
from kubeship.inspection.files.documents import listed, read_toml, table
from kubeship.inspection.files.sources import Sources, folder_of
from kubeship.inspection.files.syntax import argument, calls, dotted, strings


def namespaces(sources: Sources) -> frozenset[str]:
    """Folders that are packages by what a build backend says: `acme` of `packages=["acme.shop"]`."""
    found: set[str] = set()
    for path in sources.files:
        name = path.rpartition("/")[2]
        if name not in NAMED or path.count("/") > MAX_DEPTH:
            continue
        roots = tuple(READERS[name](sources, path)) or (".",)
        for package in NAMED[name](sources, path):
            parts = package.split(".")
            for root in roots:
                base = posixpath.join(folder_of(path), root)
                found |= {posixpath.normpath(posixpath.join(base, *parts[:end])) for end in range(1, len(parts))}
    return frozenset(found)


def _packages_of_pyproject(sources: Sources, path: str) -> Iterator[str]:
    tool = table(read_toml(sources, path), "tool")
    stated = table(tool, "setuptools").get("packages")
    yield from _dotted(listed_strings(stated) if isinstance(stated, list) else ())
    yield from _dotted(listed_strings(table(tool, "setuptools", "packages", "find").get("include")))
    for package in listed(table(tool, "poetry").get("packages")):
        included = listed_strings(package.get("include") if isinstance(package, dict) else None)
        yield from _dotted(each.replace("/", ".") for each in included)


def _packages_of_setup_cfg(sources: Sources, path: str) -> Iterator[str]:
    parser = setup_cfg(sources, path)
    yield from _dotted(parser.get("options", "packages", fallback="").split())
    yield from _dotted(parser.get("options.packages.find", "include", fallback="").split())


def _packages_of_setup_py(sources: Sources, path: str) -> Iterator[str]:
    tree = sources.tree(path) if b"package" in sources.content(path) else None
    call = setup_call(tree) if tree else None
    stated = argument(call, "packages") if call else None
    if isinstance(stated, ast.List | ast.Tuple):
        yield from _dotted(each for each, _ in strings(stated))
    for find in calls(tree) if tree else ():
        if (dotted(find.func) or "").endswith("find_namespace_packages") and (given := argument(find, "include", 2)):
            yield from _dotted(each for each, _ in strings(given))


def _dotted(names: Iterable[str]) -> Iterator[str]:
    """Names of packages below others; of a pattern (`acme.*`) what is below is anything."""
    for name in names:
        package = f"{name.rstrip('*').rstrip('.')}.x" if name.endswith("*") else name
        if re.fullmatch(r"\w+(\.\w+)+", package):
            yield package


NAMED = {
    "pyproject.toml": _packages_of_pyproject,
    "setup.cfg": _packages_of_setup_cfg,
    "setup.py": _packages_of_setup_py,
}
