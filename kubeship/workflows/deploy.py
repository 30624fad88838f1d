"""How does a project become a healthy rollout? The ten steps that docs/deploy.md describes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from kubeship.errors import MissingPrecondition, ReleaseFailed
from kubeship.model.changes import Changes
from kubeship.model.events import Caution, Emit, Note, Step
from kubeship.model.finding import Finding
from kubeship.model.objects import Object, ref, with_image
from kubeship.model.pulling import Upcoming
from kubeship.model.revision import Outcome, Revision
from kubeship.model.verdict import Failed
from kubeship.workflows.addresses import addresses
from kubeship.workflows.agreement import agreed
from kubeship.workflows.app import App, load_app
from kubeship.workflows.build import build_image, resolved
from kubeship.workflows.builders import Builders, builder_findings
from kubeship.workflows.failure import attempt, failed_rollout, save_evidence
from kubeship.workflows.freeing import freeing
from kubeship.workflows.ports import Cluster, Held
from kubeship.workflows.prerequisites import prerequisites
from kubeship.workflows.release import compared, run_release, split, with_release_names
from kubeship.workflows.stale import refreshed
from kubeship.workflows.undo import forget
from kubeship.workflows.unfinished import told_if_unfinished


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
    evidence: Path | None = None
    """Where the evidence of a failure is kept, in place of `.kubeship/runs/` in the project."""


@dataclass(frozen=True)
class Deployed:
    """What a deploy did."""

    revision: Revision
    changes: Changes
    """Empty when everything was as it should be already."""
    addresses: tuple[str, ...]
    """Where the app answers."""


def deploy(request: DeployRequest, builders: Builders, connect: Callable[[App], Cluster], emit: Emit) -> Deployed:
    """Build, push, compare, release, apply, watch, and undo what can't become healthy.

    Raises RolloutRolledBack, RolloutBroken, and everything that its steps raise.
    """
    app = refreshed(load_app(request.project, request.environment), request.frozen, emit)
    cluster = connect(app)
    manifests = app.manifests()
    emit(Step(f"Checking {cluster.describe()}, namespace {cluster.namespace}"))
    if request.image:
        checked = cluster.preflight(with_image(manifests, app.plan.image, request.image))
        findings = checked.findings
    else:
        checked = cluster.preflight(manifests, Upcoming(app.plan.image, app.configuration.platform))
        findings = (*builder_findings(app, builders, emit), *checked.findings)
    require(findings, app, request.create_namespace, emit)
    if request.create_namespace:
        cluster.create_namespace()

    if not request.image:
        cluster.revisions(app.name)  # a record that can't be read stops it here, and not after the build
    source, image = _image(app, request, builders, emit)
    objects = with_release_names(with_image(manifests, app.plan.image, image))
    if not request.image:
        pulls = cluster.pull_findings(objects, checked.seen)
        require([finding for finding in pulls if finding not in findings], app, request.create_namespace, emit)
    with cluster.lease(app.name, request.holder) as lease:
        held = Held(cluster, lease, emit, app.timeout)
        emit(Step("Comparing with the cluster"))
        records = cluster.revisions(app.name)
        newest = next(iter(records), None)
        if newest and newest.environment != app.environment:
            emit(
                Caution(
                    f"what is deployed as {app.name} here is environment {newest.environment}: this deploy of "
                    f"{app.environment} replaces it",
                    "unless it was only renamed, give each environment a namespace or a context of its own",
                )
            )
        changes = agreed(compared(objects, cluster, records, checked.seen), emit, "kubeship deploy")
        if newest and not changes and newest.succeeded_with(objects):
            forget(records, held)
            emit(Note(f"Nothing to do: revision {newest.number} is exactly this, and it succeeded"))
            return Deployed(newest, changes, addresses(objects))
        revision = Revision(
            number=_number(newest, objects),
            app=app.name,
            environment=app.environment,
            outcome=Outcome.STARTED,
            image=image,
            objects=objects,
            started=cluster.now(),
            holder=request.holder,
            source=source,
            commit=app.commit(),
        )
        begin(revision, newest, held)
        with told_if_unfinished(revision, "kubeship deploy", emit):
            return Deployed(_roll_out(app, revision, records, request, held), changes, addresses(objects))


def require(findings: Iterable[Finding], app: App, create_namespace: bool, emit: Emit) -> None:
    """Caution for what may go on; raise MissingPrecondition with everything that may not."""
    relevant = [finding for finding in findings if not (create_namespace and finding.subject == "namespace")]
    for finding in relevant:
        if not finding.fatal:
            emit(Caution(finding.problem, finding.remedy))
    fatal = [finding for finding in relevant if finding.fatal]
    if fatal:
        raise MissingPrecondition(
            f"deploying {app.name} to {app.environment} can't succeed yet; nothing was changed",
            hint="put these right, then run kubeship deploy again",
            details="\n".join(f"- {finding.problem}\n  {finding.remedy}" for finding in fatal),
        )


def _image(app: App, request: DeployRequest, builders: Builders, emit: Emit) -> tuple[str, str]:
    if request.image is None:
        built = build_image(app, builders, push=True, emit=emit)
        return built.source, built.reference
    return "", resolved(request.image, builders.engine)


def _number(newest: Revision | None, objects: tuple[Object, ...]) -> int:
    if newest is None:
        return 1
    # An earlier run was killed on its way to exactly this: the same revision goes on.
    resumed = newest.outcome is Outcome.STARTED and newest.consists_of(objects)
    return newest.number if resumed else newest.number + 1


def _roll_out(
    app: App, revision: Revision, records: tuple[Revision, ...], request: DeployRequest, held: Held
) -> Revision:
    steps, rest = split(revision.objects)
    try:
        if needed := prerequisites(steps, rest):
            held.cluster.apply(needed, held.lease, held.emit)
        run_release(steps, (revision, *records), held)
    except ReleaseFailed as error:
        held.end(revision, Outcome.STOPPED, error.message)
        raise
    held.emit(Step(f"Applying {len(rest)} objects"))
    refused = attempt(rest, held)
    if not refused:
        held.emit(Step("Watching until the new version serves"))
    with held.cluster.observe(rest) as observer:
        verdict = refused or held.watch(observer, freeing(held, given_up=False))
        if isinstance(verdict, Failed):
            kept = save_evidence(app, revision, verdict, observer, request.evidence)
            raise failed_rollout(revision, verdict, kept, request.roll_back, held)
    return conclude(revision, records, held)


def begin(revision: Revision, newest: Revision | None, held: Held) -> None:
    """Record that it started; a `newest` that never ended was killed, and is recorded so."""
    if newest and newest.outcome is Outcome.STARTED and newest.number != revision.number:
        held.end(newest, Outcome.FAILED, "it was killed")
    held.record(revision)


def conclude(revision: Revision, records: tuple[Revision, ...], held: Held) -> Revision:
    """Delete what the revisions before it (`records`) left behind, and mark this one as succeeded."""
    wanted = {ref(item) for item in revision.objects}
    earlier = (item for record in records for item in record.objects)
    held.prune(dict.fromkeys(ref(item) for item in earlier if ref(item) not in wanted))
    succeeded = held.end(revision, Outcome.SUCCEEDED)
    forget((revision, *records), held)
    return succeeded
