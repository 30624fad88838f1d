"""What do the workloads, their pods and their events look like right now?"""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from kubeship.cluster.errors import Refusal
from kubeship.cluster.logs import last_lines
from kubeship.cluster.ports import Api
from kubeship.cluster.secrets import masking
from kubeship.cluster.surroundings import sockets, surroundings
from kubeship.cluster.watch import Watched
from kubeship.model.events import Caution, Emit, Note
from kubeship.model.objects import Object, ObjectRef, claim_names, ref
from kubeship.model.snapshot import LogRef, Snapshot, Surroundings

FOLLOWED: dict[str, str] = {
    "DaemonSet": "apps/v1",
    "Deployment": "apps/v1",
    "Job": "batch/v1",
    "StatefulSet": "apps/v1",
}
"""Workload -> the version that is watched, whatever version its manifest has."""
SERVICE_NAME = "kubernetes.io/service-name"
"""https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetesioservice-name"""
GOODBYE = 1.0
"""Seconds that the end of an observation may take."""
HICCUP, LONGEST_OUTAGE = 2.0, 300.0
"""Seconds without a picture: after which it is told, and after which it is given up."""


class Observation:
    """rollout's port Observer: a picture, a wake-up when it changes, and logs."""

    def __init__(self, api: Api, objects: Sequence[Object], emit: Emit) -> None:
        """Nothing is asked for before `start`."""
        self._api = api
        self._emit = emit
        self._objects = tuple(objects)
        self._wanted = _wanted(api, objects)
        self._changes = threading.Condition()
        self._count = 0
        self._seen = 0
        self._kinds = {kind: Watched(api, version, kind, self._changed) for kind, version in self._wanted.kinds.items()}

    def start(self) -> None:
        """List everything once, then watch. Raises Refusal when the server doesn't let us."""
        for kind in tuple(self._kinds):
            try:
                self._kinds[kind].start()
            except Refusal as refusal:
                if kind != "Event" or refusal.status != 403:
                    raise
                del self._kinds[kind]
                self._emit(Caution(f"{refusal.message}; causes that only events tell stay unknown", hint=refusal.hint))

    def stop(self) -> None:
        """End all watches."""
        for watched in self._kinds.values():
            watched.stop()
        until = time.monotonic() + GOODBYE
        for watched in self._kinds.values():
            watched.join(max(until - time.monotonic(), 0.0))

    def snapshot(self) -> Snapshot:
        """The newest picture, without logs; none that is older than what broke the connection.

        Raises Refusal when the credentials expired, and when the server is away for too long.
        """
        self._await_sight()
        with self._changes:
            self._seen = self._count
        live = {kind: watched.items() for kind, watched in self._kinds.items()}
        names = {service["metadata"]["name"] for service in self._wanted.services}
        taken = picture(live, self._wanted.workloads, names, self._api.now())
        there = {(item["kind"], item["metadata"]["name"]) for item in taken.workloads}
        gone = tuple(name for name in self._wanted.lasting if (name.kind, name.name) not in there)
        return replace(taken, services=self._wanted.services, gone=gone)

    def wait(self, seconds: float) -> None:
        """Return when something changed since the last `snapshot`, or after `seconds`."""
        with self._changes:
            self._changes.wait_for(lambda: self._count != self._seen, seconds)

    def logs(self, wanted: Collection[LogRef]) -> dict[LogRef, str]:
        """The last lines of each log that can be had, without the values of Secrets."""
        if not wanted:
            return {}
        names = {log.pod for log in wanted}
        masked = masking(self._api, (pod for pod in self._kinds["Pod"].items() if pod["metadata"]["name"] in names))
        return {log: masked(text) for log, text in last_lines(self._api, wanted).items()}

    def sockets(self, pods: Collection[str]) -> dict[str, str]:
        """/proc/net/tcp and tcp6 of each pod in which that can be read."""
        return sockets(self._api, [pod for pod in self._kinds["Pod"].items() if pod["metadata"]["name"] in pods])

    def surroundings(self) -> Surroundings:
        """The Ingresses and autoscalers that are being deployed, as they live now."""
        return surroundings(self._api, self._objects)

    def masking(self) -> Callable[[str], str]:
        """What takes the values of the Secrets that the pods use out of a text."""
        return masking(self._api, self.snapshot().pods)

    def _await_sight(self) -> None:
        """By what was seen before the server went away, pods would look well that have crashed since."""
        since = time.monotonic()
        with self._changes:
            if self._changes.wait_for(lambda: self._trouble(since) is None, HICCUP):
                return
        if trouble := self._trouble(since):
            self._emit(Note(f"{trouble.message}; waiting until it can be seen again how things stand"))
        with self._changes:
            self._changes.wait_for(lambda: self._trouble(since) is None, LONGEST_OUTAGE)
        if trouble := self._trouble(since):
            raise trouble

    def _trouble(self, since: float) -> Refusal | None:
        return next(filter(None, (watched.trouble(since) for watched in self._kinds.values())), None)

    def _changed(self) -> None:
        with self._changes:
            self._count += 1
            self._changes.notify_all()


