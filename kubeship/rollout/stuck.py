"""Which pods must be deleted before a StatefulSet can go on?"""

from collections.abc import Iterator

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.rollout.causes import conclude
from kubeship.rollout.ownership import superseded_pods
from kubeship.rollout.pods import is_ready, pod_snapshot
from kubeship.rollout.readiness import observed


def stuck_pods(snapshot: Snapshot, *, given_up: bool) -> tuple[Object, ...]:
    """The pods of older revisions that hold their StatefulSet up.

    One after the other (OrderedReady, the default), a StatefulSet never deletes a pod that isn't ready, not even to
    bring the version that would mend it (kubernetes/kubernetes#67250). `given_up`: the older revision is one that
    failed, so that being unready is enough; otherwise only a pod that can't become ready any more is named.
    """
    return tuple(_stuck(snapshot, given_up))


def _stuck(snapshot: Snapshot, given_up: bool) -> Iterator[Object]:
    for workload in snapshot.workloads:
        if workload["kind"] != "StatefulSet" or not observed(workload) or not _one_by_one(workload):
            continue
        for pod in superseded_pods(workload, snapshot):
            if is_ready(pod):
                continue
            conclusion = conclude(pod_snapshot(pod, snapshot))
            if given_up or (conclusion and conclusion.certain):
                yield pod


def _one_by_one(stateful_set: Object) -> bool:
    spec = stateful_set["spec"]
    rolling = (spec.get("updateStrategy") or {}).get("type", "RollingUpdate") == "RollingUpdate"
    return bool(rolling and spec.get("podManagementPolicy", "OrderedReady") == "OrderedReady")
