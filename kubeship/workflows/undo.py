"""How is undone what a release step did, before an older version runs again?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kubeship.errors import ReleaseFailed
from kubeship.model.events import ReleaseStepEnded, Step
from kubeship.model.objects import Object, ObjectRef, ref
from kubeship.model.revision import Outcome, Revision
from kubeship.workflows.ports import Held
from kubeship.workflows.release import follow_step, outcome, split
from kubeship.workflows.undo_job import WITHOUT, undo_job, undo_refs, way

ROLLBACK_TO = "rollback to "
"""How the message of a rollback's record begins; the revision's number follows."""


@dataclass(frozen=True)
class Done:
    """A release step that has run."""

    job: Object
    kept: bool
    """Whether its Job must still be there: nothing newer has succeeded, and so pruned it."""


@dataclass(frozen=True)
class Undoing:
    """What stands between the revision that runs and one that is to run again."""

    final: tuple[str, ...] = ()
    """Names of the release steps that can't be undone (`rollback: never`)."""
    steps: tuple[Done, ...] = ()
    """Those with a command that undoes them, the one that ran last first."""


def undoing(records: tuple[Revision, ...], target: Revision) -> Undoing:
    """What the release steps of the revisions since `target` mean for going back to it. `records` newest first.

    A step that the target or an older revision has too has run before it: the target serves with what it did. The
    steps of a revision that was stopped or rolled back have failed, or were undone then; so were those that an earlier
    rollback has left behind.
    """
    known = {ref(item) for record in records if record.number <= target.number for item in record.objects}
    known |= {ref(item) for item in target.objects}
    found: dict[ObjectRef, Done] = {}
    for revision in lineage(records):
        if revision.number > target.number and revision.outcome not in {Outcome.STOPPED, Outcome.ROLLED_BACK}:
            pruned = any(r.outcome is Outcome.SUCCEEDED and r.number > revision.number for r in records)
            for job in reversed(split(revision.objects)[0]):
                if ref(job) not in known:
                    found.setdefault(ref(job), Done(job, kept=not pruned))
    return Undoing(
        final=tuple(str(done.job["metadata"]["name"]) for done in found.values() if way(done.job) == "never"),
        steps=tuple(done for done in found.values() if way(done.job) not in WITHOUT),
    )


def lineage(records: tuple[Revision, ...]) -> Iterator[Revision]:
    """The revisions whose release steps are in force, newest first: without what a rollback that succeeded undid."""
    below = None
    for record in records:
        if below is not None and record.number > below:
            continue
        below = rollback_target(record) if record.outcome is Outcome.SUCCEEDED else None
        yield record


def rollback_target(record: Revision) -> int | None:
    """The number of the revision that this one brought back; None for a deploy."""
    number = record.message.removeprefix(ROLLBACK_TO)
    return int(number) if record.message.startswith(ROLLBACK_TO) and number.isdigit() else None


def undo(steps: Iterable[Done], held: Held) -> None:
    """Run each step's `rollback:` command, in the image and with the variables of the step. Raises ReleaseFailed.

    Once, however often it is killed and run again: by the Job that undoes it is known how far it came, so that one
    stays until `forget`. The step's own Job goes: were it to stay, a later deploy would take the step for done.
    """
    for done in steps:
        job, way_back = done.job, undo_job(done.job)
        stands = outcome(held.cluster.get(ref(way_back)))
        if stands == "absent" and done.kept and held.cluster.get(ref(job)) is None:
            continue  # it never ran
        if stands != "succeeded":
            _run(job, way_back, stands, held)
        held.lease.check()
        held.cluster.delete(ref(job))
        held.emit(ReleaseStepEnded(job["metadata"]["name"], "undone"))


def _run(job: Object, way_back: Object, stands: str, held: Held) -> None:
    held.emit(Step(f"Undoing release step {job['metadata']['name']}: {way(job)}"))
    held.lease.check()
    if stands == "failed":
        held.cluster.delete(ref(way_back))
    if stands != "running":
        held.cluster.apply([way_back], held.lease, held.emit)
    if failed := follow_step(way_back, held):
        diagnosis = failed.diagnoses[0]
        raise ReleaseFailed(
            f"undoing release step {job['metadata']['name']} failed: {diagnosis.cause}",
            hint=f"{diagnosis.remedy}; the log: kubectl logs job/{way_back['metadata']['name']}",
            details=diagnosis.log or diagnosis.evidence,
        )


def forget(records: Iterable[Revision], held: Held) -> None:
    """Delete the Jobs that have undone release steps, once it is recorded that what they led to is reached."""
    held.prune(undo_refs(records))
