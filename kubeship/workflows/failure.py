"""What happens when a rollout can't become healthy? Evidence first, then the last good revision again."""

from dataclasses import replace
from pathlib import Path

from kubeship.errors import ApplyFailed, KubeshipError, RolloutBroken, RolloutRolledBack
from kubeship.model.events import Step
from kubeship.model.objects import ROLLBACK_ANNOTATION, Object, ref
from kubeship.model.revision import Outcome, Revision
from kubeship.model.verdict import Diagnosis, Failed, Ready
from kubeship.rollout.evidence import evidence
from kubeship.rollout.ports import Observer
from kubeship.rollout.suspects import suspects
from kubeship.rollout.watch import watch
from kubeship.workflows.app import App
from kubeship.workflows.ports import Cluster, Held
from kubeship.workflows.release import split


def failed_rollout(
    revision: Revision, verdict: Failed, kept: Path, roll_back: bool, held: Held
) -> RolloutRolledBack | RolloutBroken:
    """The error that the deploy ends in, after everything was done that could be done; `kept`: where evidence is."""
    diagnosis = verdict.diagnoses[0]
    held.cluster.record(revision.ended(Outcome.FAILED, diagnosis.cause), held.lease)
    obstacle, good = _way_back(revision, roll_back, held.cluster)
    if good is None:
        return _broken(revision, verdict, kept, obstacle)
    held.emit(Step(f"Rolling back to revision {good.number}"))
    try:
        restored = restore(good, held)
        added = {ref(item) for item in split(revision.objects)[1]} - {ref(item) for item in good.objects}
        held.cluster.prune(sorted(added), held.lease, held.emit)
    except KubeshipError as error:
        return _broken(revision, verdict, kept, f"rolling back to revision {good.number} failed too: {error.message}")
    if isinstance(restored, Failed):
        cause = restored.diagnoses[0].cause
        return _broken(revision, verdict, kept, f"revision {good.number} doesn't become healthy either: {cause}")
    held.cluster.record(revision.ended(Outcome.ROLLED_BACK, diagnosis.cause), held.lease)
    return RolloutRolledBack(
        f"revision {revision.number} failed: {diagnosis.cause}; revision {good.number} serves again",
        hint=_hint(diagnosis, kept),
        details=words(verdict),
    )


def save_evidence(app: App, revision: Revision, observer: Observer) -> Path:
    """Write what the cluster says of the failed revision into the project; returns the directory."""
    snapshot = observer.snapshot()
    snapshot = replace(snapshot, logs=observer.logs(suspects(snapshot)))
    return app.workspace.save_evidence(f"{app.environment}-{revision.number}", evidence(snapshot))


def restore(good: Revision, held: Held) -> Ready | Failed:
    """Apply the objects of a good revision, without its release steps, and watch."""
    _, rest = split(good.objects)
    if refused := attempt(rest, held):
        return refused
    with held.cluster.observe(rest) as observer:
        return watch(observer, held.timeout, held.emit)


def attempt(objects: tuple[Object, ...], held: Held) -> Failed | None:
    """Apply all; what the server refuses after the dry run allowed it is a failed rollout like any other."""
    try:
        held.cluster.apply(objects, held.lease, held.emit)
    except ApplyFailed as error:
        return Failed((Diagnosis(cause=error.message, evidence=error.details, remedy=error.hint),))
    return None


def words(verdict: Failed) -> str:
    """What the failing containers and the cluster said, for a person."""
    return "\n\n".join(_paragraph(diagnosis) for diagnosis in verdict.diagnoses)


def _paragraph(diagnosis: Diagnosis) -> str:
    lines = [f"{diagnosis.subject}: {diagnosis.cause}" if diagnosis.subject else diagnosis.cause]
    if diagnosis.evidence:
        lines.append(f"  evidence: {diagnosis.evidence}")
    if diagnosis.rule:
        lines.append(f"  certain because: {diagnosis.rule}")
    if diagnosis.log:
        lines += ["  last words:", *(f"    {line}" for line in diagnosis.log.splitlines()[-12:])]
    return "\n".join(lines)


def _way_back(revision: Revision, roll_back: bool, cluster: Cluster) -> tuple[str, Revision | None]:
    if not roll_back:
        return "it was not rolled back, as --no-rollback asks", None
    good = next((r for r in cluster.revisions(revision.app) if r.outcome is Outcome.SUCCEEDED), None)
    if good is None:
        return "there is no earlier revision that succeeded to roll back to", None
    # A step that the good revision has too has run before it: the good one serves with what it did.
    if any(_irreversible(job) for job in split(revision.objects)[0] if job not in good.objects):
        return "it was not rolled back, since a release step that can't be undone has run (rollback: never)", None
    return "", good


def _irreversible(job: Object) -> bool:
    return (job["metadata"].get("annotations") or {}).get(ROLLBACK_ANNOTATION) == "never"


def _broken(revision: Revision, verdict: Failed, kept: Path, obstacle: str) -> RolloutBroken:
    diagnosis = verdict.diagnoses[0]
    return RolloutBroken(
        f"revision {revision.number} failed: {diagnosis.cause}; {obstacle}",
        hint=_hint(diagnosis, kept),
        details=words(verdict),
    )


def _hint(diagnosis: Diagnosis, kept: Path) -> str:
    return f"{diagnosis.remedy} (evidence: {kept})"
