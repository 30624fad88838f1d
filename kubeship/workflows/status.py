"""How does the app do right now?"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from kubeship.errors import InvalidInput
from kubeship.model.objects import SCALED, Object, containers, process_of, ref
from kubeship.model.revision import Revision
from kubeship.model.snapshot import Snapshot
from kubeship.model.status import ProcessStatus
from kubeship.model.verdict import Diagnosis, Failed, Ready, Verdict, Waiting
from kubeship.rollout.ownership import newest_pods, other_pods
from kubeship.rollout.pods import pod_snapshot
from kubeship.rollout.ports import Observer
from kubeship.rollout.readiness import progress, wanted
from kubeship.rollout.redaction import without_values
from kubeship.rollout.suspects import look
from kubeship.rollout.verdict import judge
from kubeship.workflows.addresses import addresses
from kubeship.workflows.ports import Cluster
from kubeship.workflows.release import split


@dataclass(frozen=True)
class Status:
    """An app as it runs."""

    revision: Revision
    verdict: Verdict
    addresses: tuple[str, ...]
    processes: tuple[ProcessStatus, ...]
    moment: datetime
    """When it was looked at, by the server's clock."""
    older: tuple[str, ...] = ()
    """Which older pods still serve, one line each."""

    @property
    def healthy(self) -> bool:
        """Whether everything of the newest revision runs and serves."""
        return isinstance(self.verdict, Ready)

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """Why it isn't, as far as that is certain, or looks so."""
        match self.verdict:
            case Failed(diagnoses):
                return diagnoses
            case Waiting(worries=worries):
                return worries
            case _:
                return ()

    @property
    def lines(self) -> tuple[str, ...]:
        """What is missing, one line each; empty when nothing is."""
        match self.verdict:
            case Failed(diagnoses):
                return (*(f"{diagnosis.subject}: {diagnosis.cause}" for diagnosis in diagnoses), *self.older)
            case Waiting(summaries, worries):
                return (*summaries, *(f"{worry.subject}: {worry.cause}" for worry in worries), *self.older)
            case _:
                return ()


def status(app: str, cluster: Cluster) -> Status:
    """Judge the live objects of the newest revision. Raises InvalidInput when the app is not deployed."""
    revision = newest(app, cluster)
    _, rest = split(revision.objects)
    with cluster.observe(rest) as observer:
        snapshot = look(observer)
        verdict = _masked(judged(snapshot, rest), observer)
    return Status(
        revision, verdict, addresses(rest), processes(snapshot, rest), snapshot.taken, still_serving(snapshot)
    )


def judged(snapshot: Snapshot, applied: Iterable[Object]) -> Verdict:
    """As a rollout is judged; and what somebody has scaled to nothing since it was deployed has failed.

    Where the revision names no number, an autoscaler decides.
    """
    verdict = judge(snapshot)
    asked = {_name(item): (item.get("spec") or {}).get("replicas") for item in applied if item["kind"] in SCALED}
    stopped = tuple(
        Diagnosis(
            cause="somebody has scaled it to 0 since it was deployed, so that nothing of it runs",
            evidence=f"spec.replicas: 0; the revision has {asked[_name(item)]}",
            remedy="kubeship deploy puts the number back, or kubectl scale does",
            subject=str(ref(item)),
            rule="what doesn't run can't serve",
        )
        for item in snapshot.workloads
        if asked.get(_name(item)) and not wanted(item)
    )
    if not stopped:
        return verdict
    match verdict:
        case Failed(diagnoses):
            return replace(verdict, diagnoses=(*stopped, *diagnoses))
        case Waiting(worries=worries):
            return Failed((*stopped, *worries))
        case _:
            return Failed(stopped)


def still_serving(snapshot: Snapshot) -> tuple[str, ...]:
    """Of each Deployment whose newest pods aren't all ready, how many of the version before still are."""
    counted = (
        (item["metadata"]["name"], sum(pod_snapshot(pod, snapshot).ready for pod in other_pods(item, snapshot)))
        for item in snapshot.workloads
        if item["kind"] == "Deployment" and not progress(item).ready
    )
    return tuple(
        f"{name}: {count} {'pod' if count == 1 else 'pods'} of an older version still ready"
        for name, count in counted
        if count
    )


def _masked(verdict: Verdict, observer: Observer) -> Verdict:
    match verdict:
        case Failed(diagnoses):
            return replace(verdict, diagnoses=without_values(diagnoses, observer))
        case Waiting(worries=worries):
            return replace(verdict, worries=without_values(worries, observer))
        case _:
            return verdict


def processes(snapshot: Snapshot, applied: Iterable[Object]) -> tuple[ProcessStatus, ...]:
    """Each workload that should go on running, beside the objects that were applied."""
    known = {_name(item): item for item in applied}
    running = (item for item in snapshot.workloads if item["kind"] != "Job")
    return tuple(_process(item, snapshot, known.get(_name(item))) for item in running)


def _name(workload: Object) -> tuple[str, str]:
    return workload["kind"], workload["metadata"]["name"]


def _process(workload: Object, snapshot: Snapshot, applied: Object | None) -> ProcessStatus:
    images = _images(applied) if applied else ()
    asked = (applied or workload)["spec"].get("replicas") or 0
    pods = [pod_snapshot(pod, snapshot) for pod in newest_pods(workload, snapshot)]
    ends = [each.last_end for pod in pods for each in pod.containers if each.last_end.get("finishedAt")]
    newest_end = max(ends, key=lambda end: str(end["finishedAt"]), default={})
    return ProcessStatus(
        name=process_of(workload),
        wanted=wanted(workload) or (asked if workload["kind"] in SCALED else 0),
        ready=sum(pod.ready for pod in pods),
        restarts=sum(container.restarts for pod in pods for container in pod.containers),
        last_end=_words(newest_end) if newest_end else "",
        other_images=tuple(image for image in _images(workload) if image not in images),
    )


def _images(workload: Object) -> tuple[str, ...]:
    return tuple(container["image"] for container in containers(workload))


def newest(app: str, cluster: Cluster) -> Revision:
    """The revision whose objects the cluster should have. Raises InvalidInput when the app is not deployed."""
    records = cluster.revisions(app)
    if not records:
        raise InvalidInput(
            f"{app} is not deployed in namespace {cluster.namespace}",
            hint="kubeship deploy, or name another --env or --context",
        )
    return next((record for record in records if record.applied), records[0])


def _words(end: Object) -> str:
    return f"{end.get('reason', 'ended')} with exit code {end['exitCode']} at {end['finishedAt']}"
