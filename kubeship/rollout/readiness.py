"""Does a workload run the wanted version on every replica, all of them healthy?"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from kubeship.model.objects import Object
from kubeship.rollout.pods import condition, seconds_between


@dataclass(frozen=True)
class Progress:
    """How far a workload is."""

    ready: bool
    summary: str
    """`shop-web: 1 of 2 updated pods available`."""


def progress(workload: Object) -> Progress:
    """How far the workload is, from its own status alone.

    A status is believed only when its controller has seen the newest spec (observedGeneration).
    """
    name = workload["metadata"]["name"]
    if not observed(workload):
        return Progress(ready=False, summary=f"{name}: waiting for the controller to see the change")
    missing = KINDS[workload["kind"]](workload)
    return Progress(ready=missing is None, summary=f"{name}: {missing or 'ready'}")


SETTLED = 10.0
"""Seconds that a container without any probe must have run: Kubernetes calls it ready the moment that it starts, also
when it ends a moment later for the tenth time. A worker imports for five seconds, and then finds no broker."""


def settling(pods: Iterable[Object], taken: datetime) -> bool:
    """Whether one of the pods is ready only because nothing asks its containers, and they have just been started."""
    return any(_runs_for(status, taken) < _settled_after(status) for pod in pods for status in unasked(pod))


def _settled_after(status: Object) -> float:
    """Longer than SETTLED where an instance before has ended: twice as long as that one lasted, if that is more."""
    ended = (status.get("lastState") or {}).get("terminated") or {}
    lasted = seconds_between(ended.get("startedAt") or "", ended.get("finishedAt") or "")
    return max(2 * SETTLED if ended else SETTLED, min(2 * lasted, LONGEST_SETTLING))


LONGEST_SETTLING = 60.0
"""Seconds: what ran for longer before it ended had started well."""


def unasked(pod: Object) -> Iterator[Object]:
    """The statuses of the containers that no probe asks whether they are ready."""
    probed = {c["name"] for c in pod["spec"]["containers"] if c.get("readinessProbe") or c.get("startupProbe")}
    return (s for s in pod.get("status", {}).get("containerStatuses") or () if s["name"] not in probed)


def _runs_for(status: Object, taken: datetime) -> float:
    running = (status.get("state") or {}).get("running") or {}
    return seconds_between(running.get("startedAt") or "", taken) if running else 0.0


def observed(workload: Object) -> bool:
    """Whether the status is about the newest spec. A Job's spec doesn't change and has no such number."""
    if workload["kind"] == "Job":
        return True
    generation: int = workload["metadata"].get("generation", 0)
    seen: int = workload.get("status", {}).get("observedGeneration", 0)
    return seen >= generation


def failure(job: Object) -> Object:
    """The condition by which a Job has failed, or will have as soon as its pods have ended (FailureTarget).

    https://kubernetes.io/docs/concepts/workloads/controllers/job/#terminal-job-conditions
    """
    found = (condition(job, kind) for kind in ("Failed", "FailureTarget"))
    return next((each for each in found if each.get("status") == "True"), {})


def wanted(workload: Object) -> int:
    """How many pods there should be."""
    if workload["kind"] == "DaemonSet":
        return int(workload.get("status", {}).get("desiredNumberScheduled", 0))
    if workload["kind"] == "Job":
        return int(workload["spec"].get("completions") or 1)
    return int(workload["spec"].get("replicas", 1))


def _deployment(workload: Object) -> str | None:
    """Complete as `kubectl rollout status` has it; one that was paused after all of it is complete as well."""
    missing = _missing_of_deployment(workload)
    if missing and workload["spec"].get("paused"):
        return f"{missing}, and it is paused (spec.paused): it won't be rolled out until it is resumed"
    return missing


def _missing_of_deployment(workload: Object) -> str | None:
    """The controller's own DeploymentComplete (pkg/controller/deployment/util)."""
    status, replicas = workload.get("status", {}), wanted(workload)
    updated, available = status.get("updatedReplicas", 0), status.get("availableReplicas", 0)
    if updated < replicas:
        return f"{updated} of {replicas} pods updated"
    if (old := status.get("replicas", 0) - updated) > 0:
        return f"waiting for {old} old {_pods(old)} to end"
    if available < replicas:
        return f"{available} of {replicas} updated pods available"
    return None


def _stateful_set(workload: Object) -> str | None:
    """`partition` keeps the pods below it on the old revision on purpose; OnDelete leaves all to a person."""
    status, replicas = workload.get("status", {}), wanted(workload)
    strategy = workload["spec"].get("updateStrategy") or {}
    partition = (strategy.get("rollingUpdate") or {}).get("partition") or 0
    updated, ready = status.get("updatedReplicas", 0), status.get("readyReplicas", 0)
    available = status.get("availableReplicas", ready)
    if strategy.get("type") != "OnDelete" and updated < (due := max(0, replicas - partition)):
        return f"{updated} of {due} pods updated"
    if available < replicas:
        return f"{available} of {replicas} pods available"
    if (surplus := status.get("replicas", 0) - replicas) > 0:
        return f"waiting for {surplus} surplus {_pods(surplus)} to end"
    return None


def _daemon_set(workload: Object) -> str | None:
    status, nodes = workload.get("status", {}), wanted(workload)
    on_delete = (workload["spec"].get("updateStrategy") or {}).get("type") == "OnDelete"
    updated, available = status.get("updatedNumberScheduled", 0), status.get("numberAvailable", 0)
    if not on_delete and updated < nodes:
        return f"{updated} of {nodes} pods updated"
    if available < nodes:
        return f"{available} of {nodes} updated pods available"
    return None


def _job(workload: Object) -> str | None:
    """Only the condition Complete says that a Job is done (kstatus calls a running one `Current`)."""
    if condition(workload, "Complete").get("status") == "True":
        return None
    if failure(workload):
        return "failed"
    if workload["spec"].get("suspend"):
        return "suspended (spec.suspend)"
    active = workload.get("status", {}).get("active", 0)
    return "running" if active else "waiting for its pod"


KINDS: dict[str, Callable[[Object], str | None]] = {
    "DaemonSet": _daemon_set,
    "Deployment": _deployment,
    "Job": _job,
    "StatefulSet": _stateful_set,
}
"""What is missing, or None when nothing is."""


def _pods(count: int) -> str:
    return "pod" if count == 1 else "pods"
