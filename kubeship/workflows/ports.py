"""What do workflows need of the world? Protocols; cli builds the adapters, tests write small fakes."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from kubeship.model.changes import Changes
from kubeship.model.direct import DirectImage, DirectRequest, Prove
from kubeship.model.events import Emit, Pruned, RevisionRecorded
from kubeship.model.finding import Finding
from kubeship.model.image import Answer, BuildRequest, BuiltImage, DistributionSize, Layer, Promise, Proof, Trial
from kubeship.model.logs import LogEntry, LogWindow, Sink, Terminal
from kubeship.model.objects import Object, ObjectRef
from kubeship.model.pulling import Upcoming
from kubeship.model.revision import Outcome, Revision
from kubeship.model.seen import Preflight, Seen
from kubeship.model.snapshot import LogRef, Snapshot
from kubeship.model.verdict import Failed, Ready
from kubeship.rollout.ports import Observer


class Engine(Protocol):
    """A container engine (images.engine)."""

    def describe(self) -> str:
        """`Docker 20.10.24 at unix:///var/run/docker.sock`. Raises MissingPrecondition when it can't be reached."""

    def builder(self) -> Literal["buildkit", "classic"]:
        """`classic` where BuildKit is off, and for Podman: no mounts, no secrets."""

    def build(self, request: BuildRequest, emit: Emit) -> BuiltImage:
        """Build with BuildKit, progress live. Raises BuildFailed with the failing step's last lines."""

    def verify(self, image: BuiltImage, promises: Sequence[Promise], variables: Mapping[str, str]) -> tuple[Proof, ...]:
        """Prove each promise inside the image: no network, read-only root, the image's user.

        Raises VerificationFailed with the traceback's end and what it means. Leaves no container behind.
        """

    def try_start(self, image: BuiltImage, trial: Trial, variables: Mapping[str, str]) -> Answer:
        """Start a web process inside the image, without a network, and ask it once. Leaves no container behind."""

    def layers(self, image: BuiltImage) -> tuple[Layer, ...]:
        """The image's layers with what made them, from the base up; those of size 0 only set something."""

    def distributions(self, image: BuiltImage) -> tuple[DistributionSize, ...]:
        """The distributions installed in the image, the largest first. Leaves no container behind."""

    def push(self, image: BuiltImage, repository: str, emit: Emit) -> str:
        """Push the image's tag with the user's own credentials; returns `repository@sha256:...`. Raises PushFailed."""

    def fetch(self, reference: str) -> BuiltImage:
        """Pull an image, so that it can be proved. Raises MissingPrecondition."""

    def resolve(self, reference: str) -> str:
        """The digest reference of what the registry holds under `reference`. Raises MissingPrecondition."""

    def base_digest(self, reference: str) -> str | None:
        """`sha256:...` of a base image, or None when it can't be learned (no engine, no registry)."""

    def push_finding(self, repository: str) -> Finding | None:
        """Why pushing to the repository's registry can't work, as far as can be told without pushing."""


class DirectBuilder(Protocol):
    """A builder without an engine (images.direct)."""

    def obstacle(self, request: DirectRequest) -> str | None:
        """Why only an engine can build it, as far as can be told without trying."""

    def build(self, request: DirectRequest, emit: Emit, prove: Prove | None = None) -> DirectImage:
        """Build and push; tags come last, after `prove`. Raises NeedsEngine, BuildFailed, PushFailed, InvalidInput."""

    def push_finding(self, repository: str) -> Finding | None:
        """Why pushing to the repository can't work."""


class Lease(Protocol):
    """The right to change one app; renewed in the background while it is held."""

    def check(self) -> None:
        """Raise LeaseHeld when the lease was lost."""


