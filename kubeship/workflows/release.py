"""How do release steps run? Each Job once per digest, command and configuration, before any workload changes."""

import hashlib
import json
import threading
from collections.abc import Iterable
from itertools import takewhile

from kubeship.errors import KubeshipError, ReleaseFailed
from kubeship.model.changes import Changes
from kubeship.model.events import Caution, Note, ReleaseStepEnded, Step
from kubeship.model.objects import RELEASE_ANNOTATION, Object, ObjectRef, is_release_step, ref
from kubeship.model.revision import Outcome, Revision
from kubeship.model.seen import Seen
from kubeship.model.verdict import Failed
from kubeship.rollout.ports import Observer
from kubeship.workflows.ports import Cluster, Held
from kubeship.workflows.undo_job import WITHOUT, undo_ref, undo_refs, way

LOG_GRACE, POD_PAUSE = 3.0, 0.1
"""Seconds: to wait for a log's end, and between two looks whether the Job has its pod."""


def with_release_names(objects: Iterable[Object]) -> tuple[Object, ...]:
    """The objects, each release Job renamed after what it would run: another digest or variable is another Job."""
    return tuple(_named(item) if is_release_step(item) else item for item in objects)


def split(objects: Iterable[Object]) -> tuple[tuple[Object, ...], tuple[Object, ...]]:
    """Release Jobs in their order, and all the rest."""
    items = tuple(objects)
    steps = [item for item in items if is_release_step(item)]
    steps.sort(key=lambda job: int(job["metadata"]["annotations"][RELEASE_ANNOTATION]))
    return tuple(steps), tuple(item for item in items if not is_release_step(item))


def outcome(job: Object | None) -> str:
    """`absent`, `running`, `succeeded` or `failed`: where a live Job stands (batch/v1 JobCondition)."""
    if job is None:
        return "absent"
    conditions = {c["type"] for c in job.get("status", {}).get("conditions", ()) if c.get("status") == "True"}
    if "Complete" in conditions:
        return "succeeded"
    return "failed" if conditions & {"Failed", "FailureTarget"} else "running"


def compared(
    objects: Iterable[Object], cluster: Cluster, records: Iterable[Revision] = (), seen: Seen | None = None
) -> Changes:
    """What the server would change, in all that isn't there yet or may be applied again.

    A release Job that exists is followed, or replaced because it failed: there is nothing to compare. By the newest of
    the records is told what others changed since, unless that deploy may have been killed midway. What preflight has
    `seen` isn't asked again as far as it still holds.
    """
    last = next((record for record in records if record.applied), None)
    applied = last.objects if last and last.outcome is Outcome.SUCCEEDED else ()
    steps, rest = split(objects)
    absent = [job for job in steps if outcome(cluster.get(ref(job))) == "absent"]
    return cluster.compare([*absent, *rest], applied, seen)


def run_release(steps: tuple[Object, ...], records: Iterable[Revision], held: Held) -> None:
    """Run each step that has not succeeded before; follow the one that runs. Raises ReleaseFailed.

    `records`, newest first, say which steps of earlier runs that were killed may still be at work: two migrations at
    once could hurt each other, so these are waited for.
    """
    if not steps:
        return
    own, records = {ref(job) for job in steps}, tuple(records)
    for record in takewhile(lambda record: record.outcome is not Outcome.SUCCEEDED, records):
        for job in split(record.objects)[0]:
            if ref(job) not in own:
                _await(ref(job), f"release step {job['metadata']['name']} of revision {record.number}", held)
    for target in undo_refs(records):
        _await(target, f"the undoing of a release step ({target.name})", held)
    for job in steps:
        _run_step(job, held)


