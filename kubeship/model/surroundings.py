"""What does an app have in its cluster beside containers: volumes, files, routes, scaling, rights, monitoring?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class VolumePlan:
    """A volume that outlives pods, and where it is mounted."""

    name: str
    """In the pod."""
    claim: str
    """The PersistentVolumeClaim; where each replica has its own, the end of its name is the pod's."""
    path: str
    """Absolute."""
    size: str | None
    """None for a claim that exists."""
    storage_class: str | None
    access: str
    per_replica: bool = False


@dataclass(frozen=True)
class FilePlan:
    """A read-only file of the containers."""

    path: str
    key: str
    """In the ConfigMap."""
    text: str = ""
    template: str | None = None
    """A file of templates/ whose content it has, in place of `text`."""


@dataclass(frozen=True)
class SecretFile:
    """A file whose content stands in a Secret."""

    path: str
    secret: str
    key: str


@dataclass(frozen=True)
class EmptyFolder:
    """A folder that a process may write to, and that ends with its pod."""

    name: str
    path: str


@dataclass(frozen=True)
class ExternalSecretPlan:
    """A Secret that External Secrets makes of a store's values."""

    secret: str
    store_kind: str
    store: str
    path: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class ScalingPlan:
    """A HorizontalPodAutoscaler's numbers."""

    min: int
    max: int
    cpu: int | None
    memory: int | None
    """Percent of the requests."""
    scale_down_seconds: int


@dataclass(frozen=True)
class CronPlan:
    """How runs of a CronJob follow one another."""

    time_zone: str = "Etc/UTC"
    concurrency: str = "Forbid"
    start_deadline_seconds: int = 300
    time_limit_seconds: int | None = None
    retries: int = 1
    succeeded: int = 1
    failed: int = 3


@dataclass(frozen=True)
class GatewayPlan:
    """The Gateway that a route belongs to."""

    namespace: str
    name: str
    listener: str | None = None
    http_listener: str | None = None
    """The listener whose requests are redirected to https."""
    timeout: int | None = None
    """Seconds for a request as a whole; 0: as long as it takes."""


@dataclass(frozen=True)
class Middleware:
    """What Traefik has as an object of its own."""

    name: str
    spec: Mapping[str, Any]


@dataclass(frozen=True)
class MetricsPlan:
    """Where Prometheus asks."""

    path: str
    port: int
    port_name: str
    """`http`, `app` behind a static server, `metrics` for a port of its own."""
    kind: Literal["annotations", "servicemonitor", "podmonitor"]
    interval: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class EgressPlan:
    """Where pods may connect to."""

    cidr: str | None = None
    namespace: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[int, ...] = ()


@dataclass(frozen=True)
class NetworkPlan:
    """Who may connect to the pods, and where they may connect to."""

    ingress_namespace: str | None = None
    monitoring_namespace: str | None = None
    egress: tuple[EgressPlan, ...] = ()


@dataclass(frozen=True)
class RulePlan:
    """A rule of a Role."""

    groups: tuple[str, ...]
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class AccountPlan:
    """The ServiceAccount of all pods."""

    name: str
    exists: bool = False
    annotations: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[RulePlan, ...] = ()
    """What it may do in its namespace; with none, no token is mounted."""