class Cluster(Protocol):
    """One namespace of a Kubernetes cluster (cluster.client)."""

    @property
    def namespace(self) -> str:
        """Its name."""

    def describe(self) -> str:
        """`context kind-dev at https://127.0.0.1:6443, Kubernetes v1.35.4`. Raises MissingPrecondition."""

    def now(self) -> datetime:
        """The time by the server's clock: records of several machines need one."""

    def preflight(
        self, objects: Sequence[Object], upcoming: Upcoming | None = None, *, thorough: bool = False
    ) -> Preflight:
        """Everything that could fail later: namespace, permissions, referenced Secrets, classes, images.

        Changes nothing. `upcoming` is the image that is still to be built; `thorough` asks the server about objects
        that wouldn't change too.
        """

    def pull_findings(self, objects: Sequence[Object], seen: Seen | None) -> tuple[Finding, ...]:
        """Whether the nodes can pull the images, once all are in their registries."""

    def create_namespace(self) -> None:
        """Create the namespace unless it exists."""

    def compare(self, objects: Sequence[Object], applied: Iterable[Object] = (), seen: Seen | None = None) -> Changes:
        """Server-side dry run of the objects, without force. A missing namespace means that all would be created.

        By `applied`, what the last deploy applied, is told what others changed since; what preflight has `seen` isn't
        asked again as far as it still holds.
        """

    def lease(self, app: str, holder: str) -> AbstractContextManager[Lease]:
        """Take the Lease `kubeship-<app>`. Raises LeaseHeld, naming the holder."""

    def apply(self, objects: Iterable[Object], lease: Lease, emit: Emit) -> None:
        """Server-side apply in dependency order. Raises ApplyFailed with the server's words."""

    def revisions(self, app: str) -> tuple[Revision, ...]:
        """All records of the app, newest first; objects included."""

    def record(self, revision: Revision, lease: Lease) -> None:
        """Create or update the record of a revision; keeps the newest twenty and the last that succeeded."""

    def prune(
        self, candidates: Iterable[ObjectRef], lease: Lease, emit: Emit, *, wait: bool = False
    ) -> tuple[ObjectRef, ...]:
        """Delete those that still exist and whose managedFields name kubeship as an applier; returns what went.

        With `wait`, they and their pods are gone afterwards.
        """

    def delete_records(self, app: str) -> None:
        """Delete the records and the Lease of an app."""

    def has_lease(self, app: str) -> bool:
        """Whether the Lease of an app is there, held or not."""

    def get(self, wanted: ObjectRef) -> Object | None:
        """The live object."""

    def delete(self, target: ObjectRef) -> None:
        """Delete one object in the foreground and wait until it is gone; it may be gone already."""

    def follow_log(self, pod: str, container: str, emit: Emit, source: str) -> None:
        """Emit the container's log line by line until it ends; a pod that is gone ends it."""

    def follow(self, log: LogRef, sink: Sink, window: LogWindow) -> None:
        """Hand a container's log over, line by line, over its restarts too, until it can't start again."""

    def read_logs(self, wanted: Collection[LogRef], window: LogWindow) -> tuple[LogEntry, ...]:
        """What the containers have said until now, in the order of time."""

    def attach(self, pod: str, container: str, *, terminal: bool) -> AbstractContextManager[Terminal]:
        """A container's input and, with a terminal, its output, while the context lasts."""

    def jobs_of(self, owner: ObjectRef) -> tuple[Object, ...]:
        """The Jobs that a CronJob has started and that are still there."""

    def create(self, item: Object) -> Object:
        """Create an object that nobody applies again; returns it as the server has it."""

    def observe(self, objects: Sequence[Object]) -> AbstractContextManager[Observer]:
        """Watch the objects' workloads, their pods and events while the context lasts."""


@dataclass(frozen=True)
class Held:
    """A cluster while the lease of an app is held: what every step that changes something needs."""

    cluster: Cluster
    lease: Lease
    emit: Emit
    timeout: float
    """Seconds that each rollout or release step may take."""

    def end(self, revision: Revision, outcome: Outcome, message: str = "") -> Revision:
        """Record how a revision ended, now."""
        ended = revision.ended(outcome, self.cluster.now(), message)
        self.record(ended)
        return ended

    def record(self, revision: Revision) -> None:
        """Create or update the record of a revision, and tell of it."""
        self.cluster.record(revision, self.lease)
        self.emit(
            RevisionRecorded(
                revision=revision.number,
                app=revision.app,
                environment=revision.environment,
                outcome=revision.outcome,
                image=revision.image,
                source=revision.source,
                commit=revision.commit,
                holder=revision.holder,
                message=revision.message,
            )
        )

    def watch(self, observer: Observer, unblock: Callable[[Snapshot], None] = lambda _: None) -> Ready | Failed:
        """Watch what was applied until it is ready, or can't be any more; `unblock` may do what lets it go on."""
        # The causes that it knows are imported while the pods start, and never by a deploy that changes nothing.
        from kubeship.rollout.watch import watch  # noqa: PLC0415

        return watch(observer, self.timeout, self.emit, unblock=unblock)

    def prune(self, candidates: Iterable[ObjectRef]) -> None:
        """Delete those that are kubeship's, and tell which that were."""
        if gone := self.cluster.prune(candidates, self.lease, self.emit):
            self.emit(Pruned(gone))