@contextmanager
def observe(api: Api, objects: Sequence[Object], emit: Emit) -> Iterator[Observation]:
    """Watch the objects' workloads, their pods and events while the context lasts."""
    observation = Observation(api, objects, emit)
    try:
        observation.start()
        yield observation
    finally:
        observation.stop()


def picture(
    live: Mapping[str, Sequence[Object]],
    workloads: Collection[tuple[str, str]],
    services: Collection[str],
    taken: datetime,
) -> Snapshot:
    """What belongs to the workloads `(kind, name)` and the Services, of all live objects by kind.

    Pods and ReplicaSets by the chain of their owners, EndpointSlices by their Service, Events by what they are about.
    """
    own = tuple(
        item for kind in FOLLOWED for item in live.get(kind, ()) if (kind, item["metadata"]["name"]) in workloads
    )
    replica_sets = _owned_by(own, live.get("ReplicaSet", ()))
    named = (item for item in live.get("Pod", ()) if ("Pod", item["metadata"]["name"]) in workloads)
    pods = {item["metadata"]["uid"]: item for item in (*_owned_by((*own, *replica_sets), live.get("Pod", ())), *named)}
    known = {item["metadata"]["uid"] for item in (*own, *replica_sets)} | pods.keys()
    slices = (
        item
        for item in live.get("EndpointSlice", ())
        if (item["metadata"].get("labels") or {}).get(SERVICE_NAME) in services
    )
    claims = {claim for pod in pods.values() for claim in claim_names(pod)}
    events = (
        item
        for item in live.get("Event", ())
        if (about := item.get("involvedObject", {})).get("uid") in known
        or (about.get("kind") == "PersistentVolumeClaim" and about.get("name") in claims)
    )
    return Snapshot(
        taken=taken,
        workloads=_sorted(own),
        replica_sets=_sorted(replica_sets),
        pods=_sorted(pods.values()),
        endpoint_slices=_sorted(slices),
        events=_sorted(events),
    )


@dataclass(frozen=True)
class _Wanted:
    workloads: frozenset[tuple[str, str]]
    lasting: tuple[ObjectRef, ...]
    """Workloads that stay until somebody deletes them: not Jobs that end by themselves (ttlSecondsAfterFinished)."""
    services: tuple[Object, ...]
    """As they are applied."""
    kinds: dict[str, str]
    """Kind -> version of what is watched."""


def _wanted(api: Api, objects: Sequence[Object]) -> _Wanted:
    here = [name for name in map(ref, objects) if name.namespace in {"", api.namespace}]
    workloads = frozenset((name.kind, name.name) for name in here if _is_followed(name))
    lasting = tuple(
        sorted(
            name
            for item in objects
            if (name := ref(item)) in here and name.kind in FOLLOWED and _is_followed(name)
            if (item.get("spec") or {}).get("ttlSecondsAfterFinished") is None
        )
    )
    services = tuple(o for o in objects if ref(o) in here and (o["kind"], o["apiVersion"]) == ("Service", "v1"))
    kinds = {kind: FOLLOWED[kind] for kind in sorted({kind for kind, _ in workloads} & FOLLOWED.keys())}
    if "Deployment" in kinds:
        kinds["ReplicaSet"] = "apps/v1"
    if workloads:
        kinds |= {"Pod": "v1", "Event": "v1"}
    if services:
        kinds["EndpointSlice"] = "discovery.k8s.io/v1"
    return _Wanted(workloads, lasting, services, kinds)


def _is_followed(name: ObjectRef) -> bool:
    return (name.group in {"apps", "batch"} and name.kind in FOLLOWED) or (name.group, name.kind) == ("", "Pod")


def _owned_by(owners: Sequence[Object], items: Sequence[Object]) -> tuple[Object, ...]:
    uids = {owner["metadata"]["uid"] for owner in owners}
    return tuple(
        item
        for item in items
        if any(reference["uid"] in uids for reference in item["metadata"].get("ownerReferences") or ())
    )


def _sorted(items: Iterator[Object] | Collection[Object]) -> tuple[Object, ...]:
    """Oldest first, so that equal states are equal pictures."""
    return tuple(
        sorted(items, key=lambda item: (item["metadata"].get("creationTimestamp") or "", item["metadata"]["name"]))
    )
