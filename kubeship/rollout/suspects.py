"""Whose logs would tell why the rollout doesn't get on?"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from kubeship.model.snapshot import LogRef, Snapshot
from kubeship.rollout.causes.crashes import NOT_ITS_OWN_END, crashed
from kubeship.rollout.events import occurrences
from kubeship.rollout.ownership import newest_pods
from kubeship.rollout.pods import ContainerSnapshot, pod_snapshot, seconds_between
from kubeship.rollout.ports import Observer
from kubeship.rollout.readiness import progress, unasked

WORTH_A_LOOK = 3
"""So many refused connections are normal while a program starts."""


def suspects(snapshot: Snapshot) -> tuple[LogRef, ...]:
    """The logs of containers that crashed or whose probes fail: of the newest instance, and of the one before."""
    return tuple(instances(snapshot))


def look(observer: Observer) -> Snapshot:
    """How everything stands at this moment, with what the suspects say and where they listen."""
    snapshot = observer.snapshot()
    wanted, pods = suspects(snapshot), refused(snapshot)
    logs = observer.logs(wanted) if wanted else {}
    return replace(snapshot, logs=logs, sockets=observer.sockets(pods) if pods else {})


def instances(snapshot: Snapshot) -> Mapping[LogRef, str]:
    """Each suspect's log with what changes when there is something new to read in it: a restart, an end."""
    return dict(
        found
        for pod in snapshot.pods
        if "deletionTimestamp" not in pod["metadata"]
        for container in pod_snapshot(pod, snapshot).containers
        if not container.ready and (crashed(container) or container.said("Unhealthy") or container.said("Killing"))
        for found in _logs(container)
    )


def refused(snapshot: Snapshot) -> Mapping[str, str]:
    """Pods in which a probe is refused the connection, each with what changes when it is worth looking again.

    What listens in them tells why; it is looked at while the container still runs: after each WORTH_A_LOOK refusals,
    and each UNTOLD seconds where the kubelet, which may be minutes behind, tells nothing of the probes.
    """
    return {
        container.pod: moment
        for pod in snapshot.pods
        if "deletionTimestamp" not in pod["metadata"]
        for container in pod_snapshot(pod, snapshot).containers
        if container.running and (moment := _moment(container, snapshot))
    }


UNTOLD = 10
"""Seconds."""


def _moment(container: ContainerSnapshot, snapshot: Snapshot) -> str:
    if container.ready:  # only its liveness probe can be refused, and ends it after a few times
        alive = occurrences(container.said("Unhealthy", r"^Liveness probe failed: .*refused"))
        return f"{container.restarts} alive {alive // WORTH_A_LOOK}" if alive else ""
    count = occurrences(container.said("Unhealthy", "refused"))
    if count >= WORTH_A_LOOK:
        return f"{container.restarts} {count // WORTH_A_LOOK}"
    probes = (container.spec.get(f"{kind}Probe") or {} for kind in ("startup", "readiness"))
    asked = any(probe.get("httpGet") or probe.get("tcpSocket") for probe in probes)
    lasted = seconds_between(container.running.get("startedAt") or "", snapshot.taken)
    if not asked or container.said("Unhealthy") or lasted < UNTOLD:
        return ""
    return f"{container.restarts} untold {lasted // UNTOLD:.0f}"


def silent(snapshot: Snapshot) -> tuple[LogRef, ...]:
    """The logs of all that runs and isn't done when time is up, though nothing looks bad about it."""
    return tuple(
        LogRef(container.pod, container.name, previous=False)
        for workload in snapshot.workloads
        if not progress(workload).ready
        for pod in newest_pods(workload, snapshot)
        for container in pod_snapshot(pod, snapshot).containers
        if container.running and (workload["kind"] == "Job" or not container.ready)
    )


def unheard(snapshot: Snapshot) -> tuple[LogRef, ...]:
    """The logs of containers that no probe asks, of one pod of each workload: they alone know whether they are well."""
    return tuple(
        LogRef(pod["metadata"]["name"], status["name"], previous=False)
        for workload in snapshot.workloads
        if workload["kind"] != "Job"
        for pod in newest_pods(workload, snapshot)[:1]
        for status in unasked(pod)
    )


def _logs(container: ContainerSnapshot) -> Iterator[tuple[LogRef, str]]:
    """While it waits to be started again, both are the log of the instance that ended last."""
    if container.last_end.get("reason") in NOT_ITS_OWN_END:
        return
    state = "runs" if container.running else "ended"
    if container.running or container.last_end:
        yield LogRef(container.pod, container.name, previous=False), f"{container.restarts} {state}"
    if container.restarts and not container.waiting:
        yield LogRef(container.pod, container.name, previous=True), str(container.restarts)
