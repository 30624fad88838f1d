"""How does a project become a healthy rollout? The ten steps that docs/deploy.md describes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from kubeship.errors import ApplyFailed, KubeshipError, MissingPrecondition, ReleaseFailed
from kubeship.model.changes import Changes
from kubeship.model.events import Caution, Compared, Emit, Note, Step
from kubeship.model.finding import Finding
from kubeship.model.objects import Object, ref, with_image
from kubeship.model.revision import Outcome, Revision
from kubeship.model.verdict import Diagnosis, Failed
from kubeship.rollout.watch import watch
from kubeship.workflows.app import App, load_app
from kubeship.workflows.build import build_image
from kubeship.workflows.failure import failed_rollout
from kubeship.workflows.ports import Cluster, Engine, Lease
from kubeship.workflows.render import refreshed
from kubeship.workflows.release import outcome, run_release, split, with_release_names


@dataclass(frozen=True)
class DeployRequest:
    """What `kubeship deploy` was asked to do."""

    project: Path
    environment: str | None
    holder: str
    """`user@host:pid`."""
    image: str | None = None
    """Deploy this image instead of building one."""
    frozen: bool = False
    """Refuse when kubeship.yaml has changed since the last render."""
    create_namespace: bool = False
    roll_back: bool = True


@dataclass(frozen=True)
class Deployed:
    """What a deploy did."""

    revision: Revision
    changes: Changes
    """Empty when everything was as it should be already."""
    addresses: tuple[str, ...]
    """Where the app answers."""


def deploy(
    request: DeployRequest, engine: Callable[[], Engine], connect: Callable[[App], Cluster], emit: Emit
) -> Deployed:
    """Build, push, compare, release, apply, watch, and undo what can't become healthy.

    Raises RolloutRolledBack, RolloutBroken, and everything that its steps raise.
    """
    app = refreshed(load_app(request.project, request.environment), request.frozen, emit)
    cluster = connect(app)
    manifests = app.manifests()
    emit(Step(f"Checking {cluster.describe()}, namespace {cluster.namespace}"))
    preflight(app, manifests, request, engine, cluster, emit)

    source, image = _image(app, request, engine, emit)
    objects = with_release_names(with_image(manifests, app.plan.image, image))
    with cluster.lease(app.name, request.holder) as lease:
        newest = next(iter(cluster.revisions(app.name)), None)
        changes = _compare(objects, cluster, emit)
        if newest and not changes and newest.succeeded_with(objects):
            emit(Note(f"Nothing to do: revision {newest.number} is exactly this, and it succeeded"))
            return Deployed(newest, changes, addresses(objects))
        revision = _started(app, request, newest, image, source, objects)
        _close_abandoned(newest, revision, cluster, lease)
        cluster.record(revision, lease)
        steps, rest = split(objects)
        finished = _roll_out(app, revision, steps, rest, request, cluster, lease, emit)
        return Deployed(finished, changes, addresses(objects))


def preflight(
    app: App,
    manifests: tuple[Object, ...],
    request: DeployRequest,
    engine: Callable[[], Engine],
    cluster: Cluster,
    emit: Emit,
) -> None:
    """Find everything that could fail later, at once. Raises MissingPrecondition; changes nothing but the namespace.

    The namespace is created only when it was asked for and nothing else stands in the way.
    """
    findings = list(cluster.preflight(manifests))
    if request.create_namespace:
        findings = [finding for finding in findings if finding.subject != "namespace"]
    if request.image is None:
        findings += engine_findings(app, engine)
    for finding in findings:
        if not finding.fatal:
            emit(Caution(finding.problem, finding.remedy))
    fatal = [finding for finding in findings if finding.fatal]
    if fatal:
        raise MissingPrecondition(
            f"deploying {app.name} to {app.environment} can't succeed yet; nothing was changed",
            hint="put these right, then run kubeship deploy again",
            details="\n".join(f"- {finding.problem}\n  {finding.remedy}" for finding in fatal),
        )
    if request.create_namespace:
        cluster.create_namespace()


def engine_findings(app: App, engine: Callable[[], Engine]) -> list[Finding]:
    """What stands in the way of building and pushing."""
    try:
        builder = engine()
        builder.describe()
    except KubeshipError as error:
        return [Finding(error.message, error.hint, subject="engine")]
    problem = builder.login_problem(app.plan.image)
    if not problem:
        return []
    return [Finding(problem, f"log in to the registry of {app.plan.image}, or set image in kubeship.yaml", subject="registry")]


def addresses(objects: tuple[Object, ...]) -> tuple[str, ...]:
    """Where the Ingresses among the objects answer: `https://shop.example.com`."""
    found = []
    for item in objects:
        if item["kind"] != "Ingress":
            continue
        secure = {host for tls in item["spec"].get("tls", ()) for host in tls.get("hosts", ())}
        for rule in item["spec"].get("rules", ()):
            if host := rule.get("host"):
                found.append(f"{'https' if host in secure else 'http'}://{host}")
    return tuple(dict.fromkeys(found))


def _image(app: App, request: DeployRequest, engine: Callable[[], Engine], emit: Emit) -> tuple[str, str]:
    if request.image is None:
        built = build_image(app, engine(), push=True, emit=emit)
        return built.source, built.reference
    if "@sha256:" in request.image:
        return "", request.image
    return "", engine().resolve(request.image)


def _compare(objects: tuple[Object, ...], cluster: Cluster, emit: Emit) -> Changes:
    emit(Step("Comparing with the cluster"))
    steps, rest = split(objects)
    # A Job that exists is followed, or replaced because it failed: there is nothing to compare.
    changes = cluster.compare([*(job for job in steps if outcome(cluster.get(ref(job))) == "absent"), *rest])
    emit(Compared(changes))
    if changes.conflicts:
        lines = [f"- {target} {conflict.path}: owned by {conflict.manager}" for target, conflict in changes.conflicts]
        raise MissingPrecondition(
            "another field manager owns fields that this deploy would change; nothing was changed",
            hint="take these fields out of deploy/, or have the other manager give them up",
            details="\n".join(lines),
        )
    return changes


def _started(
    app: App, request: DeployRequest, newest: Revision | None, image: str, source: str, objects: tuple[Object, ...]
) -> Revision:
    number = newest.number + 1 if newest else 1
    if newest and newest.outcome is Outcome.STARTED and newest.objects == objects:
        number = newest.number  # an earlier run was killed on its way to exactly this
    return Revision(
        number=number,
        app=app.name,
        environment=app.environment,
        outcome=Outcome.STARTED,
        image=image,
        objects=objects,
        started=datetime.now(UTC),
        holder=request.holder,
        source=source,
    )


def _close_abandoned(newest: Revision | None, revision: Revision, cluster: Cluster, lease: Lease) -> None:
    if newest and newest.outcome is Outcome.STARTED and newest.number != revision.number:
        cluster.record(finished(newest, Outcome.FAILED, "its deploy was killed"), lease)


def _roll_out(
    app: App,
    revision: Revision,
    steps: tuple[Object, ...],
    rest: tuple[Object, ...],
    request: DeployRequest,
    cluster: Cluster,
    lease: Lease,
    emit: Emit,
) -> Revision:
    try:
        run_release(steps, cluster, lease, app.timeout, emit)
    except ReleaseFailed as error:
        cluster.record(finished(revision, Outcome.FAILED, error.message), lease)
        raise
    refused = _apply(rest, cluster, lease, emit)
    with cluster.observe(rest) as observer:
        verdict = refused or watch(observer, app.timeout, emit)
        if isinstance(verdict, Failed):
            raise failed_rollout(app, revision, verdict, observer, request.roll_back, cluster, lease, emit)
    return conclude(revision, cluster, lease, emit)


def _apply(objects: tuple[Object, ...], cluster: Cluster, lease: Lease, emit: Emit) -> Failed | None:
    """Apply all; what the server refuses after the dry run allowed it is a failed rollout like any other."""
    emit(Step(f"Applying {len(objects)} objects"))
    try:
        cluster.apply(objects, lease, emit)
    except ApplyFailed as error:
        return Failed((Diagnosis(cause=error.message, evidence=error.details, remedy=error.hint),))
    emit(Step("Watching until the new version serves"))
    return None


def conclude(revision: Revision, cluster: Cluster, lease: Lease, emit: Emit) -> Revision:
    """Delete what earlier revisions left behind, and mark this one as succeeded."""
    wanted = {ref(item) for item in revision.objects}
    earlier = (item for record in cluster.revisions(revision.app) for item in record.objects)
    cluster.prune(dict.fromkeys(ref(item) for item in earlier if ref(item) not in wanted), lease, emit)
    succeeded = finished(revision, Outcome.SUCCEEDED, revision.message)
    cluster.record(succeeded, lease)
    return succeeded


def finished(revision: Revision, outcome: Outcome, message: str) -> Revision:
    """The record of a deploy that has ended now."""
    return replace(revision, outcome=outcome, message=message, finished=datetime.now(UTC))
