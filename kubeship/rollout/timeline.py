"""In which state is each pod, since when, and how did it spend its time before?"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby, pairwise

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.model.verdict import PodState
from kubeship.rollout.events import first_seen
from kubeship.rollout.ownership import newest_pods
from kubeship.rollout.pods import ContainerSnapshot, PodSnapshot, condition, is_ready, pod_snapshot, seconds_between
from kubeship.rollout.readiness import observed, progress

Mark = tuple[str, str]
"""When it began, RFC 3339, and which state."""


def pod_states(snapshot: Snapshot) -> tuple[PodState, ...]:
    """The pods of unready workloads' newest versions that aren't ready: those that stand alike are one line."""
    return tuple(line for workload in _unready(snapshot) for line in _states(workload, snapshot))


def histories(snapshot: Snapshot) -> tuple[str, ...]:
    """One line for each pod that isn't ready: `shop-web-abc: preparing 1 s, pulling the image 3 s, starting 60 s`."""
    return tuple(
        history(pod_snapshot(pod, snapshot))
        for workload in _unready(snapshot)
        for pod in newest_pods(workload, snapshot)
        if not is_ready(pod)
    )


def history(pod: PodSnapshot) -> str:
    """Where its time went; what took less than a second is left out, but for the state in which it is."""
    *before, last = _spans(pod)
    told = groupby([*(span for span in before if span[1] >= 1), last], key=lambda span: span[0])
    return f"{pod.name}: " + ", ".join(f"{state} {sum(seconds for _, seconds in spans):.0f} s" for state, spans in told)


def _unready(snapshot: Snapshot) -> Iterator[Object]:
    return (item for item in snapshot.workloads if observed(item) and not progress(item).ready)


def _states(workload: Object, snapshot: Snapshot) -> Iterator[PodState]:
    pods = [pod_snapshot(pod, snapshot) for pod in newest_pods(workload, snapshot)]
    current = sorted((*list(_spans(pod))[-1], pod.name) for pod in pods if not pod.ready)
    for state, group in groupby(current, key=lambda entry: entry[0]):
        alike = list(group)
        who = alike[0][2] if len(alike) == 1 else f"{len(alike)} pods of {workload['metadata']['name']}"
        yield PodState(who, state, max(seconds for _, seconds, _ in alike))


def _spans(pod: PodSnapshot) -> Iterator[tuple[str, float]]:
    """Each state with its seconds, in order; the last is the one that lasts."""
    marks = [mark for mark in sorted(_marks(pod), key=lambda mark: _moment(mark[0])) if mark[0]]
    merged = [next(group) for _, group in groupby(marks, key=lambda mark: mark[1])]
    for (begin, state), (end, _) in pairwise(merged):
        yield state, seconds_between(begin, end)
    begin, state = merged[-1] if merged else ("", "waiting for a node")
    yield state, max(seconds_between(begin, pod.taken), 0.0)


def _marks(pod: PodSnapshot) -> Iterator[Mark]:
    """A stable sort keeps what begins in the same second in this order, which is that of a pod's life."""
    yield pod.pod["metadata"].get("creationTimestamp") or "", "waiting for a node"
    scheduled = condition(pod.pod, "PodScheduled")
    if scheduled.get("status") == "True":
        yield scheduled.get("lastTransitionTime") or "", "preparing"
    for event in pod.said("Pulling"):
        yield first_seen(event), "pulling the image"
    for event in pod.said("Pulled"):
        yield first_seen(event), "preparing"
    if any(container.waiting.get("reason") in PULL_FAILS for container in pod.containers):
        failed = [first_seen(event) for event in pod.said("Failed", "^Failed to pull image")]
        yield min(failed, default=""), "failing to pull the image"
    for container in pod.containers:
        yield from _of_container(container, pod)
    ready = condition(pod.pod, "Ready")
    if ready.get("status") == "True":
        yield ready.get("lastTransitionTime") or "", "ready"


PULL_FAILS = frozenset({"ErrImagePull", "ImagePullBackOff"})


def _of_container(container: ContainerSnapshot, pod: PodSnapshot) -> Iterator[Mark]:
    is_init = any(spec["name"] == container.name for spec in pod.pod["spec"].get("initContainers") or ())
    doing = f"running {container.name}" if is_init or not container.must_run else "starting"
    started = [first_seen(event) for event in container.said("Started")]
    yield min(started, default=""), doing
    end = container.last_end
    yield end.get("startedAt") or "", doing
    failed = end and (end.get("exitCode") != 0 or container.must_run)
    if failed and (container.waiting or container.terminated):
        yield end.get("finishedAt") or "", "waiting to be started again after a crash"
    if container.running:
        again = " again" if container.restarts else ""
        yield container.running.get("startedAt") or "", f"{doing}{again}"


def _moment(text: str) -> float:
    """Events carry fractions of a second where conditions don't."""
    return int(datetime.fromisoformat(text).timestamp()) if text else 0.0


def shown(states: Iterable[PodState]) -> tuple[str, ...]:
    """As lines."""
    return tuple(str(state) for state in states)
