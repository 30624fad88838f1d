"""What would Poetry install? pyproject.toml with poetry.lock, versions 1 and 2. Source: python-poetry.org/docs."""

import re
from collections.abc import Iterator

from kubeship.inspection.distributions.managers.declarations import Declaration, Selection
from kubeship.inspection.distributions.managers.lock_files import LockedPackage, Wanted
from kubeship.inspection.distributions.managers.locked_pyproject import read_locked_pyproject
from kubeship.inspection.files.sources import Sources

LINE = re.compile(r'^"?([\w.-]+)"? = (.*?)(?=^"?[\w.-]+"? = |\Z)', re.MULTILINE | re.DOTALL)
EXTRA_ITEM = re.compile(r'"([\w.-]+)(?:\[([^]]*)\])?')


def read_poetry(sources: Sources, path: str, selection: Selection) -> Declaration:
    """The declaration in pyproject.toml, with what the lock adds."""
    return read_locked_pyproject(sources, path, selection, "poetry.lock", _dependencies)


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
