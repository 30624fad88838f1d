"""What may kubeship.yaml say of a process?"""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from kubeship.config.kinds import Cpu, Duration, Host, Memory, Port, Route, Schedule, Seconds, TimeZone
from kubeship.config.storage_schema import ProcessVolume
from kubeship.config.strict import Strict

ServerName = Literal[
    "gunicorn", "uvicorn", "hypercorn", "daphne", "granian", "uwsgi", "mod_wsgi", "waitress", "own-server"
]
"""Rows of planning.servers; own-server is a program that listens by itself."""


class Health(Strict):
    """What probes ask: a route, the gRPC health service, a command, or only whether the port is open."""

    path: Route | None = None
    grpc: bool | str | None = None
    """True, or the name of the service that is asked for (grpc.health.v1)."""
    tcp: bool | None = None
    """For what listens and doesn't speak HTTP."""
    command: str | None = None
    """Runs in the container and ends with 0 as long as the process lives; the one question for a worker."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(value not in {None, False} for value in (self.path, self.grpc, self.tcp, self.command)) != 1:
            raise ValueError("needs exactly one of path, grpc, tcp and command")
        return self


def _count_as_replicas(value: Any) -> Any:
    """`replicas: 2` is short for `replicas: {min: 2}`."""
    return {"min": value} if isinstance(value, int) and not isinstance(value, bool) else value


class Replicas(Strict):
    """How many pods; `max` above `min` hands the number to a HorizontalPodAutoscaler."""

    min: Annotated[int, Field(ge=0, le=10_000)] = 2
    max: Annotated[int, Field(ge=1, le=10_000)] | None = None
    cpu: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Percent of the CPU request that the HorizontalPodAutoscaler aims at; 70 where neither is said."""
    memory: Annotated[int, Field(ge=1, le=1000)] | None = None
    """The same for memory."""
    scale_down: Duration = "5m"
    """How long fewer pods must have been enough before one goes."""

    @property
    def autoscaled(self) -> bool:
        """Whether a HorizontalPodAutoscaler decides."""
        return self.max is not None and self.max > self.min

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.autoscaled and self.min == 0:
            raise ValueError("min 0 and max: a HorizontalPodAutoscaler keeps one pod at least; write min: 1, or no max")
        if self.max is not None and self.max < self.min:
            raise ValueError(f"max {self.max} is less than min {self.min}")
        return self


class Resources(Strict):
    """Requests; memory is the limit too."""

    cpu: Cpu = "100m"
    memory: Memory = "256Mi"
    cpu_limit: Cpu | None = None
    """None: a process may use what its node has to spare."""
    memory_limit: Memory | None = None
    """The request where it is left out."""
    gpu: Annotated[int, Field(ge=1, le=64)] | None = None
    gpu_resource: Annotated[str, Field(pattern=r"^[a-z0-9.-]+/[A-Za-z0-9_.-]+$")] = "nvidia.com/gpu"
    """What the cluster calls them: `amd.com/gpu`, `nvidia.com/mig-1g.5gb`."""
    shared_memory: Memory | None = None
    """The size of /dev/shm, a part of the memory limit; half of that with a GPU, the engine's 64 MiB without."""


class History(Strict):
    """How many ended Jobs stay to be looked at."""

    succeeded: Annotated[int, Field(ge=0, le=100)] = 1
    failed: Annotated[int, Field(ge=0, le=100)] = 3


class Metrics(Strict):
    """Where Prometheus asks, and how it learns of it."""

    path: Route = "/metrics"
    port: Port | None = None
    """The process' own where it is left out."""
    kind: Literal["annotations", "servicemonitor", "podmonitor"] = "annotations"
    interval: Duration = "30s"
    labels: dict[str, str] = {}
    """Of the ServiceMonitor or PodMonitor, by which a Prometheus chooses (`release: kube-prometheus-stack`)."""


CRON_KEYS = ("schedule", "time_zone", "concurrency", "start_deadline", "time_limit", "retries", "history")
WEB_KEYS = ("hosts", "paths", "sticky", "streams", "protocol")
REPLICATED = frozenset({"web", "worker"})
"""Kinds of processes that may have more than one pod."""


