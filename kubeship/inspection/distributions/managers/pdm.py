"""What would PDM install? pyproject.toml with pdm.lock. Source: pdm-project.org, "Lock file"."""

import re
from collections.abc import Iterator

from packaging.requirements import InvalidRequirement, Requirement

from kubeship.inspection.distributions.managers.declarations import Declaration, Selection
from kubeship.inspection.distributions.managers.lock_files import LockedPackage, Wanted
from kubeship.inspection.distributions.managers.locked_pyproject import read_locked_pyproject
from kubeship.inspection.files.sources import Sources


def read_pdm(sources: Sources, path: str, selection: Selection) -> Declaration:
    """The declaration in pyproject.toml, with what the lock adds."""
    return read_locked_pyproject(sources, path, selection, "pdm.lock", _dependencies)


def _dependencies(package: LockedPackage, extras: frozenset[str]) -> Iterator[Wanted]:
    """A package with extras stands in the file once more, with `extras = [...]` and what these bring."""
    for text in re.findall(r'^\s*"((?:[^"\\]|\\.)*)",?$', package.values("dependencies"), re.MULTILINE):
        try:
            parsed = Requirement(text.replace('\\"', '"'))
        except InvalidRequirement:
            continue
        yield Wanted(parsed.name, frozenset(parsed.extras), str(parsed.marker or ""))
