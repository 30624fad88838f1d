"""What must be known of a server before a project's kubeship.yaml can name it?"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kubeship.model.project import Interface


@dataclass(frozen=True)
class Pin:
    """A distribution that kubeship adds to an image, at one version for each range of Pythons."""

    distribution: str
    versions: Mapping[str, str]
    """The oldest Python that a version runs on -> the version; newest first."""

    def version(self, python: str) -> str:
        """The version for a minor version of Python; the oldest one that there is for a Python older than all."""
        wanted = _number(python)
        fitting = (version for oldest, version in self.versions.items() if _number(oldest) <= wanted)
        return next(fitting, tuple(self.versions.values())[-1])


@dataclass(frozen=True)
class Launch:
    """What a server is started for."""

    entrypoint: str
    """`module:object`, or `module:factory(...)`."""
    interface: Interface
    port: int
    workers: int
    threads: int
    timeout: int
    """Seconds."""
    worker_class: str | None = None
    options: tuple[str, ...] = ()
    """More words of the command line, as the project or a person states them."""
    release: str = ""
    """The server's version; empty where the project's dependencies leave it open."""

    @property
    def target(self) -> str:
        """The entrypoint without the parentheses of a factory."""
        return self.entrypoint.partition("(")[0]

    def is_older(self, release: str) -> bool:
        """Whether the server is known to be older than this release of it."""
        return bool(self.release) and _number(self.release) < _number(release)

    def is_newer(self, release: str) -> bool:
        """Whether the server is known to be this release of it, or a newer one."""
        return bool(self.release) and _number(self.release) >= _number(release)

    @property
    def called(self) -> bool:
        """Whether the entrypoint is a factory."""
        return self.entrypoint.endswith(")")


@dataclass(frozen=True)
class Numbers:
    """With how much of itself a server starts, and why."""

    workers: int
    threads: int
    reason: str
    """A comment in kubeship.yaml."""


@dataclass(frozen=True)
class Server:
    """A program that serves a WSGI or ASGI object; planning.servers has one file for each."""

    name: str
    """As in `processes.web.server`."""
    numbers: Mapping[Interface, Numbers]
    """By the interfaces that it speaks."""
    command: Callable[[Launch], Sequence[str]]
    """Its command line in exec form. Raises ValueError for an entrypoint that it can't load."""
    pins: tuple[Pin, ...]
    """What kubeship adds where the project doesn't bring the server itself; the server first."""
    companions: tuple[Pin, ...] = ()
    """What makes it faster, added together with it."""
    asgi_pins: tuple[Pin, ...] = ()
    """What it needs besides for ASGI."""
    websocket_pins: tuple[Pin, ...] = ()
    """One of these must be there for WebSockets; the first is added."""
    worker_pins: Mapping[str, Pin] = field(default_factory=dict)
    """The server in another version, for worker classes that its newest has no longer."""
    timeout: int = 30
    """Seconds that a request may take, and that a stopping server waits for running ones."""
    drains: bool = True
    """Whether it finishes running requests, for `timeout` seconds, once it is told to stop."""
    streams: bool = False
    """Whether an open WebSocket or event stream holds a thread of it."""
    build_packages: tuple[str, ...] = field(default=())
    """Debian packages that compiling it needs."""
    runtime_packages: tuple[str, ...] = field(default=())

    def own_pins(self, worker_class: str | None) -> tuple[Pin, ...]:
        """`pins`, with the version that still has the worker class."""
        pin = self.worker_pins.get(worker_class or "")
        return (pin, *self.pins[1:]) if pin else self.pins

    @property
    def distribution(self) -> str:
        """The distribution that is the server."""
        return self.pins[0].distribution


def _number(version: str) -> tuple[int, ...]:
    """`0.20.0b1` counts as 0.20."""
    return tuple(int(part) for part in re.findall(r"(?:^|(?<=\.))\d+(?=\.|$)", version))