class Process(Strict):
    """One process of the app."""

    kind: Literal["web", "worker", "singleton", "cron"]
    interface: Literal["wsgi", "asgi", "own-server", "none"] = "none"
    entrypoint: str | None = None
    server: ServerName | None = None
    worker_class: str | None = None
    """gunicorn's (gthread, gevent, a dotted name) or hypercorn's."""
    options: str | None = None
    """More of the server's own options, as on a command line."""
    command: str | None = None
    workers: Annotated[int, Field(ge=1)] | None = None
    threads: Annotated[int, Field(ge=1)] | None = None
    timeout: Seconds | None = None
    port: Port | None = None
    health: Health | None = None
    hosts: list[Host] = []
    paths: Annotated[list[Route], Field(min_length=1)] = ["/"]
    """Prefixes of the addresses that it answers at its hosts."""
    sticky: bool = False
    """A client stays with its pod: by a cookie at the Ingress, by its address in the cluster."""
    streams: bool = False
    """Connections stay open: WebSockets, server-sent events."""
    protocol: Literal["http", "grpc"] | None = None
    """grpc where health.grpc asks, else http."""
    replicas: Annotated[Replicas, BeforeValidator(_count_as_replicas)] = Replicas()
    resources: Resources = Resources()
    node_selector: dict[str, str] = {}
    """Labels of the nodes that it may run on."""
    start_seconds: Seconds | None = None
    """How long a start takes on a whole CPU; `verify --write` measures it."""
    volumes: list[ProcessVolume] = []
    metrics: Metrics | None = None
    schedule: Schedule | None = None
    time_zone: TimeZone = "Etc/UTC"
    concurrency: Literal["forbid", "replace", "allow"] = "forbid"
    """What happens when the last run hasn't ended yet."""
    start_deadline: Duration = "5m"
    """How late a run may start, when the cluster was busy or down."""
    time_limit: Duration | None = None
    """After which Kubernetes ends a run."""
    retries: Annotated[int, Field(ge=0, le=100)] = 1
    history: History = History()

    @property
    def is_grpc(self) -> bool:
        """Whether it speaks gRPC, and so HTTP/2 without TLS."""
        asks = self.health is not None and self.health.grpc not in {None, False}
        return self.protocol == "grpc" or (self.protocol is None and asks)

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.command is None and not (self.entrypoint and self.server):
            raise ValueError("needs a command, or an entrypoint and a server")
        if self.kind == "web" and self.port is None:
            raise ValueError("a web process needs a port")
        if self.kind == "cron" and self.schedule is None:
            raise ValueError("a cron process needs a schedule")
        if self.kind != "web" and (self.hosts or (self.health and self.health.command is None)):
            raise ValueError("only a web process has hosts and a health route; others have health.command at most")
        self._of_its_kind()
        return self

    def _of_its_kind(self) -> None:
        """Keys that mean nothing to this kind of process would be silently without effect."""
        for keys, kind in ((CRON_KEYS, "cron"), (WEB_KEYS, "web")):
            foreign = sorted(set(keys) & self.model_fields_set)
            if foreign and self.kind != kind:
                raise ValueError(f"{', '.join(foreign)}: only a {kind} process has that")
        if any(volume.per_replica for volume in self.volumes) and self.kind not in REPLICATED:
            raise ValueError(f"per_replica: a {self.kind} process has one pod; leave it out")
        kept = next((volume for volume in self.volumes if not volume.per_replica), None)
        if kept and self.kind in REPLICATED and (self.replicas.max or self.replicas.min) > 1:
            raise ValueError(
                f"volumes: {kept.path} can be mounted on one node only, and there may be several pods; "
                "write per_replica: true, replicas: 1, or a volume under the top-level volumes with "
                "access: ReadWriteMany"
            )
        if self.metrics and self.metrics.port is None and self.port is None:
            raise ValueError("metrics needs a port, since the process has none")
        if self.metrics and self.metrics.kind == "servicemonitor" and self.port is None:
            raise ValueError("metrics.kind: a servicemonitor needs a Service, and so a port; use podmonitor")
