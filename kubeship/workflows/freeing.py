"""How does a StatefulSet go on that waits for a pod which can't become ready?"""

from collections.abc import Callable

from kubeship.errors import KubeshipError
from kubeship.model.events import Caution, Note
from kubeship.model.objects import ref
from kubeship.model.snapshot import Snapshot
from kubeship.workflows.ports import Held


def freeing(held: Held, *, given_up: bool) -> Callable[[Snapshot], None]:
    """What `watch` calls with each picture: deletes the pods of older revisions that hold their StatefulSet up.

    Each once. The StatefulSet makes them anew, of the revision that is wanted; their claims, and so their data, stay.
    `given_up`: those of a revision that failed, ready or not yet; else only those that can't become ready.
    """
    from kubeship.rollout.stuck import stuck_pods  # noqa: PLC0415 - as with Held.watch

    seen: set[str] = set()

    def free(snapshot: Snapshot) -> None:
        for pod in stuck_pods(snapshot, given_up=given_up):
            if (uid := pod["metadata"]["uid"]) in seen:
                continue
            seen.add(uid)
            name = pod["metadata"]["name"]
            try:
                held.lease.check()
                held.cluster.delete(ref({"apiVersion": "v1", "kind": "Pod", **pod}))
            except KubeshipError as error:
                held.emit(
                    Caution(f"Pod {name} holds up its StatefulSet: {error.message}", f"kubectl delete pod {name}")
                )
            else:
                held.emit(Note(f"Deleted Pod {name}, which can't become ready and held up its StatefulSet"))

    return free
