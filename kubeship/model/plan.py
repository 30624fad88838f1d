"""What is to be built and run in one environment? Every number decided, every decision with its reason."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kubeship.model.image_plan import ImagePlan
from kubeship.model.patch import Patch
from kubeship.model.project import Interface, ProcessKind
from kubeship.model.surroundings import (
    AccountPlan,
    CronPlan,
    EmptyFolder,
    ExternalSecretPlan,
    FilePlan,
    GatewayPlan,
    MetricsPlan,
    Middleware,
    NetworkPlan,
    ScalingPlan,
    SecretFile,
    VolumePlan,
)


@dataclass(frozen=True)
class ProbePlan:
    """How a container is asked whether it started, is ready, lives."""

    path: str | None
    """None: a TCP connection is all that is asked of what has started."""
    port: int
    headers: tuple[tuple[str, str], ...] = ()
    """Host and X-Forwarded-Proto, so that ALLOWED_HOSTS and SSL redirects don't answer instead of the app."""
    startup_seconds: int = 60
    """How long a start may take before the container is restarted."""
    period: int = 2
    """Seconds between startup and readiness probes."""
    timeout: int = 2
    startup_command: tuple[str, ...] = ()
    """Exec form; asks whether it started, in place of `path`."""
    grpc: str | None = None
    """The service that grpc.health.v1 is asked for; empty for the server as a whole."""
    command: tuple[str, ...] = ()
    """Exec form; the only question, for a process without a port."""


@dataclass(frozen=True)
class StaticFolder:
    """Files at an address."""

    url: str
    """`/static/`."""
    root: str
    """`/app/staticfiles/`."""
    hashed: bool
    """Whether a name may hold a hash of its content, so that it can be kept for ever."""

    @property
    def pattern(self) -> str:
        """The address as a regular expression."""
        return "^" + re.escape(self.url)


@dataclass(frozen=True)
class StaticPlan:
    """A server in the pod of a process, in front of it."""

    server: str
    """nginx, apache, lighttpd."""
    command: tuple[str, ...]
    """Exec form."""
    file: str
    """Its configuration, in the container."""
    folders: tuple[StaticFolder, ...]
    port: int
    upstream: int
    """The app's own port."""
    timeout: int
    """Seconds for a request's body to come in."""
    read_timeout: int
    """Seconds that the app may be silent."""
    keep_alive: int
    """Seconds that an idle connection stays open."""
    body_kilobytes: int
    cpu: str
    memory: str

    @property
    def body(self) -> str:
        """The largest request's body as nginx has it."""
        return f"{self.body_kilobytes}k"

    @property
    def body_bytes(self) -> int:
        """The largest request's body."""
        return self.body_kilobytes * 1024

    @property
    def pattern(self) -> str:
        """The addresses of files as a regular expression."""
        return "|".join(folder.pattern for folder in self.folders)


@dataclass(frozen=True)
class IngressPlan:
    """How requests from outside reach the web process."""

    hosts: tuple[str, ...]
    class_name: str | None
    tls_secret: str | None
    paths: tuple[str, ...] = ("/",)
    annotations: Mapping[str, str] = field(default_factory=dict)
    tls: bool = False
    """TLS whose certificate the controller finds by itself, where there is no Secret."""
    gateway: GatewayPlan | None = None
    """A route of the Gateway API in place of an Ingress."""
    middlewares: tuple[Middleware, ...] = ()


@dataclass(frozen=True)
class ProcessPlan:
    """One process as it runs in the cluster."""

    name: str
    """`web`."""
    full_name: str
    """`shop-web`: the name of its objects."""
    kind: ProcessKind
    interface: Interface
    entrypoint: str | None
    command: tuple[str, ...]
    """Exec form."""
    replicas: int
    cpu: str
    memory: str
    """Request of CPU; request and limit of memory, unless `memory_limit` says another limit."""
    port: int | None = None
    probe: ProbePlan | None = None
    ingress: IngressPlan | None = None
    schedule: str | None = None
    pre_stop_seconds: int = 0
    pre_stop_command: tuple[str, ...] = ()
    """Exec form; runs in the container in place of the sleep, before SIGTERM."""
    grace_seconds: int = 30
    """terminationGracePeriodSeconds: longer than preStop and the server's graceful timeout together."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Of this process alone; `Plan.variables` win."""
    static: StaticPlan | None = None
    """The server in front of it, in the same pod."""
    cpu_limit: str | None = None
    memory_limit: str | None = None
    gpu: int = 0
    gpu_resource: str = "nvidia.com/gpu"
    shared_memory: str | None = None
    """The size of /dev/shm."""
    node_selector: Mapping[str, str] = field(default_factory=dict)
    volumes: tuple[VolumePlan, ...] = ()
    recreate: bool = False
    """The old pod is gone before the new one starts."""
    min_ready_seconds: int = 0
    """How long a pod must run before it counts as available, and an old one may go for it."""
    scaling: ScalingPlan | None = None
    cron: CronPlan = field(default_factory=CronPlan)
    grpc: bool = False
    """It speaks HTTP/2 without TLS."""
    sticky: bool = False
    service_annotations: Mapping[str, str] = field(default_factory=dict)
    metrics: MetricsPlan | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    """Of the workload and its pods, beside kubeship's own."""
    annotations: Mapping[str, str] = field(default_factory=dict)
    """Of the pods."""

    @property
    def stateful(self) -> bool:
        """Whether each pod keeps a volume of its own."""
        return any(volume.per_replica for volume in self.volumes)


@dataclass(frozen=True)
class ReleasePlan:
    """A command that must succeed once before any workload changes."""

    name: str
    """`release`, `release-2`."""
    full_name: str
    order: int
    """From 1."""
    command: tuple[str, ...]
    rollback: str
    """safe, never, or the command line that undoes it."""
    cpu: str
    memory: str
    time_limit_seconds: int = 3600
    volumes: tuple[VolumePlan, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SecretKey:
    """A variable whose value stands in an existing Secret."""

    variable: str
    secret: str
    key: str
    optional: bool = False
    """Whether a pod starts without it."""


@dataclass(frozen=True)
class Plan:
    """One app in one environment."""

    name: str
    environment: str
    namespace: str
    image: str
    """The repository, without tag or digest."""
    reference: str
    """What the manifests name: `repository:set-by-deploy`, or what `render --image` recorded."""
    processes: tuple[ProcessPlan, ...]
    release: tuple[ReleasePlan, ...] = ()
    dockerfile: ImagePlan | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[SecretKey, ...] = ()
    image_pull_secrets: tuple[str, ...] = ()
    claims: tuple[VolumePlan, ...] = ()
    """Volumes that processes share, whose claims are written."""
    files: tuple[FilePlan, ...] = ()
    writable: tuple[EmptyFolder, ...] = ()
    secret_files: tuple[SecretFile, ...] = ()
    external_secret: ExternalSecretPlan | None = None
    network: NetworkPlan | None = None
    service_account: AccountPlan | None = None
    """None: one of the app's name, without any rights."""
    patches: tuple[Patch, ...] = ()
    """Applied last, in their order."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """By path in kubeship.yaml (`processes.web.workers`): why a derived value is what it is."""

    @property
    def account(self) -> AccountPlan:
        """Whom the pods are to the cluster."""
        return self.service_account or AccountPlan(self.name)
