"""What does a snapshot say of one pod, and of each of its containers?"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kubeship.model.objects import Object, claim_names
from kubeship.model.snapshot import LogRef, Snapshot
from kubeship.rollout.events import about, events_of, last_seen


@dataclass(frozen=True)
class ContainerSnapshot:
    """One container: what was asked for, where it stands, and what was said about it and by it."""

    pod: str
    name: str
    spec: Object
    status: Object
    """core/v1 ContainerStatus; empty until the kubelet has written one."""
    must_run: bool = True
    """Whether ending with exit code 0 is an end that nobody wants."""
    events: tuple[Object, ...] = ()
    current_log: str = ""
    previous_log: str = ""
    awaited: float = 0.0
    """Seconds since nothing else was in its way: its pod had a node, a sandbox, and what runs before it."""
    sockets: str = ""
    """/proc/net/tcp and tcp6 of its pod."""
    pod_events: tuple[Object, ...] = ()
    """About its pod as a whole, oldest first."""
    pod_spec: Object = field(default_factory=dict)
    """The spec of its pod: volumes, network, security."""
    taken: datetime | str = ""
    """When the picture was taken."""
    by_limit_range: str = ""
    """What admission has written down of the requests and limits that it gave to the pod's containers."""

    @property
    def neighbours(self) -> bool:
        """Whether other containers run beside it, on the same network."""
        beside = [c for c in self.pod_spec.get("initContainers") or () if c.get("restartPolicy") == "Always"]
        return len([*beside, *(self.pod_spec.get("containers") or ())]) > 1

    @property
    def waiting(self) -> Object:
        """`reason` and `message` of why it doesn't run; empty when it doesn't wait."""
        return _mapping(self.status, "state", "waiting")

    @property
    def running(self) -> Object:
        """`startedAt` of the running instance; empty when none runs."""
        return _mapping(self.status, "state", "running")

    @property
    def terminated(self) -> Object:
        """How the newest instance ended, while no other has replaced it."""
        return _mapping(self.status, "state", "terminated")

    @property
    def ends(self) -> tuple[Object, ...]:
        """How its last instances ended, as far as the kubelet remembers (two at most), newest first."""
        ends = self.terminated, _mapping(self.status, "lastState", "terminated")
        return tuple(end for end in ends if end)

    @property
    def last_end(self) -> Object:
        """How the last instance that ended did so; empty when none ever ended."""
        return next(iter(self.ends), {})

    @property
    def restarts(self) -> int:
        """How many times the kubelet has started it again."""
        return int(self.status.get("restartCount", 0))

    @property
    def ready(self) -> bool:
        """Whether its readiness probe, if it has one, passes; for an init container, whether it has succeeded."""
        return bool(self.status.get("ready", False))

    @property
    def image(self) -> str:
        """The reference that was asked for."""
        return str(self.spec.get("image", ""))

    @property
    def last_words(self) -> str:
        """The log of the instance that ended last, or of the running one when none has ended."""
        if self.running and self.restarts:
            return self.previous_log or self.current_log or self.last_message
        return self.current_log or self.previous_log or self.last_message

    @property
    def last_message(self) -> str:
        """What it left in its terminationMessagePath, or the kubelet took from its log for that."""
        return str(self.last_end.get("message") or "")

    def said(self, reason: str, pattern: str = "") -> tuple[Object, ...]:
        """The events with this reason whose message matches, oldest first."""
        return about(self.events, reason, pattern)

    def of_pod(self, reason: str) -> tuple[Object, ...]:
        """The events with this reason about its pod as a whole, oldest first."""
        return about(self.pod_events, reason)


@dataclass(frozen=True)
class PodSnapshot:
    """One pod with its containers, init containers first."""

    pod: Object
    containers: tuple[ContainerSnapshot, ...]
    events: tuple[Object, ...]
    taken: datetime
    claim_events: tuple[Object, ...] = ()
    """About the PersistentVolumeClaims that it mounts, oldest first."""

    @property
    def name(self) -> str:
        """The pod's name."""
        return str(self.pod["metadata"]["name"])

    @property
    def ready(self) -> bool:
        """Whether the pod takes traffic."""
        return is_ready(self.pod)

    def said(self, reason: str, pattern: str = "") -> tuple[Object, ...]:
        """The events with this reason whose message matches, oldest first."""
        return about(self.events, reason, pattern)

    def of_claims(self, reason: str) -> tuple[Object, ...]:
        """The events with this reason about the claims that it mounts, oldest first."""
        return about(self.claim_events, reason)


