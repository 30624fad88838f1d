"""How does an app leave the cluster? Only what its records list, and only where kubeship is named as its applier."""

from collections.abc import Iterable

from kubeship.errors import InvalidInput
from kubeship.model.events import Emit, Step
from kubeship.model.objects import ObjectRef, ref
from kubeship.model.revision import Revision
from kubeship.workflows.ports import Cluster


def listed(records: Iterable[Revision]) -> tuple[ObjectRef, ...]:
    """Everything that the records list, in the order in which traffic stops first and pods end last."""
    refs = {ref(item) for record in records for item in record.objects}
    return tuple(sorted(refs, key=lambda target: (LAST.get(target.kind, 0), target)))


def delete(app: str, holder: str, cluster: Cluster, emit: Emit) -> tuple[ObjectRef, ...]:
    """Delete the app's objects, then its records and Lease; returns what went. Raises InvalidInput without records."""
    if not cluster.revisions(app):
        raise InvalidInput(
            f"{app} is not deployed here: it has no revision records", hint="kubeship status --context ..."
        )
    with cluster.lease(app, holder) as lease:
        emit(Step(f"Deleting {app}"))
        gone = cluster.prune(listed(cluster.revisions(app)), lease, emit)
    cluster.delete_records(app)
    return gone


LAST = {"Deployment": 1, "StatefulSet": 1, "DaemonSet": 1, "CronJob": 1, "Job": 1, "ServiceAccount": 2}
