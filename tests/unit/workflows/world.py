"""A cluster and an engine that live in memory, for tests of workflows: small, by hand, behind the same ports."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from kubeship.errors import ApplyFailed, LeaseHeld
from kubeship.model.changes import Action, Change, Changes
from kubeship.model.events import Emit
from kubeship.model.finding import Finding
from kubeship.model.image import Answer, BuildRequest, BuiltImage, DistributionSize, Layer, Promise, Proof, Trial
from kubeship.model.logs import LogEntry, LogWindow, Sink, Terminal
from kubeship.model.objects import Object, ObjectRef, ref
from kubeship.model.pulling import Upcoming
from kubeship.model.revision import Revision
from kubeship.model.seen import Preflight, Seen
from kubeship.model.snapshot import LogRef, Snapshot, Surroundings
from kubeship.workflows.ports import Lease
from tests.unit.rollout.builders import replica_set

DIGEST = "sha256:" + "a" * 64


@dataclass
class MemoryLease:
    """A lease that can be lost."""

    holder: str
    lost: bool = False

    def check(self) -> None:
        if self.lost:
            raise LeaseHeld("the lease was lost", hint="look who took it")


@dataclass
class MemoryCluster:
    """One namespace. `settle` says what a workload looks like after it was applied."""

    namespace: str = "shop"
    settle: Callable[[Object], Object] = lambda item: item
    pods: Callable[[Object], tuple[Object, ...]] = lambda item: ()
    """The pods of a Deployment's one ReplicaSet."""
    live: dict[ObjectRef, Object] = field(default_factory=dict)
    records: dict[int, Revision] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    unpullable: tuple[Finding, ...] = ()
    """What is found once the image is in its registry."""
    held_by: str = ""
    leased: bool = False
    """Whether its Lease is there, held or not."""
    refused: frozenset[str] = frozenset()
    """Names of objects that the server doesn't take."""
    said: tuple[LogEntry, ...] = ()
    """By containers."""
    calls: list[str] = field(default_factory=list)

    def describe(self) -> str:
        return "context memory"

    def now(self) -> datetime:
        return datetime.now(UTC)

    def preflight(
        self, objects: Sequence[Object], upcoming: Upcoming | None = None, *, thorough: bool = False
    ) -> Preflight:
        self.calls.append("preflight")
        return Preflight(self.findings)

    def pull_findings(self, objects: Sequence[Object], seen: Seen | None) -> tuple[Finding, ...]:
        return self.unpullable

    def create_namespace(self) -> None:
        self.calls.append("create namespace")

    def compare(self, objects: Sequence[Object], applied: Iterable[Object] = (), seen: Seen | None = None) -> Changes:
        self.calls.append("compare")
        return Changes(tuple(Change(ref(item), self._action(item)) for item in objects))

    def _action(self, item: Object) -> Action:
        live = self.live.get(ref(item))
        if live is None:
            return Action.CREATE
        return Action.UNCHANGED if live == self.settle(item) else Action.UPDATE

    @contextmanager
    def lease(self, app: str, holder: str) -> Iterator[MemoryLease]:
        if self.held_by:
            raise LeaseHeld(f"{self.held_by} deploys {app}", hint="wait")
        self.held_by, self.leased = holder, True
        try:
            yield MemoryLease(holder)
        finally:
            self.held_by = ""

    def apply(self, objects: Iterable[Object], lease: Lease, emit: Emit) -> None:
        for item in objects:
            lease.check()
            if item["metadata"]["name"] in self.refused:
                raise ApplyFailed(f"the server refused {ref(item)}", hint="read what it says", details="denied")
            self.calls.append(f"apply {ref(item)}")
            self.live[ref(item)] = self.settle(item)

    def revisions(self, app: str) -> tuple[Revision, ...]:
        return tuple(self.records[number] for number in sorted(self.records, reverse=True))

    def record(self, revision: Revision, lease: Lease) -> None:
        lease.check()
        self.calls.append(f"record {revision.number} {revision.outcome}")
        self.records[revision.number] = revision

    def prune(
        self, candidates: Iterable[ObjectRef], lease: Lease, emit: Emit, *, wait: bool = False
    ) -> tuple[ObjectRef, ...]:
        gone = tuple(target for target in candidates if self.live.pop(target, None) is not None)
        self.calls += [f"prune {target}" for target in gone]
        return gone

    def delete_records(self, app: str) -> None:
        self.records.clear()
        self.leased = False

    def has_lease(self, app: str) -> bool:
        return self.leased

    def get(self, wanted: ObjectRef) -> Object | None:
        return self.live.get(wanted)

    def delete(self, target: ObjectRef) -> None:
        self.calls.append(f"delete {target}")
        self.live.pop(target, None)

    def follow_log(self, pod: str, container: str, emit: Emit, source: str) -> None:
        return

    def follow(self, log: LogRef, sink: Sink, window: LogWindow) -> None:
        for entry in self.read_logs([log], window):
            sink(entry)

    def read_logs(self, wanted: Collection[LogRef], window: LogWindow) -> tuple[LogEntry, ...]:
        return tuple(sorted(entry for entry in self.said if LogRef(entry.pod, entry.container, False) in wanted))

    @contextmanager
    def attach(self, pod: str, container: str, *, terminal: bool) -> Iterator[Terminal]:
        raise AssertionError(f"{pod}/{container} has no terminal here")
        yield

    def jobs_of(self, owner: ObjectRef) -> tuple[Object, ...]:
        return tuple(item for item in self.live.values() if item["metadata"].get("ownerReferences") == [owner.name])

    def create(self, item: Object) -> Object:
        self.calls.append(f"create {ref(item)}")
        self.live[ref(item)] = item
        return item

    @contextmanager
    def observe(self, objects: Sequence[Object]) -> Iterator["MemoryObserver"]:
        yield MemoryObserver(self, tuple(ref(item) for item in objects))


