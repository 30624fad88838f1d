"""What was deployed before, and what did one revision change?"""

from dataclasses import dataclass

from kubeship.cluster.compare import field_changes
from kubeship.errors import InvalidInput
from kubeship.model.changes import Action, Change, Changes
from kubeship.model.objects import ROLLBACK_ANNOTATION, Object, containers, ref
from kubeship.model.revision import Revision, recorded
from kubeship.workflows.release import split


@dataclass(frozen=True)
class ReleaseStep:
    """A release step as a revision has it."""

    name: str
    """Of its Job."""
    command: tuple[str, ...]
    rollback: str
    """`safe`, `never`, or the command that undoes it."""


@dataclass(frozen=True)
class RevisionInFull:
    """One revision, and what it changed."""

    revision: Revision
    before: Revision | None
    """The newest before it whose objects were left in the cluster; None for the first."""
    changes: Changes
    """Of all objects but release Jobs, by what was recorded then: nobody asks the server."""
    release: tuple[ReleaseStep, ...]


def in_full(records: tuple[Revision, ...], app: str, number: int) -> RevisionInFull:
    """A revision and what it changed; `records` newest first. Raises InvalidInput, naming those there are."""
    revision = next((record for record in records if record.number == number), None)
    if revision is None:
        kept = ", ".join(str(record.number) for record in records)
        raise InvalidInput(
            f"{app} has no revision {number} here", hint=f"name one of {kept}" if kept else "run kubeship deploy first"
        )
    before = next((record for record in records if record.number < number and record.applied), None)
    steps, rest = split(revision.objects)
    return RevisionInFull(
        revision, before, changes(split(before.objects)[1] if before else (), rest), tuple(map(_step, steps))
    )


def changes(before: tuple[Object, ...], after: tuple[Object, ...]) -> Changes:
    """What differs between the objects of two revisions; values of Secrets aren't recorded."""
    old = {ref(item): item for item in recorded(before)}
    new = {ref(item): item for item in recorded(after)}
    found = []
    for target in sorted(old.keys() | new.keys()):
        if target not in old:
            found.append(Change(target, Action.CREATE))
        elif target not in new:
            found.append(Change(target, Action.DELETE))
        else:
            fields = field_changes(old[target], new[target])
            found.append(Change(target, Action.UPDATE if fields else Action.UNCHANGED, fields))
    return Changes(tuple(found))


def _step(job: Object) -> ReleaseStep:
    container = list(containers(job))[-1]
    annotations = job["metadata"].get("annotations") or {}
    return ReleaseStep(
        name=job["metadata"]["name"],
        command=(*(container.get("command") or ()), *(container.get("args") or ())),
        rollback=str(annotations.get(ROLLBACK_ANNOTATION) or "safe"),
    )
