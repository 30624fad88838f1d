"""What happens while a command runs? Workflows emit these; ui turns them into lines, JSON or annotations."""

from collections.abc import Callable
from dataclasses import dataclass

from kubeship.model.changes import Changes
from kubeship.model.objects import ObjectRef
from kubeship.model.revision import Outcome
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


@dataclass(frozen=True)
class LeaseAwaited:
    """Another deploy of the app runs, and this one waits for its end: emitted for each holder."""

    message: str
    """Who deploys what, and since when."""
    holder: str
    """`user@host:pid`."""
    since: str
    """RFC 3339."""
    seconds: float
    """How long it is waited for at most."""


@dataclass(frozen=True)
class RevisionRecorded:
    """The cluster's record of a revision says something new: it has started, succeeded, failed, was rolled back."""

    revision: int
    app: str
    environment: str
    outcome: Outcome
    image: str
    """By digest."""
    source: str
    """The git revision, or the content hash, that the image was built from; empty for `--image`."""
    commit: str
    """The git revision of the checkout, with `-dirty` where files differ from it; empty without git."""
    holder: str
    """Who deploys: `user@host:pid`."""
    message: str
    """Why it failed, or `rollback to 3`."""


@dataclass(frozen=True)
class ReleaseStepEnded:
    """A release step is over, or was over before."""

    name: str
    """Of its Job."""
    state: str
    """succeeded, failed, skipped (it has succeeded before), undone."""


@dataclass(frozen=True)
class RolloutFailed:
    """The new version can't become healthy; its evidence is saved, and nothing was rolled back yet."""

    revision: int
    diagnoses: tuple[Diagnosis, ...]
    """Each cause with its evidence, the decisive one first."""
    workloads: tuple[ObjectRef, ...]
    history: tuple[str, ...]
    """How each pod spent its time: `shop-web-abc: preparing 1 s, pulling the image 3 s, starting 60 s`."""
    evidence: str
    """The directory."""


@dataclass(frozen=True)
class RollingBack:
    """The objects of an earlier revision are about to be applied again."""

    revision: int
    """The one that failed, or that runs."""
    target: int
    """The one that is to serve again."""


@dataclass(frozen=True)
class Pruned:
    """What is in no manifest any more was deleted."""

    objects: tuple[ObjectRef, ...]


Event = (
    Step
    | Note
    | Caution
    | BuildStage
    | LogLine
    | PushProgress
    | Compared
    | LeaseAwaited
    | RevisionRecorded
    | ReleaseStepEnded
    | RolloutProgress
    | RolloutFailed
    | RollingBack
    | Pruned
)
Emit = Callable[[Event], None]
