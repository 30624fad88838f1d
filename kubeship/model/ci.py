"""What does a CI service do with a project: test it, then deploy it?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Service = Literal["github", "gitlab"]
Login = Literal["kubeconfig", "aws", "gcp", "azure"]


@dataclass(frozen=True)
class Backing:
    """A server that tests need, as a container beside them."""

    name: str
    image: str
    port: int
    variable: str
    """What tells the app where it is."""
    scheme: str
    """`postgresql://user:password@{host}:5432/test`: an address with the host left open."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Of the container."""


@dataclass(frozen=True)
class TestJob:
    """How the tests run outside of an image."""

    __test__ = False  # no test class, whatever pytest thinks of its name

    install: tuple[str, ...]
    """Shell commands."""
    command: str
    cached: str
    """The folder with downloads, relative to the home directory: `.cache/pip`."""
    files: tuple[str, ...]
    """A change of these makes the cached downloads old."""
    variables: Mapping[str, str]
    services: tuple[Backing, ...]
    build_packages: tuple[str, ...] = ()
    """Debian's, for compiling what has no wheel."""
    runtime_packages: tuple[str, ...] = ()


@dataclass(frozen=True)
class CiPlan:
    """One CI file."""

    service: Service
    login: Login
    python: str
    kubeship: str
    """Its version."""
    environments: tuple[str, ...]
    """In the order in which they are deployed to, each only when the one before runs it."""
    registry: str
    """The host of the image; empty for Docker Hub."""
    test: TestJob | None
    """None where the image's own build runs the tests, or where there are none."""
    builds: bool = False
    """Whether it does."""
