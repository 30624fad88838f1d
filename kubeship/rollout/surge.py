"""Do a Deployment's older pods stay until a new one is ready, and keep what that one needs?"""

import math
import re
from collections.abc import Callable
from dataclasses import replace

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.ownership import all_pods, newest_pods, other_pods
from kubeship.rollout.pods import is_ready
from kubeship.rollout.readiness import wanted

OLD_FIRST = (
    "let the rollout end an old pod first: `maxSurge: 0` and `maxUnavailable: 1` in its strategy (a patch or the "
    "manifest), or `type: Recreate`"
)


def staying(workload: Object, snapshot: Snapshot) -> tuple[Object, ...]:
    """The older pods that its controller doesn't end before a new pod is ready; none where one of them may still go.

    It ends those that aren't ready at any time, and others as long as `maxUnavailable` are not missing yet
    (pkg/controller/deployment/rolling.go, reconcileOldReplicaSets).
    """
    if workload["kind"] != "Deployment" or (workload["spec"].get("strategy") or {}).get("type") == "Recreate":
        return ()
    older = tuple(pod for pod in other_pods(workload, snapshot) if not _goes(pod))
    fresh = [pod for pod in newest_pods(workload, snapshot) if is_ready(pod)]
    needed = wanted(workload) - max_unavailable(workload)
    if not all(is_ready(pod) for pod in older) or len(older) + len(fresh) > needed:
        return ()
    return older


def max_unavailable(deployment: Object) -> int:
    """How many pods may be missing while it is rolled out: a share is rounded down, and that of maxSurge up."""
    rolling = (deployment["spec"].get("strategy") or {}).get("rollingUpdate") or {}
    unavailable = _share(rolling.get("maxUnavailable", "25%"), wanted(deployment), math.floor)
    surge = _share(rolling.get("maxSurge", "25%"), wanted(deployment), math.ceil)
    return max(unavailable, 0 if surge else 1)


def room_may_come(snapshot: Snapshot) -> bool:
    """Whether pods of the rollout are to go, or have gone, so that a quota may have room again.

    The controller's pauses double, and a busy one counts the quota anew long after a pod has gone (seen: 17 s).
    """
    return snapshot.pods_left or any(_makes_room(workload, snapshot) for workload in snapshot.workloads)


def beside_older_pods(workload: Object, conclusion: Conclusion, snapshot: Snapshot) -> Conclusion:
    """The same, where what is short is something that an older pod has, which in turn waits for the new one."""
    diagnosis = conclusion.diagnosis
    older = staying(workload, snapshot) if HELD.search(diagnosis.cause) else ()
    if not older:
        return conclusion
    name = older[0]["metadata"]["name"]
    alone = ALONE.search(diagnosis.cause)
    return replace(
        conclusion,
        diagnosis=replace(
            diagnosis,
            cause=f"{diagnosis.cause}; {name}, of the version before, keeps its place until a new pod is ready",
            remedy=OLD_FIRST if alone else f"{diagnosis.remedy}; or {OLD_FIRST}",
        ),
    )


ALONE = re.compile(r"pod anti-affinity|free ports|ReadWriteOncePod|another node still holds it")
"""What only one pod can have."""
HELD = re.compile(rf"{ALONE.pattern}|Insufficient |Too many pods|quota \S+ leaves no room")
"""That, and what several share."""


def _makes_room(workload: Object, snapshot: Snapshot) -> bool:
    """Whether it has pods that are to go: of an older version, or ending already."""
    newest = newest_pods(workload, snapshot)
    deadlock = not newest and not max_unavailable(workload)  # otherwise one may have gone before the watching began
    kept = staying(workload, snapshot) if deadlock else ()
    others = (pod for pod in all_pods(workload, snapshot) if pod not in newest and pod not in kept)
    return any(not _ended(pod) for pod in others)  # one that has ended counts in no quota


def _goes(pod: Object) -> bool:
    return _ended(pod) or "deletionTimestamp" in pod["metadata"]


def _ended(pod: Object) -> bool:
    return pod.get("status", {}).get("phase") in ("Failed", "Succeeded")


def _share(value: int | str, replicas: int, rounded: Callable[[float], int]) -> int:
    """A number, or a percentage of the replicas."""
    return value if isinstance(value, int) else rounded(replicas * float(value.rstrip("%")) / 100)
