"""What happens when a rollout can't become healthy? Evidence first, then the last good revision again."""

from dataclasses import replace
from pathlib import Path

from kubeship.errors import ApplyFailed, KubeshipError, RolloutBroken, RolloutRolledBack
from kubeship.model.events import Caution, RollingBack, RolloutFailed, Step
from kubeship.model.objects import Object, ref
from kubeship.model.revision import Outcome, Revision
from kubeship.model.verdict import Diagnosis, Failed, Ready
from kubeship.rollout.ports import Observer
from kubeship.workflows.app import App
from kubeship.workflows.freeing import freeing
from kubeship.workflows.ports import Cluster, Held
from kubeship.workflows.release import split
from kubeship.workflows.undo import Done, forget, undo, undoing


def failed_rollout(
    revision: Revision, verdict: Failed, kept: Path, roll_back: bool, held: Held
) -> RolloutRolledBack | RolloutBroken:
    """The error that the deploy ends in, after everything was done that could be done; `kept`: where evidence is."""
    diagnosis = verdict.diagnoses[0]
    held.emit(RolloutFailed(revision.number, verdict.diagnoses, verdict.workloads, verdict.history, evidence=str(kept)))
    held.end(revision, Outcome.FAILED, diagnosis.cause)
    obstacle, good, steps = _way_back(revision, roll_back, held.cluster)
    if good is None:
        return _broken(revision, verdict, kept, obstacle)
    held.emit(Step(f"Rolling back to revision {good.number}"))
    held.emit(RollingBack(revision.number, good.number))
    done = "nothing"
    try:
        undo(steps, held)
        done = "release steps undone" if steps else done
        restored = restore(good, held)
        done = "the objects applied"
        added = {ref(item) for item in split(revision.objects)[1]} - {ref(item) for item in good.objects}
        held.prune(sorted(added))
    except KubeshipError as error:
        obstacle = f"rolling back to revision {good.number} failed too ({done} until then): {error.message}"
        return _broken(revision, verdict, kept, obstacle)
    if isinstance(restored, Failed):
        return _broken(
            revision, verdict, kept, f"revision {good.number} doesn't become healthy either: {_all(restored)}"
        )
    try:
        held.end(revision, Outcome.ROLLED_BACK, diagnosis.cause)
        if steps:
            forget(held.cluster.revisions(revision.app), held)
    except KubeshipError as error:
        held.emit(Caution(f"it is rolled back, but what was done isn't all written down: {error.message}", error.hint))
    return RolloutRolledBack(
        f"revision {revision.number} failed: {diagnosis.cause}; revision {good.number} serves again",
        hint=_hint(diagnosis, kept),
        details=words(verdict),
    )


def save_evidence(
    app: App, revision: Revision, verdict: Failed, observer: Observer, elsewhere: Path | None = None
) -> Path:
    """Write what the cluster says of the failed revision into the project, or `elsewhere`; returns the directory."""
    from kubeship.rollout.evidence import evidence  # noqa: PLC0415 - as with Held.watch
    from kubeship.rollout.suspects import silent, suspects  # noqa: PLC0415

    snapshot = observer.snapshot()
    newest = observer.logs(dict.fromkeys((*suspects(snapshot), *silent(snapshot))))
    # An instance that was started since has said nothing yet, and the kubelet may have thrown the one before away.
    logs = {**verdict.logs, **{log: text for log, text in newest.items() if text}}
    files = {"verdict.txt": f"{words(verdict)}\n", **evidence(replace(snapshot, logs=logs))}
    masked = observer.masking()
    files = {name: masked(text) for name, text in files.items()}
    return app.workspace.save_evidence(f"{app.environment}-{revision.number}", files, elsewhere)


def restore(good: Revision, held: Held) -> Ready | Failed:
    """Apply the objects of a good revision, without its release steps, and watch."""
    _, rest = split(good.objects)
    if attempt(rest, held) and (refused := _one_by_one(rest, held)):
        return refused
    with held.cluster.observe(rest) as observer:
        return held.watch(observer, freeing(held, given_up=True))


def _one_by_one(objects: tuple[Object, ...], held: Held) -> Failed | None:
    """Apply what can be applied, and name each object that can't: one that is refused must not keep the others back."""
    refused = {ref(item): failed.diagnoses[0] for item in objects if (failed := attempt((item,), held))}
    diagnoses = tuple(replace(diagnosis, subject=str(target)) for target, diagnosis in refused.items())
    return Failed(diagnoses, tuple(refused)) if refused else None


def attempt(objects: tuple[Object, ...], held: Held) -> Failed | None:
    """Apply all; what the server refuses after the dry run allowed it is a failed rollout like any other."""
    try:
        held.cluster.apply(objects, held.lease, held.emit)
    except ApplyFailed as error:
        return Failed((Diagnosis(cause=error.message, evidence=error.details, remedy=error.hint),))
    return None


def words(verdict: Failed) -> str:
    """What the failing containers and the cluster said, for a person."""
    told = [_paragraph(diagnosis) for diagnosis in verdict.diagnoses]
    if verdict.history:
        told.append("\n".join(["where the time went:", *(f"  {line}" for line in verdict.history)]))
    return "\n\n".join(told)


def _all(verdict: Failed) -> str:
    """Each workload that didn't become healthy, and why."""
    return "; ".join(f"{d.subject}: {d.cause}" if d.subject else d.cause for d in verdict.diagnoses)


def _paragraph(diagnosis: Diagnosis) -> str:
    lines = [f"{diagnosis.subject}: {diagnosis.cause}" if diagnosis.subject else diagnosis.cause]
    if diagnosis.evidence:
        lines.append(f"  evidence: {diagnosis.evidence}")
    if diagnosis.rule:
        lines.append(f"  certain because: {diagnosis.rule}")
    if diagnosis.log:
        lines += ["  last words:", *(f"    {line}" for line in diagnosis.log.splitlines()[-12:])]
    return "\n".join(lines)


def _way_back(revision: Revision, roll_back: bool, cluster: Cluster) -> tuple[str, Revision | None, tuple[Done, ...]]:
    """What is in the way, or the revision to go back to and the release steps to undo before."""
    if not roll_back:
        return "it was not rolled back, as --no-rollback asks", None, ()
    records = cluster.revisions(revision.app)
    good = next((record for record in records if record.outcome is Outcome.SUCCEEDED), None)
    if good is None:
        return "there is no earlier revision that succeeded to roll back to", None, ()
    left = undoing(records, good)
    if left.final:
        return "it was not rolled back, since a release step that can't be undone has run (rollback: never)", None, ()
    return "", good, left.steps


def _broken(revision: Revision, verdict: Failed, kept: Path, obstacle: str) -> RolloutBroken:
    diagnosis = verdict.diagnoses[0]
    return RolloutBroken(
        f"revision {revision.number} failed: {diagnosis.cause}; {obstacle}",
        hint=_hint(diagnosis, kept),
        details=words(verdict),
    )


def _hint(diagnosis: Diagnosis, kept: Path) -> str:
    return f"{diagnosis.remedy} (evidence: {kept})"
