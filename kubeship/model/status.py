"""How does a process of the app do right now?"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProcessStatus:
    """One workload as it runs."""

    name: str
    """`web`."""
    wanted: int
    """Pods that there should be."""
    ready: int
    restarts: int
    """Of all containers of its pods."""
    last_end: str
    """Why a container ended last: `Error, exit code 1, 3 min ago`; empty when none did."""
    other_images: tuple[str, ...]
    """Images that it runs and the revision doesn't name: a webhook rewrote them, or somebody set them since."""
