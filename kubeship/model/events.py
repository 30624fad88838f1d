"""What happens while a command runs? Workflows emit these; ui turns them into lines, JSON or annotations."""

from collections.abc import Callable
from dataclasses import dataclass

from kubeship.model.changes import Changes
from kubeship.model.verdict import Diagnosis


@dataclass(frozen=True)
class Step:
    """A step of a command begins: `Building registry.example.com/shop`."""

    title: str


@dataclass(frozen=True)
class Note:
    """Something worth a line: a decision that was taken, a thing that was skipped and why."""

    message: str


@dataclass(frozen=True)
class Caution:
    """Something that a person should look at, though the command goes on."""

    message: str
    hint: str = ""


@dataclass(frozen=True)
class BuildStage:
    """A step of the image build began, ended, came from the cache or failed."""

    title: str
    """`[build 3/5] RUN pip install ...`."""
    state: str
    """started, done, cached, failed."""
    seconds: float | None = None


@dataclass(frozen=True)
class LogLine:
    """A line that something else said: a build step, a release Job, a container."""

    source: str
    line: str


@dataclass(frozen=True)
class PushProgress:
    """How much of the image the registry has."""

    sent: int
    """Bytes."""
    total: int


@dataclass(frozen=True)
class Compared:
    """The server-side dry run is done."""

    changes: Changes


@dataclass(frozen=True)
class RolloutProgress:
    """Where the rollout stands: emitted when it changes, and every ten seconds while it doesn't."""

    summaries: tuple[str, ...]
    worries: tuple[Diagnosis, ...] = ()
    states: tuple[str, ...] = ()
    """Where its pods stand, and for how long: `shop-web-abc: pulling the image for 12 s`."""


Event = Step | Note | Caution | BuildStage | LogLine | PushProgress | Compared | RolloutProgress
Emit = Callable[[Event], None]
