"""What does watching a rollout need of the cluster? A picture, a wake-up when it changes, and logs."""

from collections.abc import Collection
from typing import Protocol

from kubeship.model.snapshot import LogRef, Snapshot


class Observer(Protocol):
    """Live objects, kept current in the background (cluster.observe); lost connections are its own business."""

    def snapshot(self) -> Snapshot:
        """The newest picture, without logs."""

    def wait(self, seconds: float) -> None:
        """Return when something changed since the last `snapshot`, or after `seconds`."""

    def logs(self, wanted: Collection[LogRef]) -> dict[LogRef, str]:
        """The last lines of each log that can be had."""
