"""Does something beside its new pods hold a workload up? It is paused, or its older pods don't go or aren't well."""

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.ownership import all_pods, ending_pods, kept_pods, newest_pods
from kubeship.rollout.pods import condition, is_ready, pod_snapshot, seconds_between

OVERDUE = 5.0
"""Seconds after the end of its grace period that a pod may take to disappear: the kubelet tells the server last."""
LONG = 20.0
"""Seconds that a pod may be ending before it is worth a word, though its grace period lasts longer."""


def paused(workload: Object, _: Snapshot) -> Conclusion | None:
    """`spec.paused` of a Deployment, `spec.suspend` of a Job; never certain: whoever stopped it may let it go on."""
    name, kind = workload["metadata"]["name"], workload["kind"]
    stopped, field, command = _STOPS.get(kind, ("", "", ""))
    if not field or not workload["spec"].get(field):
        return None
    return Conclusion(
        Diagnosis(
            cause=f"{kind} {name} is {stopped}, so that nothing of it is rolled out",
            evidence=f"spec.{field}: true",
            remedy=f"{command.format(name=name)}; or take `{field}` out of the manifest",
            rule=f"spec.{field} is set",
        ),
        certain=False,
    )


_STOPS = {
    "Deployment": ("paused", "paused", "kubectl rollout resume deployment/{name}"),
    "Job": ("suspended", "suspend", 'kubectl patch job {name} -p \'{{"spec":{{"suspend":false}}}}\''),
}


def not_yet_counted(workload: Object, snapshot: Snapshot) -> Conclusion | None:
    """All pods are ready, and count only after minReadySeconds of it; never certain, since time helps."""
    name, seconds = workload["metadata"]["name"], workload["spec"].get("minReadySeconds") or 0
    pods = newest_pods(workload, snapshot)
    since = [str(condition(pod, "Ready").get("lastTransitionTime") or "") for pod in pods]
    if not pods or not all(is_ready(pod) for pod in pods):
        return None
    lasted = seconds_between(max(since), snapshot.taken)
    if seconds < LONG or lasted < LONG or lasted > seconds + OVERDUE:
        return None
    return Conclusion(
        Diagnosis(
            cause=f"{name}'s pods are ready, and each counts only after {seconds} s of that (minReadySeconds)",
            evidence=f"Pod {pods[-1]['metadata']['name']}: Ready for {lasted:.0f} s",
            remedy="lower minReadySeconds in the manifest, or raise `rollout: {timeout: ...}` in kubeship.yaml: each "
            "pod that is replaced after another takes as long",
            rule="minReadySeconds isn't over yet",
        ),
        certain=False,
    )


def pods_stay(workload: Object, snapshot: Snapshot) -> Conclusion | None:
    """A pod that is being deleted doesn't go, and its successor has to wait for that; never certain.

    A StatefulSet's pod has a name, a DaemonSet's a node, and Recreate wants all old pods gone first. A Deployment that
    surges doesn't wait.
    """
    if not _waits_for_the_end(workload):
        return None
    ending = (pod for pod in all_pods(workload, snapshot) if pod["metadata"].get("deletionTimestamp"))
    return next((found for pod in ending if (found := _not_gone(pod, snapshot))), None)


def pods_taken_away(workload: Object, snapshot: Snapshot) -> Conclusion | None:
    """Pods of the newest version are ended from outside: drained, preempted, their node lost. Never certain.

    The condition DisruptionTarget says by whom:
    https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions
    """
    for pod in ending_pods(workload, snapshot):
        target = condition(pod, "DisruptionTarget")
        if target.get("status") != "True":
            continue
        name, reason = pod["metadata"]["name"], str(target.get("reason", ""))
        why, remedy = _DISRUPTIONS.get(reason, ("it is ended from outside", "look who does that"))
        return Conclusion(
            Diagnosis(
                cause=f"{workload['metadata']['name']} loses a pod: {why}",
                evidence=f"Pod {name}: {reason}: {target.get('message', '')}",
                remedy=remedy,
                rule="its successor has to find a place",
            ),
            certain=False,
        )
    return None


_DISRUPTIONS = {
    "DeletionByTaintManager": ("its node is lost, or says that it may not stay", "kubectl get nodes"),
    "EvictionByEvictionAPI": (
        "it is evicted: somebody drains its node, or an autoscaler or descheduler wants it elsewhere",
        "wait until that is done (kubectl get nodes shows which are drained: SchedulingDisabled)",
    ),
    "PreemptionByScheduler": (
        "a more important pod takes its place",
        "give it a PriorityClass, lower `resources:`, or add nodes",
    ),
    "TerminationByKubelet": ("its node ends it", "kubectl describe node: it shuts down, or is short of something"),
}


