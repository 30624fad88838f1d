"""What happens when a rollout can't become healthy? Evidence first, then the last good revision again."""

from dataclasses import replace
from datetime import UTC, datetime

from kubeship.errors import KubeshipError, RolloutBroken, RolloutRolledBack
from kubeship.model.events import Emit, Step
from kubeship.model.objects import ROLLBACK_ANNOTATION, ref
from kubeship.model.revision import Outcome, Revision
from kubeship.model.verdict import Diagnosis, Failed, Ready
from kubeship.rollout.evidence import evidence
from kubeship.rollout.ports import Observer
from kubeship.rollout.suspects import suspects
from kubeship.rollout.watch import watch
from kubeship.workflows.app import App
from kubeship.workflows.ports import Cluster, Lease
from kubeship.workflows.release import split


def failed_rollout(
    app: App,
    revision: Revision,
    verdict: Failed,
    observer: Observer,
    roll_back: bool,
    cluster: Cluster,
    lease: Lease,
    emit: Emit,
) -> RolloutRolledBack | RolloutBroken:
    """The error that the deploy ends in, after everything was done that could be done."""
    kept = _save_evidence(app, revision, observer)
    diagnosis = verdict.diagnoses[0]
    cluster.record(
        replace(revision, outcome=Outcome.FAILED, message=diagnosis.cause, finished=datetime.now(UTC)), lease
    )
    obstacle, good = _way_back(revision, roll_back, cluster)
    if good is None:
        return _broken(revision, verdict, kept, obstacle)
    emit(Step(f"Rolling back to revision {good.number}"))
    try:
        restored = restore(good, app.timeout, cluster, lease, emit)
        added = {ref(item) for item in split(revision.objects)[1]} - {ref(item) for item in good.objects}
        cluster.prune(sorted(added), lease, emit)
    except KubeshipError as error:
        return _broken(revision, verdict, kept, f"rolling back to revision {good.number} failed too: {error.message}")
    if isinstance(restored, Failed):
        cause = restored.diagnoses[0].cause
        return _broken(revision, verdict, kept, f"revision {good.number} doesn't become healthy either: {cause}")
    return RolloutRolledBack(
        f"revision {revision.number} failed: {diagnosis.cause}; revision {good.number} serves again",
        hint=_hint(diagnosis, kept),
        details=words(verdict),
    )


def restore(good: Revision, timeout: float, cluster: Cluster, lease: Lease, emit: Emit) -> Ready | Failed:
    """Apply the objects of a good revision, without its release steps, and watch; the verdict."""
    _, rest = split(good.objects)
    cluster.apply(rest, lease, emit)
    with cluster.observe(rest) as observer:
        return watch(observer, timeout, emit)


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
    if any(_irreversible(job) for job in split(revision.objects)[0]):
        return "it was not rolled back, since a release step that can't be undone has run (rollback: never)", None
    good = next((r for r in cluster.revisions(revision.app) if r.outcome is Outcome.SUCCEEDED), None)
    return "there is no earlier revision that succeeded to roll back to", good


def _irreversible(job: dict[str, object]) -> bool:
    metadata = job["metadata"]
    assert isinstance(metadata, dict)
    return (metadata.get("annotations") or {}).get(ROLLBACK_ANNOTATION) == "never"


def _save_evidence(app: App, revision: Revision, observer: Observer) -> str:
    snapshot = observer.snapshot()
    snapshot = replace(snapshot, logs=observer.logs(suspects(snapshot)))
    return app.workspace.save_evidence(f"{app.environment}-{revision.number}", evidence(snapshot))


def _broken(revision: Revision, verdict: Failed, kept: str, obstacle: str) -> RolloutBroken:
    diagnosis = verdict.diagnoses[0]
    return RolloutBroken(
        f"revision {revision.number} failed: {diagnosis.cause}; {obstacle}",
        hint=_hint(diagnosis, kept),
        details=words(verdict),
    )


def _hint(diagnosis: Diagnosis, kept: str) -> str:
    return f"{diagnosis.remedy} (evidence: {kept})"