@dataclass
class MemoryObserver:
    """Sees the cluster's workloads as they stand."""

    cluster: MemoryCluster
    watched: tuple[ObjectRef, ...]

    def snapshot(self) -> Snapshot:
        items = [self.cluster.live[target] for target in self.watched if target in self.cluster.live]
        workloads = tuple(item for item in items if item["kind"] in {"Deployment", "Job"})
        return Snapshot(
            datetime.now(UTC),
            workloads=workloads,
            replica_sets=(replica_set(),),
            pods=tuple(pod for item in workloads for pod in self.cluster.pods(item)),
        )

    def wait(self, seconds: float) -> None:
        return

    def logs(self, wanted: Collection[LogRef]) -> dict[LogRef, str]:
        return dict.fromkeys(wanted, "")

    def sockets(self, pods: Collection[str]) -> dict[str, str]:
        return {}

    def surroundings(self) -> Surroundings:
        return Surroundings(datetime.now(UTC))

    def masking(self) -> Callable[[str], str]:
        return str


@dataclass
class MemoryEngine:
    """Builds nothing and says that it did."""

    calls: list[str] = field(default_factory=list)
    history: tuple[Layer, ...] = ()
    installed: tuple[DistributionSize, ...] = ()

    def describe(self) -> str:
        return "an engine in memory"

    def builder(self) -> Literal["buildkit", "classic"]:
        return "buildkit"

    def build(self, request: BuildRequest, emit: Emit) -> BuiltImage:
        self.calls.append(f"build {request.tag}")
        return BuiltImage(DIGEST, request.tag, 1)

    def verify(self, image: BuiltImage, promises: Sequence[Promise], variables: Mapping[str, str]) -> tuple[Proof, ...]:
        self.calls.append("verify")
        return tuple(Proof(promise.process, promise.entrypoint, "flask.app.Flask", 0.1) for promise in promises)

    def try_start(self, image: BuiltImage, trial: Trial, variables: Mapping[str, str]) -> Answer:
        self.calls.append("try start")
        return Answer(trial.process, healthy=True, outcome="GET /healthz answers 200", seconds=0.5, memory=40_000_000)

    def layers(self, image: BuiltImage) -> tuple[Layer, ...]:
        return self.history

    def distributions(self, image: BuiltImage) -> tuple[DistributionSize, ...]:
        return self.installed

    def push(self, image: BuiltImage, repository: str, emit: Emit) -> str:
        self.calls.append("push")
        return f"{repository}@{DIGEST}"

    def fetch(self, reference: str) -> BuiltImage:
        self.calls.append(f"fetch {reference}")
        return BuiltImage(DIGEST, reference, 1)

    def resolve(self, reference: str) -> str:
        return f"{reference.partition(':')[0]}@{DIGEST}"

    def base_digest(self, reference: str) -> str | None:
        return DIGEST

    def push_finding(self, repository: str) -> Finding | None:
        return None
