"""Which pods run the newest version of a workload?"""

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot

REVISION = "deployment.kubernetes.io/revision"
"""Set by the Deployment controller on the Deployment and its ReplicaSets; the newest has the Deployment's own number,
also when it is an older one that a rollback has brought back (so age would name the wrong one)."""

POD_REVISION = "controller-revision-hash"
"""A StatefulSet's pod's label: equals the set's status.currentRevision or updateRevision."""

TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
"""The only trace on a DaemonSet of which pods are the newest: equals the pods' label `pod-template-generation`."""


def newest_pods(workload: Object, snapshot: Snapshot) -> tuple[Object, ...]:
    """The pods of the workload's newest version that are meant to stay: not those that are being deleted."""
    pods = _of_newest_version(workload, snapshot)
    return pods if workload["kind"] == "Job" else tuple(pod for pod in pods if _meant_to_stay(pod))


def lost_pods(workload: Object, snapshot: Snapshot) -> tuple[Object, ...]:
    """The pods of the newest version that failed as a whole, for a reason of their node: evicted, not admitted."""
    failed = (pod for pod in _of_newest_version(workload, snapshot) if pod["status"].get("phase") == "Failed")
    return tuple(pod for pod in failed if pod["status"].get("reason") and "deletionTimestamp" not in pod["metadata"])


def ending_pods(workload: Object, snapshot: Snapshot) -> tuple[Object, ...]:
    """The pods of the newest version that are being deleted."""
    return tuple(pod for pod in _of_newest_version(workload, snapshot) if "deletionTimestamp" in pod["metadata"])


def superseded_pods(stateful_set: Object, snapshot: Snapshot) -> tuple[Object, ...]:
    """The pods of a StatefulSet's older revisions that are to be replaced: those above its partition."""
    updated = stateful_set.get("status", {}).get("updateRevision")
    partition = ((stateful_set["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}).get("partition") or 0
    return tuple(
        pod
        for pod in _owned(stateful_set, snapshot.pods)
        if updated and (pod["metadata"].get("labels") or {}).get(POD_REVISION) != updated
        if int(pod["metadata"]["name"].rpartition("-")[2]) >= partition and "deletionTimestamp" not in pod["metadata"]
    )


def kept_pods(workload: Object, snapshot: Snapshot) -> tuple[Object, ...]:
    """The pods that its updateStrategy leaves on an older version: below `partition`, or all of them with OnDelete."""
    if workload["kind"] not in {"StatefulSet", "DaemonSet"}:
        return ()
    newest = {pod["metadata"]["uid"] for pod in _of_newest_version(workload, snapshot)}
    older = tuple(pod for pod in _owned(workload, snapshot.pods) if pod["metadata"]["uid"] not in newest)
    if (workload["spec"].get("updateStrategy") or {}).get("type") == "OnDelete":
        return older
    if workload["kind"] == "DaemonSet":
        return ()
    replaced = {pod["metadata"]["uid"] for pod in superseded_pods(workload, snapshot)}
    staying = (pod for pod in older if "deletionTimestamp" not in pod["metadata"])
    return tuple(pod for pod in staying if pod["metadata"]["uid"] not in replaced)


def all_pods(workload: Object, snapshot: Snapshot) -> tuple[Object, ...]:
    """The pods of every version, also those that are being deleted."""
    if workload["kind"] != "Deployment":
        return _owned(workload, snapshot.pods)
    sets = _owned(workload, snapshot.replica_sets)
    return tuple(pod for replica_set in sets for pod in _owned(replica_set, snapshot.pods))


def _of_newest_version(workload: Object, snapshot: Snapshot) -> tuple[Object, ...]:
    match workload["kind"]:
        case "Deployment":
            replica_set = newest_replica_set(workload, snapshot)
            return _owned(replica_set, snapshot.pods) if replica_set else ()
        case "StatefulSet":
            revision = workload.get("status", {}).get("updateRevision")
            return _labelled(_owned(workload, snapshot.pods), POD_REVISION, revision)
        case "DaemonSet":
            generation = (workload["metadata"].get("annotations") or {}).get(TEMPLATE_GENERATION)
            return _labelled(_owned(workload, snapshot.pods), "pod-template-generation", generation)
        case _:
            return _owned(workload, snapshot.pods)


def other_pods(deployment: Object, snapshot: Snapshot) -> tuple[Object, ...]:
    """The pods of a Deployment's older versions."""
    newest = newest_replica_set(deployment, snapshot)
    older = [item for item in _owned(deployment, snapshot.replica_sets) if item is not newest]
    return tuple(pod for item in older for pod in _owned(item, snapshot.pods))


def newest_replica_set(deployment: Object, snapshot: Snapshot) -> Object | None:
    """The ReplicaSet that the Deployment rolls out; None until the controller has made it."""
    revision = (deployment["metadata"].get("annotations") or {}).get(REVISION)
    return next(
        (
            item
            for item in _owned(deployment, snapshot.replica_sets)
            if revision and (item["metadata"].get("annotations") or {}).get(REVISION) == revision
        ),
        None,
    )


def _owned(owner: Object, items: tuple[Object, ...]) -> tuple[Object, ...]:
    uid = owner["metadata"]["uid"]
    return tuple(i for i in items if any(o.get("uid") == uid for o in i["metadata"].get("ownerReferences") or ()))


def _labelled(pods: tuple[Object, ...], label: str, value: str | None) -> tuple[Object, ...]:
    return tuple(p for p in pods if value is None or (p["metadata"].get("labels") or {}).get(label) == value)


def _meant_to_stay(pod: Object) -> bool:
    """An evicted pod stays behind as Failed while its replacement already runs."""
    ended = pod.get("status", {}).get("phase") in ("Failed", "Succeeded")
    return not ended and "deletionTimestamp" not in pod["metadata"]
