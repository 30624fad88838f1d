"""What would uv install? pyproject.toml with uv.lock. Source: docs.astral.sh/uv."""

import re
from collections.abc import Iterator
from dataclasses import replace

from packaging.utils import canonicalize_name

from kubeship.inspection.distributions.managers.declarations import Declaration, Selection
from kubeship.inspection.distributions.managers.lock_files import LockedPackage, Wanted, closure, packages
from kubeship.inspection.distributions.managers.pyproject import read_pyproject
from kubeship.inspection.files.documents import table
from kubeship.inspection.files.sources import Sources, folder_of, in_folder

ITEM = re.compile(r'\{ name = "([^"]+)"(?:, version = "[^"]*")?(?:, source = \{[^}]*\})?([^\n]*)\}')
EXTRA = re.compile(r"extra = \[([^]]*)\]")
MARKER = re.compile(r'marker = "((?:[^"\\]|\\.)*)"')


def read_uv(sources: Sources, path: str, selection: Selection) -> Declaration:
    """The declaration in the pyproject.toml beside the lock file or above it, with what the lock adds."""
    folder = folder_of(path)
    manifest = in_folder(folder, "pyproject.toml")
    declaration = read_pyproject(sources, manifest, selection)
    lock = next((each for each in _locks(folder) if each in sources), None)
    if lock is None:
        return declaration
    locked = packages(sources.text(lock))
    chosen = declaration.selection
    root = canonicalize_name(str(table(sources.toml(manifest), "project").get("name", "")))
    roots = [Wanted(each.name, each.extras, each.marker) for each in declaration.requirements.required]
    for package in locked.get(root, ()):
        roots += _wanted(package.values("dependencies"))
        roots += [each for extra in chosen.extras for each in _wanted(package.values(extra, OPTIONAL))]
        roots += [each for group in chosen.groups for each in _wanted(package.values(group, GROUPS))]
    found = tuple(each for each in closure(locked, roots, _dependencies, lock) if each.name != root)
    files = tuple(dict.fromkeys((manifest, lock)))
    return replace(declaration, requirements=replace(declaration.requirements, files=files, locked=found))


OPTIONAL = "package.optional-dependencies"
GROUPS = "package.dev-dependencies"


def _locks(folder: str) -> Iterator[str]:
    """A workspace's members share the lock file of its root."""
    while folder != ".":
        yield f"{folder}/uv.lock"
        folder = folder_of(folder)
    yield "uv.lock"


def _dependencies(package: LockedPackage, extras: frozenset[str]) -> Iterator[Wanted]:
    yield from _wanted(package.values("dependencies"))
    for extra in sorted(extras):
        yield from _wanted(package.values(extra, OPTIONAL))


def _wanted(text: str) -> Iterator[Wanted]:
    for match in ITEM.finditer(text):
        extras, marker = EXTRA.search(match[2]), MARKER.search(match[2])
        names = frozenset(re.findall(r'"([^"]+)"', extras[1])) if extras else frozenset[str]()
        yield Wanted(match[1], names, marker[1].replace('\\"', '"') if marker else "")
