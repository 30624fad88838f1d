"""What does a lock file beside pyproject.toml add to its declaration? The same for PDM and Poetry."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from kubeship.inspection.distributions.managers.declarations import Declaration, Selection
from kubeship.inspection.distributions.managers.lock_files import LockedPackage, Wanted, closure, packages
from kubeship.inspection.distributions.managers.pyproject import read_pyproject
from kubeship.inspection.files.sources import Sources, folder_of, in_folder


def read_locked_pyproject(
    sources: Sources,
    path: str,
    selection: Selection,
    lock_name: str,
    dependencies: Callable[[LockedPackage, frozenset[str]], Iterator[Wanted]],
) -> Declaration:
    """The declaration in pyproject.toml, with the transitive set of the lock where there is one.

    `dependencies` reads what a locked package wants with these extras, in the lock's own form.
    """
    manifest, lock = (in_folder(folder_of(path), name) for name in ("pyproject.toml", lock_name))
    declaration = read_pyproject(sources, manifest, selection)
    if lock not in sources:
        return declaration
    roots = [Wanted(each.name, each.extras, each.marker) for each in declaration.requirements.required]
    found = closure(packages(sources.text(lock)), roots, dependencies, lock)
    return replace(declaration, requirements=replace(declaration.requirements, files=(manifest, lock), locked=found))
