"""How does an earlier revision become the running one again?"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kubeship.errors import InvalidInput, RolloutBroken
from kubeship.model.events import Compared, Emit, Note, Step
from kubeship.model.revision import Outcome, Revision
from kubeship.model.verdict import Failed
from kubeship.workflows.deploy import begin, conclude
from kubeship.workflows.failure import restore, words
from kubeship.workflows.ports import Cluster, Held
from kubeship.workflows.release import split

ROLLBACK_TO = "rollback to "
"""How the message of a rollback's record begins; the revision's number follows."""


@dataclass(frozen=True)
class RollbackRequest:
    """What `kubeship rollback` was asked to do."""

    app: str
    holder: str
    timeout: float
    """Seconds."""
    revision: int | None = None
    """None: the newest that succeeded before the one that runs."""


def rollback(request: RollbackRequest, cluster: Cluster, emit: Emit) -> Revision:
    """Apply an earlier revision's objects, without its release steps, as a new revision. Raises RolloutBroken."""
    with cluster.lease(request.app, request.holder) as lease:
        held = Held(cluster, lease, emit, request.timeout)
        records = cluster.revisions(request.app)
        target = choose(records, request.app, request.revision)
        emit(Step(f"Rolling back to revision {target.number}"))
        changes = cluster.compare(split(target.objects)[1])
        emit(Compared(changes))
        newest = records[0]
        if not changes and newest.succeeded_with(target.objects):
            emit(Note(f"Nothing to do: revision {newest.number} is exactly revision {target.number}"))
            return newest
        revision = replace(
            target,
            number=newest.number + 1,
            outcome=Outcome.STARTED,
            started=datetime.now(UTC),
            finished=None,
            holder=request.holder,
            message=f"{ROLLBACK_TO}{target.number}",
        )
        begin(revision, newest, held)
        verdict = restore(revision, held)
        if isinstance(verdict, Failed):
            diagnosis = verdict.diagnoses[0]
            cluster.record(revision.ended(Outcome.FAILED, diagnosis.cause), lease)
            raise RolloutBroken(
                f"revision {target.number} doesn't become healthy any more: {diagnosis.cause}",
                hint=diagnosis.remedy,
                details=words(verdict),
            )
        return conclude(revision, held)


def choose(records: tuple[Revision, ...], app: str, number: int | None) -> Revision:
    """The revision to go back to: the given one, or the newest that succeeded with other objects than those that run.

    A rollback that was killed goes on to where it was going. `records` newest first. Raises InvalidInput with those
    that could be chosen.
    """
    if not records:
        raise InvalidInput(f"{app} has no revisions here", hint="kubeship deploy makes the first one")
    newest = records[0]
    if number is None and newest.outcome is Outcome.STARTED and newest.message.startswith(ROLLBACK_TO):
        number = int(newest.message.removeprefix(ROLLBACK_TO))
    good = [record for record in records if record.outcome is Outcome.SUCCEEDED]
    if number is not None:
        chosen = [record for record in good if record.number == number]
    else:
        running = next((record for record in records if record.applied), newest)
        chosen = [record for record in good if record.objects != running.objects]
    if chosen:
        return chosen[0]
    wanted = "no earlier revision that succeeded" if number is None else f"no revision {number} that succeeded"
    known = ", ".join(str(record.number) for record in good) or "none"
    raise InvalidInput(f"{app} has {wanted}", hint=f"those that did: {known}; kubeship history tells more")
