"""What do builders, registries and verification say of an image?"""

from dataclasses import dataclass
from pathlib import Path

from kubeship.model.project import Interface


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


@dataclass(frozen=True)
class Proof:
    """A promise that was kept."""

    process: str
    entrypoint: str
    found: str
    """What the object is: `flask.app.Flask`."""
    import_seconds: float
