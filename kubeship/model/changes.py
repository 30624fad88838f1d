"""What would the server change? The difference between live objects and those to be applied, field by field."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kubeship.model.objects import ObjectRef


class Action(StrEnum):
    """What happens to an object."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    """Deleted and created anew, since a field that can't be changed would change."""
    DELETE = "delete"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class FieldChange:
    """One field; None stands for absent. Values of Secrets are masked before they get here."""

    path: str
    """`spec.template.spec.containers[web].image`: list items by their merge key where the API has one."""
    before: Any
    after: Any


@dataclass(frozen=True)
class Consent:
    """What may be done beyond applying what is one's own, because somebody said so on the command line."""

    taken: frozenset[str] = frozenset()
    """Fields that are applied though another manager owns them: `Deployment/shop-web:spec.replicas`."""
    replaced: frozenset[str] = frozenset()
    """Objects that are deleted and created anew where a field can't be changed: `Deployment/shop-web`."""
    adopted: bool = False
    """Whether objects that kubectl or Helm made become kubeship's."""


@dataclass(frozen=True)
class Conflict:
    """A field that another manager owns with another value."""

    path: str
    manager: str
    since: str = ""
    """When that manager wrote last, RFC 3339."""
    theirs: Any = None
    """What stands there; None where it is absent. Values of Secrets are masked."""
    ours: Any = None


def described(conflict: Conflict) -> str:
    """`spec.replicas: 5, written by kubectl at 2026-11-20T23:03:55Z; this deploy has 2`."""
    since = f" at {conflict.since}" if conflict.since else ""
    if conflict.theirs is None and conflict.ours is None:
        return f"{conflict.path}: owned by {conflict.manager}{since}"
    theirs, ours = (_shown(value) for value in (conflict.theirs, conflict.ours))
    return f"{conflict.path}: {theirs}, written by {conflict.manager}{since}; this deploy has {ours}"


def _shown(value: Any) -> str:
    return "(nothing)" if value is None else json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True)
class Drift:
    """A field that somebody changed without kubeship since the last deploy."""

    path: str
    found: Any
    """What stands there; None where it is absent. Secret values are masked, here and in `applied`."""
    applied: Any
    """What a deploy puts (back) there; None where the files don't say anything, and `found` stays."""
    manager: str = ""
    """Who wrote it, as far as the server knows: of a field that is gone it doesn't."""
    since: str = ""
    """When that manager wrote last, RFC 3339."""


def described_drift(drift: Drift) -> str:
    """`spec.minReadySeconds: 7, set by kubectl-edit at 2026-11-20T23:03:55Z; not in the files, so it stays`."""
    who = f" by {drift.manager}" if drift.manager else " outside of kubeship"
    verb = "removed" if drift.found is None else "set"
    since = f" at {drift.since}" if drift.since else ""
    then = "not in the files, so it stays" if drift.applied is None else f"kubeship applied {_shown(drift.applied)}"
    return f"{drift.path}: {_shown(drift.found)}, {verb}{who}{since}; {then}"


def field_key(target: ObjectRef, path: str) -> str:
    """How the command line names a field."""
    return f"{target}:{path}"


@dataclass(frozen=True)
class Change:
    """What happens to one object."""

    ref: ObjectRef
    action: Action
    fields: tuple[FieldChange, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    foreign: bool = False
    """Whether it is somebody else's: kubectl or Helm made it, or another app of kubeship's applies it."""
    adopted: bool = False
    """Whether such an object becomes kubeship's with this."""
    drift: tuple[Drift, ...] = ()
    """What was changed without kubeship since its last deploy."""
    release: str = ""
    """The Helm release that lists it."""


@dataclass(frozen=True)
class Changes:
    """What happens to all objects. True when anything would change or conflicts."""

    items: tuple[Change, ...] = field(default=())

    def __iter__(self) -> Iterator[Change]:
        """Only the changes that change something."""
        return (change for change in self.items if change.action != Action.UNCHANGED or change.conflicts)

    def __bool__(self) -> bool:
        return any(True for _ in self)

    @property
    def drifts(self) -> tuple[tuple[ObjectRef, Drift], ...]:
        """Every drift with its object."""
        return tuple((change.ref, drift) for change in self.items for drift in change.drift)

    @property
    def conflicts(self) -> tuple[tuple[ObjectRef, Conflict], ...]:
        """Every conflict with its object."""
        return tuple((change.ref, conflict) for change in self.items for conflict in change.conflicts)
