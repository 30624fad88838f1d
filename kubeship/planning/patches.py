"""Which patches hold in an environment?"""

from collections.abc import Iterable, Iterator

from kubeship.config.patch_schema import PatchOf
from kubeship.model.patch import Patch


def patches_of(stated: Iterable[PatchOf], environment: str) -> Iterator[Patch]:
    """Those that are for this environment, or for all."""
    for place, each in enumerate(stated):
        if each.environments is None or environment in each.environments:
            operations = tuple(each.patch) if isinstance(each.patch, list) else ()
            yield Patch(
                place=place,
                kind=each.target.kind,
                name=each.target.name,
                operations=operations,
                merge=None if operations else each.patch,
            )
