"""What may kubeship.yaml say of a process?"""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from kubeship.config.kinds import Cpu, Host, Memory, Port, Route, Seconds
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
    replicas: Annotated[Replicas, BeforeValidator(_count_as_replicas)] = Replicas()
    resources: Resources = Resources()
    start_seconds: Seconds | None = None
    """How long a start takes on a whole CPU; `verify --write` measures it."""
    schedule: str | None = None

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
        return self