def _await(target: ObjectRef, what: str, held: Held) -> None:
    job = held.cluster.get(target)
    if job is None or outcome(job) != "running":
        return
    held.emit(Step(f"Waiting for {what}: it still runs"))
    with held.cluster.observe([job]) as observer:
        held.watch(observer)
    if outcome(held.cluster.get(target)) == "running":
        raise ReleaseFailed(
            f"{what} still runs after {held.timeout:.0f} s, and no workload was changed",
            hint=f"wait for its end, or stop it: kubectl delete job {target.name}",
        )


def _run_step(job: Object, held: Held) -> None:
    name = job["metadata"]["name"]
    _clear_if_undone(job, held)
    match outcome(held.cluster.get(ref(job))):
        case "succeeded":
            held.emit(Note(f"Release step {name} has succeeded before: not run again"))
            held.emit(ReleaseStepEnded(name, "skipped"))
            return
        case "failed":
            held.emit(Step(f"Running release step {name} again, which failed before"))
            held.lease.check()
            held.cluster.delete(ref(job))
            held.cluster.apply([job], held.lease, held.emit)
        case "running":
            held.emit(Step(f"Following release step {name}, which is running already"))
        case _:
            held.emit(Step(f"Running release step {name}"))
            held.cluster.apply([job], held.lease, held.emit)
    if failed := follow_step(job, held):
        held.emit(ReleaseStepEnded(name, "failed"))
        raise _failure(job, failed, held)
    held.emit(ReleaseStepEnded(name, "succeeded"))


def _clear_if_undone(job: Object, held: Held) -> None:
    """A rollback that never came to its end has undone the step, or tried to: it runs again."""
    if way(job) in WITHOUT or held.cluster.get(undo_ref(job)) is None:
        return
    held.lease.check()
    held.cluster.delete(ref(job))
    held.cluster.delete(undo_ref(job))


def follow_step(job: Object, held: Held) -> Failed | None:
    """Watch a Job that has been applied to its end, its log streamed."""
    with held.cluster.observe([job]) as observer:
        ended = threading.Event()
        log = threading.Thread(target=_follow, args=(observer, job, held, ended), daemon=True)
        log.start()
        try:
            verdict = held.watch(observer)
        finally:
            ended.set()
        # The last lines may still be on their way when the Job's condition is there.
        log.join(timeout=LOG_GRACE)
    return verdict if isinstance(verdict, Failed) else None


def _follow(observer: Observer, job: Object, held: Held, ended: threading.Event) -> None:
    try:
        while not (pods := observer.snapshot().pods):
            if ended.wait(POD_PAUSE):
                return
        pod = pods[0]
        container = pod["spec"]["containers"][0]["name"]
        held.cluster.follow_log(pod["metadata"]["name"], container, held.emit, job["metadata"]["name"])
    except KubeshipError as error:  # the step goes on, and its Job says how it ends
        held.emit(Caution(f"its log isn't shown further: {error.message}", hint=error.hint))


def _failure(job: Object, verdict: Failed, held: Held) -> ReleaseFailed:
    name, diagnosis = job["metadata"]["name"], verdict.diagnoses[0]
    if outcome(held.cluster.get(ref(job))) == "running":
        return ReleaseFailed(
            f"release step {name} still runs after {held.timeout:.0f} s, and no workload was changed: "
            f"{diagnosis.evidence}",
            hint=f"{diagnosis.remedy}; kubeship deploy again follows it, kubectl delete job {name} stops it",
            details=diagnosis.log,
        )
    return ReleaseFailed(
        f"release step {name} failed, so no workload was changed: {diagnosis.cause}",
        hint=diagnosis.remedy,
        details=diagnosis.log or diagnosis.evidence,
    )


def _named(job: Object) -> Object:
    identity = json.dumps(job["spec"]["template"]["spec"]["containers"], sort_keys=True)
    digest = hashlib.sha256(identity.encode()).hexdigest()[:10]
    metadata = job["metadata"]
    # A Job's name becomes a label of its pods, so 63 characters are the limit.
    return {**job, "metadata": {**metadata, "name": f"{metadata['name'][:52]}-{digest}"}}
