"""Whose logs would tell why the rollout doesn't get on?"""

from collections.abc import Iterator, Mapping

from kubeship.model.snapshot import LogRef, Snapshot
from kubeship.rollout.causes.crashes import NOT_ITS_OWN_END, crashed
from kubeship.rollout.ownership import newest_pods
from kubeship.rollout.pods import ContainerSnapshot, occurrences, pod_snapshot
from kubeship.rollout.readiness import progress

WORTH_A_LOOK = 3
"""So many refused connections are normal while a program starts."""


def suspects(snapshot: Snapshot) -> tuple[LogRef, ...]:
    """The logs of containers that crashed or whose probes fail: of the newest instance, and of the one before."""
    return tuple(instances(snapshot))


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

    What listens in them tells why; it is looked at after each WORTH_A_LOOK refusals, while the container still runs.
    """
    return {
        container.pod: f"{container.restarts} {count // WORTH_A_LOOK}"
        for pod in snapshot.pods
        if "deletionTimestamp" not in pod["metadata"]
        for container in pod_snapshot(pod, snapshot).containers
        if container.running and not container.ready
        if (count := occurrences(container.said("Unhealthy", "refused"))) >= WORTH_A_LOOK
    }


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


def _logs(container: ContainerSnapshot) -> Iterator[tuple[LogRef, str]]:
    """While it waits to be started again, both are the log of the instance that ended last."""
    if container.last_end.get("reason") in NOT_ITS_OWN_END:
        return
    state = "runs" if container.running else "ended"
    if container.running or container.last_end:
        yield LogRef(container.pod, container.name, previous=False), f"{container.restarts} {state}"
    if container.restarts and not container.waiting:
        yield LogRef(container.pod, container.name, previous=True), str(container.restarts)
