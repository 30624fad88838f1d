"""What does the cluster look like right now? The live objects that a rollout's verdict may rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kubeship.model.objects import Object, ObjectRef


@dataclass(frozen=True, order=True)
class LogRef:
    """Names one container's log."""

    pod: str
    container: str
    previous: bool
    """The log of the instance before the last restart."""


@dataclass(frozen=True)
class Snapshot:
    """Live objects as the API has them, of one namespace, at one moment."""

    taken: datetime
    """By the machine that watches."""
    workloads: tuple[Object, ...] = ()
    """Deployments, StatefulSets, DaemonSets, Jobs that are being rolled out."""
    gone: tuple[ObjectRef, ...] = ()
    """Those that should be among the workloads and aren't: somebody deleted them."""
    replica_sets: tuple[Object, ...] = ()
    pods: tuple[Object, ...] = ()
    services: tuple[Object, ...] = ()
    """Those that are being deployed, as they were applied; each must get ready endpoints."""
    endpoint_slices: tuple[Object, ...] = ()
    """Of those Services."""
    events: tuple[Object, ...] = ()
    """core/v1 Events whose involvedObject is any object above."""
    logs: Mapping[LogRef, str] = field(default_factory=dict)
    """Only what `suspects` asked for: the last lines."""
