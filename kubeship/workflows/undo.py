"""How is undone what a release step did, before an older version runs again?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kubeship.errors import ReleaseFailed
from kubeship.model.events import Step
from kubeship.model.objects import RELEASE_ANNOTATION, ROLLBACK_ANNOTATION, Object, ObjectRef, ref
from kubeship.model.revision import Outcome, Revision
from kubeship.planning.commands import exec_form
from kubeship.workflows.ports import Held
from kubeship.workflows.release import follow_step, outcome, split

SUFFIX = "-undo"
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
        final=tuple(str(done.job["metadata"]["name"]) for done in found.values() if _way(done.job) == "never"),
        steps=tuple(done for done in found.values() if _way(done.job) not in {"never", "safe"}),
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

    Then the step's own Job goes: were it to stay, a later deploy of the same version would take the step for done. A
    rollback that is killed in between runs the command again.
    """
    for done in steps:
        job = done.job
        if done.kept and held.cluster.get(ref(job)) is None:
            continue  # it never ran, or was undone by a rollback that was killed after that
        way_back = undo_job(job)
        name = way_back["metadata"]["name"]
        held.emit(Step(f"Undoing release step {job['metadata']['name']}: {_way(job)}"))
        held.lease.check()
        if outcome(held.cluster.get(ref(way_back))) != "running":
            held.cluster.delete(ref(way_back))
            held.cluster.apply([way_back], held.lease, held.emit)
        failed = follow_step(way_back, held)
        if failed:
            diagnosis = failed.diagnoses[0]
            raise ReleaseFailed(
                f"undoing release step {job['metadata']['name']} failed: {diagnosis.cause}",
                hint=f"{diagnosis.remedy}; the log: kubectl logs job/{name}",
                details=diagnosis.log or diagnosis.evidence,
            )
        held.cluster.delete(ref(job))
        held.cluster.delete(ref(way_back))


def undo_job(job: Object) -> Object:
    """The Job that runs a release step's `rollback:` command in its place."""
    metadata, spec = job["metadata"], job["spec"]
    template = spec["template"]
    first, *others = template["spec"]["containers"]
    command = list(exec_form(_way(job), f"{ref(job)}: {ROLLBACK_ANNOTATION}"))
    undone = {**{key: value for key, value in first.items() if key != "args"}, "command": command}
    own = {ROLLBACK_ANNOTATION, RELEASE_ANNOTATION}
    annotations = {key: value for key, value in metadata["annotations"].items() if key not in own}
    return {
        **job,
        "metadata": {**metadata, "name": f"{metadata['name'][: 63 - len(SUFFIX)]}{SUFFIX}", "annotations": annotations},
        "spec": {
            **spec,
            "template": {**template, "spec": {**template["spec"], "containers": [undone, *others]}},
        },
    }


def _way(job: Object) -> str:
    return str((job["metadata"].get("annotations") or {}).get(ROLLBACK_ANNOTATION) or "safe")