def kept_by_a_sidecar(workload: Object, snapshot: Snapshot) -> Conclusion | None:
    """A Job's work is done, and another container of its pod goes on; never certain, it may end as well."""
    if workload["kind"] != "Job":
        return None
    for pod in all_pods(workload, snapshot):
        statuses = pod["status"].get("containerStatuses") or ()
        ends = [(each["name"], end) for each in statuses if (end := (each.get("state") or {}).get("terminated"))]
        running = [each["name"] for each in statuses if (each.get("state") or {}).get("running")]
        if not running or not ends or any(end.get("exitCode") for _, end in ends):
            continue
        lasted = min(seconds_between(end.get("finishedAt") or "", snapshot.taken) for _, end in ends)
        if lasted < LONG:
            continue
        done, others, name = ", ".join(name for name, _ in ends), ", ".join(running), workload["metadata"]["name"]
        return Conclusion(
            Diagnosis(
                cause=f"Job {name} has done its work ({done}), but {others} keeps its pod running",
                evidence=f"Pod {pod['metadata']['name']}: {done} ended with exit code 0, {others} still running",
                remedy=f"make {others} a sidecar in the manifest: an init container with `restartPolicy: Always` "
                "is ended with the others",
                rule=f"{done} ended {lasted:.0f} s ago",
            ),
            certain=False,
        )
    return None


def older_pods_unwell(workload: Object, snapshot: Snapshot) -> Conclusion | None:
    """Pods that are to stay on an older version (`partition`, OnDelete) aren't ready.

    Never certain: somebody may delete them.
    """
    for pod in kept_pods(workload, snapshot):
        if is_ready(pod) or pod["metadata"].get("deletionTimestamp"):
            continue
        name = pod["metadata"]["name"]
        return Conclusion(
            Diagnosis(
                cause=f"{name} isn't ready; it runs an older version and is not to be replaced",
                evidence=_last_word(pod, snapshot) or f"Pod {name}: phase {pod['status'].get('phase', 'unknown')}",
                remedy=f"kubectl delete pod {name}, so that it is made anew; or change updateStrategy in the manifest",
                rule="updateStrategy leaves older pods alone, and all pods have to be ready",
            ),
            certain=False,
        )
    return None


def _waits_for_the_end(workload: Object) -> bool:
    strategy = (workload["spec"].get("strategy") or {}).get("type")
    return workload["kind"] in {"StatefulSet", "DaemonSet"} or strategy == "Recreate"


def _not_gone(pod: Object, snapshot: Snapshot) -> Conclusion | None:
    metadata, name = pod["metadata"], pod["metadata"]["name"]
    due, grace = metadata["deletionTimestamp"], metadata.get("deletionGracePeriodSeconds") or 0
    overdue = seconds_between(due, snapshot.taken)
    lasted = overdue + grace
    if overdue < OVERDUE and lasted < LONG:
        return None
    why, remedy = _why(pod, overdue)
    return Conclusion(
        Diagnosis(
            cause=f"{name} doesn't go, and what is to replace it has to wait: {why}",
            evidence=f"Pod {name}: {_state(pod)}; deleted {lasted:.0f} s ago with a grace period of {grace} s",
            remedy=remedy,
            rule=f"it has been ending for {lasted:.0f} s",
        ),
        certain=False,
    )


def _why(pod: Object, overdue: float) -> tuple[str, str]:
    name, node = pod["metadata"]["name"], pod["spec"].get("nodeName", "")
    finalizers = pod["metadata"].get("finalizers") or ()
    if finalizers:
        return (
            f"its finalizers ({', '.join(finalizers)}) keep it",
            f"look why their controller doesn't finish; kubectl describe pod {name}",
        )
    if overdue < OVERDUE:
        return (
            "its processes take their time to end",
            "end on SIGTERM (see which signals the program handles), or lower terminationGracePeriodSeconds",
        )
    return (
        f"its node {node} doesn't report that it has ended",
        f"kubectl describe node {node}: is it Ready? Only if the node is certainly off: "
        f"kubectl delete pod {name} --force",
    )


def _state(pod: Object) -> str:
    running = [s["name"] for s in pod["status"].get("containerStatuses") or () if "running" in (s.get("state") or {})]
    if finalizers := pod["metadata"].get("finalizers"):
        return f"finalizers {', '.join(finalizers)}"
    return f"{', '.join(running)} still running" if running else "its containers have ended"


def _last_word(pod: Object, snapshot: Snapshot) -> str:
    for container in pod_snapshot(pod, snapshot).containers:
        if reason := container.waiting.get("reason"):
            return f"{container.name}: {reason}: {container.waiting.get('message', '')}".removesuffix(": ")
    return ""
