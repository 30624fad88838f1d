"""Whose logs would tell why the rollout doesn't get on?"""

from collections.abc import Iterator, Mapping

from kubeship.model.snapshot import LogRef, Snapshot
from kubeship.rollout.causes.crashes import NOT_ITS_OWN_END, crashed
from kubeship.rollout.pods import ContainerSnapshot, pod_snapshot


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


def _logs(container: ContainerSnapshot) -> Iterator[tuple[LogRef, str]]:
    """While it waits to be started again, both are the log of the instance that ended last."""
    if container.last_end.get("reason") in NOT_ITS_OWN_END:
        return
    state = "runs" if container.running else "ended"
    if container.running or container.last_end:
        yield LogRef(container.pod, container.name, previous=False), f"{container.restarts} {state}"
    if container.restarts and not container.waiting:
        yield LogRef(container.pod, container.name, previous=True), str(container.restarts)
