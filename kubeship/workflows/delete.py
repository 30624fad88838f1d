"""How does an app leave the cluster? Only what its records list, and only where kubeship is named as its applier."""

from kubeship.errors import InvalidInput
from kubeship.model.events import Caution, Emit, Step
from kubeship.model.objects import APP_LABEL, ObjectRef, ref
from kubeship.workflows.ports import Cluster
from kubeship.workflows.undo_job import undo_refs


def delete(app: str, holder: str, cluster: Cluster, emit: Emit) -> tuple[ObjectRef, ...]:
    """Delete the app's objects, wait for their end, then delete its records and Lease; returns what went.

    A Lease without records is what a delete has left that was killed at its very end. Raises InvalidInput without
    either.
    """
    if not cluster.revisions(app) and not cluster.has_lease(app):
        raise InvalidInput(
            f"{app} is not deployed here: it has no revision records",
            hint="name another environment or cluster with --env or --context",
        )
    with cluster.lease(app, holder) as lease:
        emit(Step(f"Deleting {app}"))
        records = cluster.revisions(app)
        listed = {ref(item) for record in records for item in record.objects} | set(undo_refs(records))
        gone = cluster.prune(sorted(listed), lease, emit, wait=True)
        if not records:
            emit(
                Caution(
                    f"{app} has no revision records, which tell what is its own: only its Lease is deleted",
                    hint=f"see whether anything is left: kubectl get all --selector {APP_LABEL}={app}",
                )
            )
        lease.check()  # pods may have taken minutes to end
        cluster.delete_records(app)  # still holding the lease: a deploy that waits for it begins after the end
    return gone
