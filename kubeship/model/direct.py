"""What is a builder without an engine asked for, and what does it answer?"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kubeship.model.image import BuildSecret
from kubeship.model.image_plan import ImagePlan


@dataclass(frozen=True)
class DirectRequest:
    """An image to be put together and pushed."""

    context: Path
    """The project's directory."""
    dockerfile: str
    """Relative to the context: its .dockerignore chooses the files."""
    image: ImagePlan
    python: str
    """`3.12`."""
    repository: str
    """Where the image goes, without tag."""
    tags: tuple[str, ...]
    """The source's first; others are moved to the image, too."""
    secrets: tuple[BuildSecret, ...] = ()
    """Variables and files that installing may read."""
    epoch: int | None = None
    """SOURCE_DATE_EPOCH: seconds since 1970; no file's time is later."""


@dataclass(frozen=True)
class DirectImage:
    """An image that the registry has by digest."""

    reference: str
    """`repository@sha256:...`."""
    id: str
    """`sha256:...`, the configuration's digest."""
    size: int
    """Bytes of all layers as they are sent, packed."""
    sent: int
    """Bytes that the registry didn't have yet."""


class NeedsEngine(Exception):
    """Only a container engine can build this; its text completes `the direct builder can't: ...`."""


Prove = Callable[[DirectImage], None]
"""Called when the image is in the registry and no tag names it yet; what it raises leaves it untagged."""
