"""What may stand in kubeship.yaml? One frozen model per mapping; unknown keys are errors."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kubeship.config.kinds import (
    Cpu,
    Directory,
    DnsLabel,
    Duration,
    Host,
    Memory,
    Platform,
    Port,
    PythonVersion,
    Repository,
    Route,
    Seconds,
    VariableName,
)

LONGEST_NAME = 52
"""Of an app with its process: CronJobs allow 52 characters, since their Jobs' names get a suffix of 11."""


class Strict(BaseModel):
    """Frozen, no unknown keys, no silent conversions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Dependencies(Strict):
    """How distributions are installed."""

    manager: Literal["pip", "none"]
    files: list[str] = []
    groups: list[str] = []
    extras: list[str] = []
    indexes: list[str] = []
    hashes: bool = False


class SystemPackages(Strict):
    """Debian packages of the build stage and of the image that runs."""

    build: list[str] = []
    runtime: list[str] = []


class Build(Strict):
    """How the image is built."""

    dockerfile: str | None = None
    """The project's own Dockerfile, which kubeship uses as it is."""
    steps: list[str] = []
    variables: dict[VariableName, str] = {}
    """For steps and verification; never in the image."""


class Health(Strict):
    """The route that probes ask."""

    path: Route


def _count_as_replicas(value: Any) -> Any:
    """`replicas: 2` is short for `replicas: {min: 2}`."""
    return {"min": value} if isinstance(value, int) and not isinstance(value, bool) else value


class Replicas(Strict):
    """How many pods; `max` above `min` hands the number to a HorizontalPodAutoscaler."""

    min: Annotated[int, Field(ge=0, le=10_000)] = 2
    max: Annotated[int, Field(ge=1, le=10_000)] | None = None
    cpu: Annotated[int, Field(ge=1, le=100)] = 70
    """Percent of the CPU request that the HorizontalPodAutoscaler aims at."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max is not None and self.max < self.min:
            raise ValueError(f"max {self.max} is less than min {self.min}")
        return self


class Resources(Strict):
    """Requests; memory is the limit too."""

    cpu: Cpu = "100m"
    memory: Memory = "256Mi"


class Process(Strict):
    """One process of the app."""

    kind: Literal["web", "worker", "singleton", "cron"]
    interface: Literal["wsgi", "asgi", "own-server", "none"] = "none"
    entrypoint: str | None = None
    server: Literal["gunicorn", "own-server"] | None = None
    command: str | None = None
    workers: Annotated[int, Field(ge=1)] | None = None
    threads: Annotated[int, Field(ge=1)] | None = None
    timeout: Seconds | None = None
    port: Port | None = None
    health: Health | None = None
    hosts: list[Host] = []
    replicas: Annotated[Replicas, BeforeValidator(_count_as_replicas)] = Replicas()
    resources: Resources = Resources()
    schedule: str | None = None

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.command is None and not (self.entrypoint and self.server):
            raise ValueError("needs a command, or an entrypoint and a server")
        if self.kind == "web" and self.port is None:
            raise ValueError("a web process needs a port")
        if self.kind == "cron" and self.schedule is None:
            raise ValueError("a cron process needs a schedule")
        if self.kind != "web" and (self.hosts or self.health):
            raise ValueError("only a web process has hosts and a health route")
        return self


class Release(Strict):
    """A command that must succeed before any workload changes."""

    command: str
    rollback: Literal["safe", "never"] = "safe"
    """safe: the old version runs with what this step did; never: it doesn't, so a failed rollout isn't rolled back."""


class Secrets(Strict):
    """Variables whose values stand in an existing Secret."""

    source: Annotated[DnsLabel, Field(alias="from")]
    keys: list[VariableName]


class Service(Strict):
    """A backing service and the variable that says where it is."""

    source: Annotated[VariableName, Field(alias="from")]


class Ingress(Strict):
    """How requests from outside come in."""

    class_: Annotated[str | None, Field(alias="class")] = None
    tls: DnsLabel | None = None


class Rollout(Strict):
    """How long to wait."""

    timeout: Duration = "10m"


class Configuration(Strict):
    """kubeship.yaml with the overlay of one environment merged in."""

    version: Literal[1]
    name: DnsLabel
    image: Repository
    python: PythonVersion
    platform: Platform = "linux/amd64"
    root: Directory = "."
    """Where processes start, relative to kubeship.yaml."""
    import_root: Directory = "."
    """What must be on sys.path, relative to kubeship.yaml."""
    dependencies: Dependencies
    system_packages: SystemPackages = SystemPackages()
    build: Build = Build()
    processes: Annotated[dict[DnsLabel, Process], Field(min_length=1)]
    release: list[Release] = []
    variables: dict[VariableName, str] = {}
    secrets: Secrets | None = None
    services: dict[str, Service] = {}
    ingress: Ingress = Ingress()
    image_pull_secrets: list[DnsLabel] = []
    rollout: Rollout = Rollout()
    environments: Annotated[dict[DnsLabel, dict[str, Any]], Field(min_length=1)]

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        for process in self.processes:
            if len(full_name := f"{self.name}-{process}") > LONGEST_NAME:
                raise ValueError(
                    f"the name {full_name} would be longer than {LONGEST_NAME} characters; shorten one part"
                )
        twice = sorted(set(self.variables) & set(self.secrets.keys if self.secrets else ()))
        if twice:
            raise ValueError(f"{', '.join(twice)}: both in variables and in secrets.keys")
        return self


class Target(Strict):
    """What an environment says beside its overlay: where it is."""

    namespace: DnsLabel
    context: str | None = None
