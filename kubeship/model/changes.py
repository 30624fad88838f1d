"""What would the server change? The difference between live objects and those to be applied, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kubeship.model.objects import ObjectRef


class Action(StrEnum):
    """What happens to an object."""

    CREATE = "create"
    UPDATE = "update"
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
class Conflict:
    """A field that another manager owns with another value."""

    path: str
    manager: str


@dataclass(frozen=True)
class Change:
    """What happens to one object."""

    ref: ObjectRef
    action: Action
    fields: tuple[FieldChange, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


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
    def conflicts(self) -> tuple[tuple[ObjectRef, Conflict], ...]:
        """Every conflict with its object."""
        return tuple((change.ref, conflict) for change in self.items for conflict in change.conflicts)
