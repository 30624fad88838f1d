"""How does an earlier revision become the running one again?"""

from dataclasses import dataclass, replace

from kubeship.errors import InvalidInput, ReleaseFailed, RolloutBroken
from kubeship.model.events import Caution, Emit, Note, RollingBack, Step
from kubeship.model.revision import Outcome, Revision
from kubeship.model.verdict import Failed
from kubeship.workflows.agreement import agreed
from kubeship.workflows.deploy import begin, conclude
from kubeship.workflows.failure import restore, words
from kubeship.workflows.ports import Cluster, Held
from kubeship.workflows.prerequisites import prerequisites
from kubeship.workflows.release import run_release, split
from kubeship.workflows.undo import ROLLBACK_TO, Undoing, forget, rollback_target, undo, undoing
from kubeship.workflows.unfinished import told_if_unfinished


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
    """Undo the release steps since an earlier revision, and apply its objects as a new revision.

    Its own release steps have run; only one that an earlier rollback has undone runs again. Raises InvalidInput,
    ReleaseFailed, RolloutBroken.
    """
    with cluster.lease(request.app, request.holder) as lease:
        held = Held(cluster, lease, emit, request.timeout)
        records = cluster.revisions(request.app)
        target = choose(records, request.app, request.revision)
        left = undoing(records, target)
        require_reversible(left, target, request.revision is not None, emit)
        emit(Step(f"Rolling back to revision {target.number}"))
        command = f"kubeship rollback {target.number}"
        changes = agreed(cluster.compare(split(target.objects)[1]), emit, command)
        newest = records[0]
        if not changes and newest.succeeded_with(target.objects):
            forget(records, held)
            emit(Note(f"Nothing to do: revision {newest.number} is exactly revision {target.number}"))
            return newest
        revision = replace(
            target,
            number=newest.number + 1,
            outcome=Outcome.STARTED,
            started=cluster.now(),
            finished=None,
            holder=request.holder,
            message=f"{ROLLBACK_TO}{target.number}",
        )
        begin(revision, newest, held)
        emit(RollingBack(newest.number, target.number))
        with told_if_unfinished(revision, "kubeship rollback", emit):
            return _bring_back(revision, target, left, records, held)


def _bring_back(
    revision: Revision, target: Revision, left: Undoing, records: tuple[Revision, ...], held: Held
) -> Revision:
    try:
        undo(left.steps, held)
        if _brings_back_what_was_undone(records, target):
            steps, rest = split(target.objects)
            if needed := prerequisites(steps, rest):
                held.cluster.apply(needed, held.lease, held.emit)
            run_release(steps, (), held)
    except ReleaseFailed as error:
        held.end(revision, Outcome.STOPPED, error.message)
        raise
    verdict = restore(revision, held)
    if isinstance(verdict, Failed):
        diagnosis = verdict.diagnoses[0]
        held.end(revision, Outcome.FAILED, diagnosis.cause)
        raise RolloutBroken(
            f"revision {target.number} doesn't become healthy any more: {diagnosis.cause}",
            hint=diagnosis.remedy,
            details=words(verdict),
        )
    return conclude(revision, records, held)


def require_reversible(left: Undoing, target: Revision, asked_for: bool, emit: Emit) -> None:
    """Raise InvalidInput when a release step since then can't be undone, unless that revision was asked for."""
    if not left.final:
        return
    steps = ", ".join(left.final)
    words = f"release steps since revision {target.number} can't be undone (rollback: never): {steps}"
    if not asked_for:
        raise InvalidInput(
            f"{words}; nothing was changed",
            hint=f"deploy a version that mends it; kubeship rollback {target.number} goes back all the same",
        )
    emit(Caution(words, hint="what they did to the database stays: watch whether the older version works with it"))


def _brings_back_what_was_undone(records: tuple[Revision, ...], target: Revision) -> bool:
    """Whether what runs is older than the target: an earlier rollback went back beyond it."""
    running = next((record for record in records if record.outcome is Outcome.SUCCEEDED), None)
    origin = rollback_target(running) if running else None
    return origin is not None and origin < target.number


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
