"""What do builders, registries and verification say of an image?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kubeship.model.project import Interface


@dataclass(frozen=True)
class BuildSecret:
    """A credential that exists while a step runs: in an environment variable of the user's, or a file."""

    id: str
    variable: str | None = None
    file: Path | None = None


@dataclass(frozen=True)
class BuildRequest:
    """What to build."""

    context: Path
    """The project's directory."""
    dockerfile: str
    """Relative to the context, with forward slashes."""
    tag: str
    """`repository:git-revision`."""
    platform: str
    dockerfile_text: str | None = None
    """Sent in place of the file: the dialect that an old builder understands."""
    secrets: tuple[BuildSecret, ...] = ()
    """For `RUN --mount=type=secret,id=...`."""
    arguments: Mapping[str, str] = field(default_factory=dict)
    """Build arguments (`SOURCE_DATE_EPOCH`)."""
    cache: str | None = None
    """A reference whose layers may be reused, where it exists: `repository:main`."""


@dataclass(frozen=True)
class Layer:
    """One layer of an image, in order from the base."""

    size: int
    """Bytes, unpacked."""
    created_by: str
    """The instruction that made it, as the image's history has it."""


@dataclass(frozen=True)
class DistributionSize:
    """An installed distribution."""

    name: str
    size: int
    """Bytes of its files."""


@dataclass(frozen=True)
class BuiltImage:
    """An image in the engine."""

    id: str
    """`sha256:...`, the configuration's digest."""
    tag: str
    size: int
    """Bytes, unpacked."""


@dataclass(frozen=True)
class Promise:
    """What a process promises of its entrypoint; proved inside the image before anything is pushed."""

    process: str
    entrypoint: str
    """`module:object` or `module:factory()`."""
    interface: Interface
    writable: tuple[str, ...] = ()
    """Folders beside /tmp that the pod can write to."""


@dataclass(frozen=True)
class Proof:
    """A promise that was kept."""

    process: str
    entrypoint: str
    found: str
    """What the object is: `flask.app.Flask`."""
    import_seconds: float


@dataclass(frozen=True)
class Trial:
    """A web process to start inside the image as its pod would."""

    process: str
    command: tuple[str, ...]
    port: int
    path: str | None
    """None: a TCP connection is all that is asked."""
    headers: tuple[tuple[str, str], ...]
    seconds: int
    """How long the start may take."""
    writable: tuple[str, ...] = ()
    """Folders beside /tmp that the pod can write to."""


@dataclass(frozen=True)
class Answer:
    """What a started process answered: reported, never required, since a healthy app may need its database."""

    process: str
    healthy: bool
    outcome: str
    """`GET /healthz answers 200`, `it ended with exit code 1`."""
    seconds: float | None = None
    """From the start to the answer."""
    memory: int | None = None
    """Bytes that its processes hold then (resident; shared pages count once a process)."""
    log: str = ""
    """Its last lines."""
