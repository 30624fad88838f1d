"""Which wheels do the pinned requirements have, and which of them were released for another Python?"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from kubeship.inspection.distributions.declared import Declared
from kubeship.inspection.distributions.python_limits import limit
from kubeship.inspection.distributions.python_version import OLDER, SUPPORTED
from kubeship.inspection.distributions.requirement_lines import Required
from kubeship.inspection.distributions.wheels import fits, is_compiled
from kubeship.inspection.files.findings import Answered
from kubeship.inspection.ports import WheelIndex

AT_ONCE = 16
"""How many distributions the index is asked about at the same time: nearly all of an answer's time is waiting."""


def with_wheels(answered: Answered[Declared], index: WheelIndex | None) -> Answered[Declared]:
    """With the index's wheels of each requirement that is pinned and that no lock file lists the wheels of.

    Without a pin the newest release is meant, which has wheels for every Python that is supported.
    """
    requirements = answered.value.requirements
    pins = {(each.name, each.version) for each in requirements.required if _is_open(each)}
    if index is None or not pins:
        return answered
    ordered = sorted(pins)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        wheels = dict(zip(ordered, pool.map(lambda pin: index.wheels(*pin), ordered), strict=True))
    required = tuple(
        replace(each, wheels=wheels[each.name, each.version]) if _is_open(each) else each
        for each in requirements.required
    )
    return replace(answered, value=replace(answered.value, requirements=replace(requirements, required=required)))


def untried(declared: Declared, python: str) -> tuple[Required, ...]:
    """What was released for other Pythons: its compiled wheels are for those, or this one lacks what it imports.

    A wheel for any platform may stand beside compiled ones, slower and just as little tried (pydantic 1, SQLAlchemy).
    Each distribution once.
    """
    found = {}
    for each in declared.installed(python):
        compiled = [wheel for wheel in each.wheels or () if is_compiled((wheel,)) and _is_for_linux(wheel)]
        if limit(each, python) or (compiled and not any(fits(wheel, python) for wheel in compiled)):
            found[each.name] = each
    return tuple(found.values())


def _is_for_linux(wheel: str) -> bool:
    return any(fits(wheel, minor) for minor in (*OLDER, *SUPPORTED))


def _is_open(required: Required) -> bool:
    return bool(required.name and required.version) and required.wheels is None and not required.location
