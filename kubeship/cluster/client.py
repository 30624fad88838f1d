"""What can be done with one namespace of a cluster? Each method is one file of this room."""

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kubeship.cluster import apply, dry_run, lease, logs, observe, preflight, prune, revisions
from kubeship.cluster.errors import Refusal, permitted
from kubeship.cluster.holders import lease_ref
from kubeship.cluster.ports import Api, Registries
from kubeship.model.changes import Changes, Consent
from kubeship.model.events import Caution, Emit
from kubeship.model.finding import Finding
from kubeship.model.logs import LogEntry, LogWindow, Sink, Terminal
from kubeship.model.objects import Object, ObjectRef, ref
from kubeship.model.pulling import Upcoming
from kubeship.model.revision import Revision, is_without_values
from kubeship.model.seen import Preflight, Seen
from kubeship.model.snapshot import LogRef


class Permit(Protocol):
    """The right to change the app, as workflows hand it in."""

    def check(self) -> None:
        """Raise LeaseHeld when it was lost."""


@dataclass(frozen=True)
class KubernetesCluster:
    """workflows' port Cluster over the kubernetes package; made by connect.connect."""

    api: Api
    title: str
    """`context kind-dev at https://127.0.0.1:6443, Kubernetes v1.35.4`."""
    emit: Emit
    lease_seconds: float = 0.0
    """How long to wait for a lease that somebody else has."""
    consent: Consent = dry_run.NOTHING_BEYOND
    """What may be done beyond applying what is kubeship's own."""
    registries: Registries | None = None
    """Who is asked whether the pods' logins open their images; None: nobody."""

    @property
    def namespace(self) -> str:
        """Where objects without a namespace of their own go."""
        return self.api.namespace

    def describe(self) -> str:
        """Which cluster this is; it answered when `connect` asked it."""
        return self.title

    def now(self) -> datetime:
        """The time by the server's clock."""
        return self.api.now()

    def preflight(
        self, objects: Sequence[Object], upcoming: Upcoming | None = None, *, thorough: bool = False
    ) -> Preflight:
        """Everything that could fail later; changes nothing. `thorough`: also of what wouldn't change."""
        question = preflight.Question(self.consent, self.registries, upcoming, thorough)
        return preflight.preflight(self.api, objects, question)

    def pull_findings(self, objects: Sequence[Object], seen: Seen | None) -> tuple[Finding, ...]:
        """Whether the nodes can pull the images, now that all are in their registries."""
        return preflight.pull_findings(self.api, objects, self.registries, seen)

    def create_namespace(self) -> None:
        """Create the namespace unless it exists."""
        wanted = ObjectRef("v1", "Namespace", "", self.namespace)
        if permitted(lambda: self.api.get(wanted)) is not None:
            return
        try:
            self.api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}})
        except Refusal as refusal:
            if refusal.status != 409:
                raise

    def compare(self, objects: Sequence[Object], applied: Iterable[Object] = (), seen: Seen | None = None) -> Changes:
        """Server-side dry run of what isn't plainly unchanged; what the server warns of becomes a Caution.

        By `applied`, what the last deploy applied, is told what others changed since; what preflight has `seen` isn't
        asked again as far as it still holds.
        """
        changes, warnings = dry_run.compare(self.api, _known(objects), self.consent, _known(applied), seen)
        for warning in warnings:
            self.emit(Caution(f"the API server warns: {warning}"))
        return changes

    def lease(self, app: str, holder: str) -> AbstractContextManager[lease.HeldLease]:
        """Hold the Lease `kubeship-<app>`."""
        return lease.lease(self.api, app, holder, patience=lease.Patience(self.lease_seconds, self.emit))

    def apply(self, objects: Iterable[Object], lease: Permit, emit: Emit) -> None:
        """Server-side apply in dependency order."""
        apply.apply(self.api, _known(objects), lease.check, emit, self.consent)

    def revisions(self, app: str) -> tuple[Revision, ...]:
        """All records of the app, newest first."""
        return revisions.revisions(self.api, app)

    def record(self, revision: Revision, lease: Permit) -> None:
        """Create or update a revision's record, and delete those that are too old."""
        revisions.record(self.api, revision, lease.check)

    def prune(
        self, candidates: Iterable[ObjectRef], lease: Permit, emit: Emit, *, wait: bool = False
    ) -> tuple[ObjectRef, ...]:
        """Delete what is still kubeship's, with `wait` until it and its pods are gone; returns what went."""
        return prune.prune(self.api, candidates, lease.check, emit, wait=wait)

    def delete_records(self, app: str) -> None:
        """Delete the app's records, and its Lease last."""
        revisions.delete_records(self.api, app)
        self.api.delete(lease_ref(app), propagation="Background")

    def has_lease(self, app: str) -> bool:
        """Whether the app's Lease is there, held or not."""
        return self.api.get(lease_ref(app)) is not None

    def get(self, wanted: ObjectRef) -> Object | None:
        """The live object."""
        return self.api.get(wanted)

    def delete(self, target: ObjectRef) -> None:
        """Delete one object and wait until it is gone."""
        prune.delete(self.api, target)

    def follow_log(self, pod: str, container: str, emit: Emit, source: str) -> None:
        """Emit a container's log until it ends."""
        logs.follow_log(self.api, pod, container, emit, source)

    def follow(self, log: LogRef, sink: Sink, window: LogWindow) -> None:
        """Hand a container's log over, line by line, over its restarts too, until it can't start again."""
        logs.follow(self.api, log, sink, window, restarts=True)

    def read_logs(self, wanted: Collection[LogRef], window: LogWindow) -> tuple[LogEntry, ...]:
        """What the containers have said until now, in the order of time."""
        return logs.read(self.api, wanted, window)

    def attach(self, pod: str, container: str, *, terminal: bool) -> AbstractContextManager[Terminal]:
        """A container's input and, with a terminal, its output, while the context lasts."""
        return self.api.attach(pod, container, terminal=terminal)

    def jobs_of(self, owner: ObjectRef) -> tuple[Object, ...]:
        """The Jobs that a CronJob has started and that are still there."""
        jobs = self.api.list("batch/v1", "Job").items
        return tuple(job for job in jobs if (owner.kind, owner.name) in _owners(job))

    def create(self, item: Object) -> Object:
        """Create an object that nobody applies again; returns it as the server has it.

        Its name is nobody else's, so one that exists already is our own, whose answer was lost.
        """
        try:
            return self.api.create(item)
        except Refusal as refusal:
            live = self.api.get(ref(item)) if refusal.status == 409 else None
            if live is None:
                raise
            return live

    def observe(self, objects: Sequence[Object]) -> AbstractContextManager[observe.Observation]:
        """Watch the objects' workloads while the context lasts."""
        return observe.observe(self.api, objects, self.emit)


def _known(objects: Iterable[Object]) -> list[Object]:
    """Without the Secrets of an earlier revision, whose record doesn't hold their values: they stay as they are."""
    return [item for item in objects if not is_without_values(item)]


def _owners(item: Object) -> set[tuple[str, str]]:
    return {(owner["kind"], owner["name"]) for owner in item["metadata"].get("ownerReferences") or ()}
