"""What did the server say a moment ago? Whoever asks again needn't ask what can't have another answer since."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kubeship.model.finding import Finding
from kubeship.model.objects import Object, ObjectRef


@dataclass(frozen=True)
class Trial:
    """The answer to one dry run. It holds as long as the same is sent for the same live object."""

    sent: Object
    version: str
    """The live object's resourceVersion; empty where it isn't there."""
    answer: Object
    """What the server would make of it; empty where nothing is there to compare it with."""
    warnings: tuple[str, ...] = ()
    owned: Mapping[str, str] = field(default_factory=dict)
    """Field -> the other manager that owns it with another value."""


@dataclass(frozen=True)
class Seen:
    """What preflight saw."""

    scaled: frozenset[tuple[str, str]] = frozenset()
    """`(kind, name)` of each workload that an autoscaler targets."""
    live: Mapping[ObjectRef, Object] = field(default_factory=dict)
    """Those of the objects that were there."""
    trials: Mapping[ObjectRef, Trial] = field(default_factory=dict)


@dataclass(frozen=True)
class Preflight:
    """What was found, and what was seen on the way; None where the namespace isn't there."""

    findings: tuple[Finding, ...]
    seen: Seen | None = None
