"""What may stand in kubeship.yaml? One frozen model per mapping; unknown keys are errors."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

DNS_LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")


def _dns_label(value: str) -> str:
    if not DNS_LABEL.fullmatch(value):
        raise ValueError("expected lower-case letters, digits and dashes, a letter first, at most 63 characters")
    return value


def _cpu(value: str) -> str:
    if not re.fullmatch(r"\d+m|\d+(\.\d{1,3})?", value):
        raise ValueError("expected a CPU quantity such as 250m or 0.5")
    return value


def _memory(value: str) -> str:
    if not re.fullmatch(r"\d+(\.\d+)?([KMGT]i?|k)?", value):
        raise ValueError("expected a memory quantity such as 256Mi or 1Gi")
    return value


def _duration(value: str) -> str:
    if not re.fullmatch(r"(?=\d)(\d+h)?(\d+m)?(\d+s)?", value):
        raise ValueError("expected a duration such as 90s, 10m or 1h30m")
    return value


def _host(value: str) -> str:
    if not re.fullmatch(r"(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?", value):
        raise ValueError("expected a host name in lower case without scheme, port or path, such as shop.example.com")
    return value


def _variable(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value):
        raise ValueError("expected the name of an environment variable")
    return value


DnsLabel = Annotated[str, AfterValidator(_dns_label)]
Cpu = Annotated[str, AfterValidator(_cpu)]
Memory = Annotated[str, AfterValidator(_memory)]
Duration = Annotated[str, AfterValidator(_duration)]
Host = Annotated[str, AfterValidator(_host)]
VariableName = Annotated[str, AfterValidator(_variable)]
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[int, Field(ge=1)]


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

    path: Annotated[str, Field(pattern=r"^/\S*$")]


class Replicas(Strict):
    """How many pods; `max` above `min` hands the number to a HorizontalPodAutoscaler."""

    min: Annotated[int, Field(ge=0)] = 2
    max: Annotated[int, Field(ge=1)] | None = None
    cpu: Annotated[int, Field(ge=1, le=100)] = 70


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
    replicas: int | Replicas = Replicas()
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
        return self


class Release(Strict):
    """A command that must succeed before any workload changes."""

    command: str
    rollback: str = "safe"


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
    image: str
    python: Annotated[str, Field(pattern=r"^3\.\d+$")]
    platform: Annotated[str, Field(pattern=r"^linux/[a-z0-9/]+$")] = "linux/amd64"
    root: str = "."
    import_root: str = "."
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


class Target(Strict):
    """What an environment says beside its overlay: where it is."""

    namespace: DnsLabel
    context: str | None = None
