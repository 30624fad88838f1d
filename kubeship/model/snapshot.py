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
    """By the server's clock, as the times in the objects are."""
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
    sockets: Mapping[str, str] = field(default_factory=dict)
    """Pod -> /proc/net/tcp and tcp6 as the kernel shows them in it; only where a probe is refused the connection."""
    pods_left: bool = False
    """Whether one of the pods has gone since the watching began."""


def has_address(item: Object) -> bool:
    """Whether a controller has written where the Ingress or Service is reached."""
    return bool(((item.get("status") or {}).get("loadBalancer") or {}).get("ingress"))


@dataclass(frozen=True)
class Surroundings:
    """What stands around the workloads at one moment, and decides nothing about their rollout."""

    taken: datetime
    ingresses: tuple[Object, ...] = ()
    """Those that are being deployed, as they live."""
    others: tuple[Object, ...] = ()
    """All other Ingresses that may be seen, in any namespace."""
    autoscalers: tuple[Object, ...] = ()
    """HorizontalPodAutoscalers that are being deployed, as they live."""
    balanced: tuple[Object, ...] = ()
    """Services of type LoadBalancer that are being deployed, as they live."""
