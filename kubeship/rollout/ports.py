"""What does watching a rollout need of the cluster? A picture, a wake-up when it changes, and logs."""

from collections.abc import Callable, Collection
from typing import Protocol

from kubeship.model.snapshot import LogRef, Snapshot, Surroundings


class Observer(Protocol):
    """Live objects, kept current in the background (cluster.observe); lost connections are its own business."""

    def snapshot(self) -> Snapshot:
        """The newest picture, without logs."""

    def wait(self, seconds: float) -> None:
        """Return when something changed since the last `snapshot`, or after `seconds`."""

    def logs(self, wanted: Collection[LogRef]) -> dict[LogRef, str]:
        """The last lines of each log that can be had."""

    def sockets(self, pods: Collection[str]) -> dict[str, str]:
        """/proc/net/tcp and tcp6 of each pod in which that can be read."""

    def surroundings(self) -> Surroundings:
        """The Ingresses and autoscalers that are being deployed, as they live now."""

    def masking(self) -> Callable[[str], str]:
        """What takes the values of the Secrets that the pods use out of a text."""