def pod_snapshot(pod: Object, snapshot: Snapshot) -> PodSnapshot:
    """Everything that the snapshot holds about one of its pods."""
    events = events_of(pod, snapshot.events)
    claims = claim_names(pod)
    of_claims = sorted((event for event in snapshot.events if _names_claim(event, claims)), key=last_seen)
    containers = tuple(_containers(pod, events, snapshot))
    return PodSnapshot(pod, containers, events, snapshot.taken, tuple(of_claims))


def _names_claim(event: Object, claims: Collection[str]) -> bool:
    involved = event["involvedObject"]
    return involved.get("kind") == "PersistentVolumeClaim" and involved.get("name") in claims


def seconds_between(earlier: str, later: str | datetime) -> float:
    """Seconds from one RFC 3339 time to another; 0 when one is missing."""
    if not earlier or not later:
        return 0.0
    end = later if isinstance(later, datetime) else datetime.fromisoformat(later)
    return (end - datetime.fromisoformat(earlier)).total_seconds()


def condition(item: Object, kind: str) -> Object:
    """The condition of that type; empty when the object has none."""
    conditions: list[Object] = item.get("status", {}).get("conditions") or []
    return next((c for c in conditions if c.get("type") == kind), {})


def is_ready(pod: Object) -> bool:
    """Whether the pod takes traffic."""
    return condition(pod, "Ready").get("status") == "True"


def _containers(pod: Object, events: tuple[Object, ...], snapshot: Snapshot) -> Iterator[ContainerSnapshot]:
    name = pod["metadata"]["name"]
    begun = _begun(pod)
    kept_running = pod["spec"].get("restartPolicy", "Always") == "Always"
    for specs, statuses in (("initContainers", "initContainerStatuses"), ("containers", "containerStatuses")):
        known = {status["name"]: status for status in pod.get("status", {}).get(statuses) or ()}
        for spec in pod["spec"].get(specs) or ():
            field = f"spec.{specs}{{{spec['name']}}}"
            yield ContainerSnapshot(
                pod=name,
                name=spec["name"],
                spec=spec,
                status=known.get(spec["name"], {}),
                must_run=(kept_running and specs == "containers") or spec.get("restartPolicy") == "Always",
                events=tuple(e for e in events if e["involvedObject"].get("fieldPath") == field),
                current_log=snapshot.logs.get(LogRef(name, spec["name"], previous=False), ""),
                previous_log=snapshot.logs.get(LogRef(name, spec["name"], previous=True), ""),
                awaited=seconds_between(begun, snapshot.taken),
                sockets=snapshot.sockets.get(name, ""),
                pod_events=tuple(e for e in events if not e["involvedObject"].get("fieldPath")),
                pod_spec=pod["spec"],
                taken=snapshot.taken,
                by_limit_range=(pod["metadata"].get("annotations") or {}).get(LIMIT_RANGER, ""),
            )


LIMIT_RANGER = "kubernetes.io/limit-ranger"
"""https://kubernetes.io/docs/reference/labels-annotations-taints/"""


def _begun(pod: Object) -> str:
    """When the last of what comes before its containers was done; empty when that isn't told."""
    before = (condition(pod, kind) for kind in ("PodScheduled", "PodReadyToStartContainers", "Initialized"))
    done = [each.get("lastTransitionTime") or "" for each in before if each.get("status") == "True"]
    inits = pod.get("status", {}).get("initContainerStatuses") or ()
    ended = [_mapping(status, "state", "terminated").get("finishedAt") or "" for status in inits]
    return max([*done, *ended], default="")


def _mapping(status: Object, *keys: str) -> Object:
    value: Any = status
    for key in keys:
        value = (value or {}).get(key)
    return value or {}
