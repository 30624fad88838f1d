"""What would PDM install? pyproject.toml with pdm.lock. Source: pdm-project.org, "Lock file"."""

import re
from collections.abc import Iterator
from dataclasses import replace

from packaging.requirements import InvalidRequirement, Requirement

from kubeship.inspection.managers.declarations import Declaration, Selection
from kubeship.inspection.managers.lock_files import LockedPackage, Wanted, closure, packages
from kubeship.inspection.managers.pyproject import read_pyproject
from kubeship.inspection.sources import Sources, folder_of


def read_pdm(sources: Sources, path: str, selection: Selection) -> Declaration:
    """The declaration in pyproject.toml, with what the lock adds."""
    folder = folder_of(path)
    prefix = "" if folder == "." else f"{folder}/"
    declaration = read_pyproject(sources, f"{prefix}pyproject.toml", selection)
    lock = f"{prefix}pdm.lock"
    if lock not in sources:
        return declaration
    roots = [Wanted(each.name, each.extras, each.marker) for each in declaration.requirements.required]
    found = closure(packages(sources.text(lock)), roots, _dependencies, lock)
    files = (f"{prefix}pyproject.toml", lock)
    return replace(declaration, requirements=replace(declaration.requirements, files=files, locked=found))


def _dependencies(package: LockedPackage, extras: frozenset[str]) -> Iterator[Wanted]:
    """A package with extras stands in the file once more, with `extras = [...]` and what these bring."""
    for text in re.findall(r'^\s*"((?:[^"\\]|\\.)*)",?$', package.values("dependencies"), re.MULTILINE):
        try:
            parsed = Requirement(text.replace('\\"', '"'))
        except InvalidRequirement:
            continue
        yield Wanted(parsed.name, frozenset(parsed.extras), str(parsed.marker or ""))
