"""Where does a value come from, and why is it what it is?"""

from dataclasses import dataclass
from typing import Any

from kubeship.errors import InvalidInput
from kubeship.workflows.app import App


@dataclass(frozen=True)
class Reason:
    """One value of the plan."""

    key: str
    value: Any
    why: str


def explain(app: App, key: str) -> tuple[Reason, ...]:
    """The value at `key` and all values below it that have a reason. Raises InvalidInput for an unknown key."""
    known = sorted({*app.plan.reasons, *app.lock.found})
    chosen = [each for each in known if each == key or each.startswith(f"{key}.")]
    if not chosen and app.file.value(key) is None:
        near = ", ".join(each for each in known if key.rpartition(".")[2] in each) or ", ".join(known[:8])
        raise InvalidInput(f"nothing is known about {key}", hint=f"try one of these: {near}")
    return tuple(_reason(app, each) for each in chosen or [key])


def _reason(app: App, key: str) -> Reason:
    value = app.file.value(key)
    found = app.lock.found.get(key)
    edited = found is not None and found.value != value
    why = None if edited else app.plan.reasons.get(key)
    return Reason(key, value, why or app.whence(key))
