"""What did containers say, which part of it is wanted, and how is one talked to?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, order=True)
class LogEntry:
    """One line of a container's log."""

    moment: str
    """When the kubelet got it, RFC 3339 with nanoseconds in UTC; empty where it doesn't say."""
    pod: str
    container: str
    text: str
    """Without the values of Secrets."""


@dataclass(frozen=True)
class LogWindow:
    """Which part of a log is wanted; all of it, where nothing is said."""

    seconds: int | None = None
    """Only what was said in the last seconds."""
    lines: int | None = None
    """Only the last lines of each container."""
    previous: bool = False
    """The instance before the last restart."""


Sink = Callable[[LogEntry], None]


class Terminal(Protocol):
    """Input and output of a running container."""

    @property
    def open(self) -> bool:
        """Whether the other side still listens."""

    def send(self, data: bytes) -> None:
        """What is typed."""

    def receive(self, seconds: float) -> bytes:
        """What was said meanwhile; empty when it was nothing."""

    def resize(self, columns: int, rows: int) -> None:
        """Say how large the terminal is."""
