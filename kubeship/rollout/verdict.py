"""Is the rollout ready, certainly failed, or under way? Pure, from one snapshot."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kubeship.model.objects import Object, ObjectRef, ref
from kubeship.model.snapshot import Snapshot
from kubeship.model.verdict import Diagnosis, Failed, Ready, Verdict, Waiting
from kubeship.rollout.causes import WORKLOAD_CAUSES, conclude
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.crashes import LAST_LINES, crashed
from kubeship.rollout.causes.creation import pods_refused
from kubeship.rollout.events import events_of
from kubeship.rollout.liveness import in_doubt
from kubeship.rollout.ownership import newest_pods
from kubeship.rollout.pods import PodSnapshot, condition, pod_snapshot, seconds_between
from kubeship.rollout.readiness import SETTLED, failure, observed, progress, settling
from kubeship.rollout.redaction import redacted_diagnosis, secret_values
from kubeship.rollout.services import without_endpoints
from kubeship.rollout.surge import beside_older_pods
from kubeship.rollout.timeline import histories, pod_states

MORE_TIME = "raise `rollout: {timeout: ...}` in kubeship.yaml if it only needs more time"
WAITING_JOB = (
    "a migration that doesn't get on often waits for a lock (PostgreSQL: select * from pg_stat_activity where "
    "wait_event_type = 'Lock')"
)


def judge(snapshot: Snapshot) -> Verdict:
    """Ready when each workload is and each Service has endpoints; failed when one certainly can't become ready.

    Nothing becomes certain by a log: it makes the diagnosis better, and may tell of a server that can still come up.
    """
    if snapshot.gone:
        return Failed(tuple(_deleted(name) for name in snapshot.gone), snapshot.gone)
    standings = tuple(_standing(workload, snapshot) for workload in snapshot.workloads)
    failed = [standing for standing in standings if standing.failed]
    if failed:
        return Failed(
            _shown(snapshot, [diagnosis for standing in failed for diagnosis in standing.diagnoses]),
            tuple(ref(standing.workload) for standing in failed),
            histories(snapshot),
        )
    silent = without_endpoints(snapshot) if all(standing.ready for standing in standings) else ()
    hopeless = [conclusion.diagnosis for conclusion in silent if conclusion.certain]
    if hopeless:
        return Failed(_shown(snapshot, hopeless))
    if all(standing.ready for standing in standings) and not silent:
        return Ready()
    worries = [d for standing in standings for d in standing.diagnoses] + [c.diagnosis for c in silent]
    return Waiting(summaries(snapshot), _shown(snapshot, worries), pod_states(snapshot))


def _deleted(name: ObjectRef) -> Diagnosis:
    return Diagnosis(
        cause=f"{name} isn't there any more: somebody deleted it",
        evidence="it was applied, and the cluster doesn't have it",
        remedy="find out who or what deleted it (with its namespace? kubectl get namespace), then deploy again",
        subject=str(name),
        rule="what isn't there can't become ready",
    )


def summaries(snapshot: Snapshot) -> tuple[str, ...]:
    """One line a workload: `shop-web: 1 of 2 updated pods available`."""
    return tuple(_summary(workload, snapshot) for workload in snapshot.workloads)


def _summary(workload: Object, snapshot: Snapshot) -> str:
    summary = progress(workload).summary
    if progress(workload).ready and (unless := _settling(workload, snapshot)):
        return f"{summary}, unless {unless}"
    return summary


def _settling(workload: Object, snapshot: Snapshot) -> str:
    """What may still happen to pods that Kubernetes calls ready; empty when nothing that is worth waiting for."""
    pods = newest_pods(workload, snapshot) if workload["kind"] != "Job" else ()
    if settling(pods, snapshot.taken):
        return f"it ends within {SETTLED:.0f} s: it has no probe"
    doubtful = any(in_doubt(pod_snapshot(pod, snapshot)) for pod in pods)
    return "its liveness probe fails" if doubtful else ""


def out_of_time(snapshot: Snapshot, timeout: float) -> Failed:
    """The verdict when time is up: what was only a worry is now the best explanation there is. Seconds."""
    rule = f"not ready after {timeout:.0f} s (rollout.timeout)"
    standings = [standing for workload in snapshot.workloads if not (standing := _standing(workload, snapshot)).ready]
    explained = [d for standing in standings for d in standing.diagnoses]
    explained += [c.diagnosis for c in without_endpoints(snapshot) if not standings]
    unexplained = [_unexplained(s.workload, snapshot) for s in standings if not s.diagnoses]
    diagnoses = [replace(diagnosis, rule=rule) for diagnosis in (*explained, *unexplained)]
    workloads = tuple(ref(standing.workload) for standing in standings)
    return Failed(_shown(snapshot, diagnoses), workloads, histories(snapshot))


@dataclass(frozen=True)
class _Standing:
    """Where one workload stands."""

    workload: Object
    ready: bool
    failed: bool = False
    diagnoses: tuple[Diagnosis, ...] = ()
    """Why it failed, or what looks bad."""


def _standing(workload: Object, snapshot: Snapshot) -> _Standing:
    if not observed(workload):
        return _unobserved(workload, snapshot)
    if progress(workload).ready and not _settling(workload, snapshot):
        return _Standing(workload, ready=True)
    pods = [pod_snapshot(pod, snapshot) for pod in newest_pods(workload, snapshot)]
    concluded = [(pod, conclude(pod)) for pod in pods]
    absent = [found for question in WORKLOAD_CAUSES if (found := question(workload, snapshot))]
    conclusions = [beside_older_pods(workload, c, snapshot) for c in (*absent, *(c for _, c in concluded if c))]
    diagnoses = [c.diagnosis for c in sorted(conclusions, key=lambda c: not c.certain)]
    over = _over(workload, pods)
    if over:
        diagnoses = [replace(d, rule=over.rule) for d in diagnoses]
        # Whoever is ended from outside has last words of its own, but they aren't why.
        diagnoses = [over, *diagnoses] if over.evidence.startswith("DeadlineExceeded") else diagnoses or [over]
    failed = over is not None or any(c.certain for c in absent) or _doomed(workload, concluded)
    subject = str(ref(workload))
    return _Standing(workload, ready=False, failed=failed, diagnoses=_distinct(diagnoses, subject))


def _unobserved(workload: Object, snapshot: Snapshot) -> _Standing:
    """A controller that can't make the first thing that it needs doesn't write that it has seen the change."""
    refused = pods_refused(workload, snapshot) if not newest_pods(workload, snapshot) else None
    if refused is None:
        return _Standing(workload, ready=False)
    return _Standing(workload, False, refused.certain, _distinct([refused.diagnosis], str(ref(workload))))


def _doomed(workload: Object, concluded: list[tuple[PodSnapshot, Conclusion | None]]) -> bool:
    """Whether the pods alone decide that it can't become ready.

    A Deployment keeps its old pods until the new ones are ready, so it is lost only when all new ones are. A
    StatefulSet or DaemonSet waits for each pod. A Job counts its crashes itself; a pod that can't even start is never
    counted.
    """
    certain = [bool(conclusion and conclusion.certain) for _, conclusion in concluded]
    match workload["kind"]:
        case "Deployment":
            return bool(certain) and all(certain)
        case "Job":
            crashes = [any(crashed(container) for container in pod.containers) for pod, _ in concluded]
            return any(stuck and not crash for stuck, crash in zip(certain, crashes, strict=True))
        case _:
            return any(certain)


def _over(workload: Object, pods: list[PodSnapshot]) -> Diagnosis | None:
    """The controller itself has given up: a Deployment's deadline, a failed Job.

    ProgressDeadlineExceeded stays on a Deployment until its next version makes progress, so it counts only when it
    came after the newest pods.
    """
    name = workload["metadata"]["name"]
    if workload["kind"] == "Job":
        failed = failure(workload)
        if not failed:
            return None
        reason = failed.get("reason", "Failed")
        if reason == "DeadlineExceeded":
            return _too_long(workload, failed)
        return Diagnosis(
            cause=f"Job {name} failed: {failed.get('message') or reason}",
            evidence=f"{reason}: {failed.get('message', '')}",
            remedy=f"read its log: kubectl logs job/{name}",
            rule=f"the Job has failed ({reason})",
        )
    progressing = condition(workload, "Progressing")
    if progressing.get("reason") != "ProgressDeadlineExceeded":
        return None
    since = progressing.get("lastTransitionTime") or ""
    if not pods or max(pod.pod["metadata"].get("creationTimestamp", "") for pod in pods) > since:
        return None
    deadline = workload["spec"].get("progressDeadlineSeconds", 600)
    return Diagnosis(
        cause=f"{name} made no progress for {deadline} s",
        evidence=f"ProgressDeadlineExceeded: {progressing.get('message', '')}",
        remedy="kubectl describe its pods; raise progressDeadlineSeconds if it only needs more time",
        rule=f"no progress for {deadline} s (progressDeadlineSeconds)",
    )


def _too_long(job: Object, failed: Object) -> Diagnosis:
    deadline = job["spec"].get("activeDeadlineSeconds")
    return Diagnosis(
        cause=f"Job {job['metadata']['name']} was ended after {deadline} s, its activeDeadlineSeconds",
        evidence=f"DeadlineExceeded: {failed.get('message', '')}",
        remedy="see what it waited for (a migration: a lock in the database), or raise activeDeadlineSeconds",
        rule="the Job has failed (DeadlineExceeded)",
    )


def _unexplained(workload: Object, snapshot: Snapshot) -> Diagnosis:
    """Nothing looks bad: say what is missing, and the newest thing that was said about its pods."""
    pods = newest_pods(workload, snapshot)
    if running := _still_running(workload, snapshot):
        return running
    events = [event for pod in pods for event in events_of(pod, snapshot.events)]
    said = next((f"{e.get('reason')}: {e.get('message')}" for e in reversed(events)), "")
    return Diagnosis(
        cause=f"still waiting for {_summary(workload, snapshot)}",
        evidence=said or ("no event about its pods" if pods else "it has no pods of the new version"),
        remedy=MORE_TIME,
        subject=str(ref(workload)),
    )


def _still_running(workload: Object, snapshot: Snapshot) -> Diagnosis | None:
    """A Job or an init container that works, or waits: its last words tell which."""
    pods = [pod_snapshot(pod, snapshot) for pod in newest_pods(workload, snapshot)]
    job = workload["kind"] == "Job"
    running = [each for pod in pods for each in pod.containers if each.running and (job or not each.must_run)]
    container = next(iter(running), None)
    if container is None:
        return None
    lasted = seconds_between(container.running.get("startedAt") or "", snapshot.taken)
    lines = [line.strip() for line in container.current_log.splitlines() if line.strip()]
    name = f"Job {workload['metadata']['name']}" if job else f"the init container {container.name}"
    otherwise = WAITING_JOB if job else "otherwise see what it waits for: the others start after it"
    return Diagnosis(
        cause=f"{name} still runs after {lasted:.0f} s",
        evidence=lines[-1] if lines else "it has said nothing yet",
        remedy=f"{MORE_TIME}; {otherwise}",
        subject=str(ref(workload)),
        log="\n".join(lines[-LAST_LINES:]),
    )


def _distinct(diagnoses: list[Diagnosis], subject: str) -> tuple[Diagnosis, ...]:
    """One for each cause: ten replicas that fail alike are one finding."""
    return tuple({d.cause: replace(d, subject=subject) for d in reversed(diagnoses)}.values())[::-1]


def _shown(snapshot: Snapshot, diagnoses: list[Diagnosis]) -> tuple[Diagnosis, ...]:
    secrets = secret_values(_with_variables(snapshot))
    return tuple(redacted_diagnosis(diagnosis, secrets) for diagnosis in diagnoses)


def _with_variables(snapshot: Snapshot) -> Iterator[Object]:
    yield from snapshot.workloads
    yield from snapshot.pods
