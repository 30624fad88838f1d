"""What would Poetry install? pyproject.toml with poetry.lock, versions 1 and 2. Source: python-poetry.org/docs."""

import re
from collections.abc import Iterator
from dataclasses import replace

from kubeship.inspection.managers.declarations import Declaration, Selection
from kubeship.inspection.managers.lock_files import LockedPackage, Wanted, closure, packages
from kubeship.inspection.managers.pyproject import read_pyproject
from kubeship.inspection.sources import Sources, folder_of

LINE = re.compile(r'^"?([\w.-]+)"? = (.*?)(?=^"?[\w.-]+"? = |\Z)', re.MULTILINE | re.DOTALL)
EXTRA_ITEM = re.compile(r'"([\w.-]+)(?:\[([^]]*)\])?')


def read_poetry(sources: Sources, path: str, selection: Selection) -> Declaration:
    """The declaration in pyproject.toml, with what the lock adds."""
    folder = folder_of(path)
    prefix = "" if folder == "." else f"{folder}/"
    declaration = read_pyproject(sources, f"{prefix}pyproject.toml", selection)
    lock = f"{prefix}poetry.lock"
    if lock not in sources:
        return declaration
    roots = [Wanted(each.name, each.extras, each.marker) for each in declaration.requirements.required]
    found = closure(packages(sources.text(lock)), roots, _dependencies, lock)
    files = (f"{prefix}pyproject.toml", lock)
    return replace(declaration, requirements=replace(declaration.requirements, files=files, locked=found))


def _dependencies(package: LockedPackage, extras: frozenset[str]) -> Iterator[Wanted]:
    """Optional ones only where an extra of the package names them."""
    section = package.section("package.dependencies")
    brought = {
        match[1].lower() for extra in extras for match in EXTRA_ITEM.finditer(package.values(extra, "package.extras"))
    }
    for match in LINE.finditer(section):
        name, stated = match[1], match[2]
        if "optional = true" in stated and name.lower() not in brought:
            continue
        inner, marker = re.search(r"extras = \[([^]]*)\]", stated), re.search(r'markers = "((?:[^"\\]|\\.)*)"', stated)
        names = frozenset(re.findall(r'"([^"]+)"', inner[1])) if inner else frozenset[str]()
        condition = marker[1].replace('\\"', '"') if marker else ""
        yield Wanted(name, names, "" if "extra ==" in condition else condition)
