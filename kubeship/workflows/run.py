"""How does one command run as the app does: its image, its configuration, a pod of its own?"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from kubeship.errors import InvalidInput, KubeshipError
from kubeship.model.events import Caution, Emit, Note, Step
from kubeship.model.logs import LogWindow, Sink, Terminal
from kubeship.model.objects import APP_LABEL, COMPONENT_LABEL, Object, pod_template, process_of, ref
from kubeship.model.revision import Revision
from kubeship.model.snapshot import LogRef
from kubeship.model.verdict import Failed, Waiting
from kubeship.rollout.ports import Observer
from kubeship.rollout.redaction import without_values
from kubeship.rollout.verdict import judge, out_of_time
from kubeship.workflows.ports import Cluster
from kubeship.workflows.status import newest

KEPT_SECONDS = 3600
"""How long a run that nobody cleans up, because its kubeship was killed, stays in the cluster after its end."""
LOOK_SECONDS = 1.0
COMPONENT = "run"
OF_SERVERS = frozenset({"livenessProbe", "readinessProbe", "startupProbe", "lifecycle", "ports"})
"""What a container has because it serves; a command doesn't."""
OF_REPLICAS = frozenset({"affinity", "initContainers", "topologySpreadConstraints"})
"""What a pod has because of the others, or of its sidecars."""
Input = Literal["none", "pipe", "terminal"]


@dataclass(frozen=True)
class RunRequest:
    """What `kubeship run` was asked for."""

    app: str
    command: tuple[str, ...]
    process: str | None = None
    """Whose image, variables and limits it gets; None: the web process, or the first one."""
    input: Input = "none"
    """What the command reads: nothing, a pipe, or what somebody types."""
    keep: bool = False
    """Leave the Job and its log in the cluster, for an hour."""
    timeout: float = 600.0
    """Seconds in which the command must have started."""


def run(
    request: RunRequest, cluster: Cluster, emit: Emit, sink: Sink, converse: Callable[[Terminal, str], None]
) -> int:
    """Run the command in a pod of its own and return its exit code.

    What it says goes to `sink`; with input, `converse` gets the container's terminal and what was said before it.
    Raises InvalidInput when there is no such process, and KubeshipError, with the cause, when it can't start.
    """
    revision = newest(request.app, cluster)
    job = one_off(revision, request, secrets.token_hex(3))
    emit(Step(f"Running {' '.join(request.command)} as {job['metadata']['name']}, revision {revision.number}"))
    created = cluster.create(job)
    try:
        with cluster.observe([created]) as observer:
            pod = started(observer, request.timeout, emit)
            log = LogRef(pod["metadata"]["name"], _container(pod), previous=False)
            if request.input != "none" and _ended(pod) is None:
                with cluster.attach(log.pod, log.container, terminal=request.input == "terminal") as terminal:
                    if request.input == "terminal":
                        emit(Note("connected; if there is no prompt, press Enter"))
                    before = cluster.read_logs([log], LogWindow()) if request.input == "terminal" else ()
                    converse(terminal, "\n".join(entry.text for entry in before))
            if request.input != "terminal":
                _show(log, cluster, sink, emit)
            return _exit_code(observer, request.app)
    finally:
        if not request.keep:
            cluster.delete(ref(created))


def one_off(revision: Revision, request: RunRequest, suffix: str) -> Object:
    """The Job of one command: the process' pod without probes, ports, sidecars and replicas. Raises InvalidInput."""
    workload = _workload(revision, request.process)
    template = pod_template(workload) or {}
    spec, metadata = template["spec"], template.get("metadata") or {}
    container = {key: value for key, value in spec["containers"][0].items() if key not in OF_SERVERS}
    if request.input != "none":
        container |= {"stdin": True, "stdinOnce": True, "tty": request.input == "terminal"}
    labels = _labels(revision, metadata.get("labels") or {})
    pod = {
        **{key: value for key, value in spec.items() if key not in OF_REPLICAS},
        "restartPolicy": "Never",
        "containers": [{**container, "command": list(request.command), "args": []}],
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": f"{workload['metadata']['name'][:52]}-run-{suffix}", "labels": labels},
        "spec": {
            "backoffLimit": 0,
            "ttlSecondsAfterFinished": KEPT_SECONDS,
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def started(observer: Observer, timeout: float, emit: Emit) -> Object:
    """The pod, once its container runs or has run; tells what holds it up. Raises KubeshipError when it can't start."""
    deadline = time.monotonic() + timeout
    told: tuple[str, ...] = ()
    while True:
        snapshot = observer.snapshot()
        for pod in snapshot.pods:
            if "running" in _state(pod) or _ended(pod) is not None:
                return pod
        verdict = judge(snapshot)
        if isinstance(verdict, Waiting) and time.monotonic() > deadline:
            verdict = out_of_time(snapshot, timeout)
        if isinstance(verdict, Failed):
            diagnosis, *_ = without_values(verdict.diagnoses, observer)
            raise KubeshipError(
                f"the command can't start: {diagnosis.cause}",
                hint=diagnosis.remedy,
                details=diagnosis.log or diagnosis.evidence,
            )
        if isinstance(verdict, Waiting) and told != (causes := tuple(each.cause for each in verdict.worries)):
            for worry in without_values(verdict.worries, observer):
                emit(Note(f"not started yet: {worry.cause}"))
            told = causes
        observer.wait(LOOK_SECONDS)


def _workload(revision: Revision, process: str | None) -> Object:
    workloads = {process_of(item): item for item in revision.objects if pod_template(item)}
    if process is None:
        serving = {process_of(item) for item in revision.objects if _serves(item)}
        process = next((name for name in workloads if name in serving), next(iter(workloads), None))
    if process is None or process not in workloads:
        known = ", ".join(sorted(workloads)) or "none"
        raise InvalidInput(f"{revision.app} has no process {process}; it has {known}", hint="name one with --process")
    return workloads[process]


def _serves(item: Object) -> bool:
    return bool(item["kind"] == "Service")


def _labels(revision: Revision, labels: dict[str, str]) -> dict[str, str]:
    """As the app's pods have them, but so that no Service sends requests to it."""
    own = {**labels, COMPONENT_LABEL: COMPONENT}
    selectors = [item["spec"].get("selector") or {} for item in revision.objects if _serves(item)]
    if any(selector and selector.items() <= own.items() for selector in selectors):
        return {APP_LABEL: f"{revision.app}-{COMPONENT}"}
    return own


def _show(log: LogRef, cluster: Cluster, sink: Sink, emit: Emit) -> None:
    try:
        cluster.follow(log, sink, LogWindow())
    except KubeshipError as error:  # the command goes on, and its pod says how it ends
        emit(Caution(f"its log isn't shown further: {error.message}", hint=error.hint))


def _exit_code(observer: Observer, app: str) -> int:
    """The command's own, which comes a moment after the end of its log. Raises KubeshipError when the pod is gone."""
    while pods := observer.snapshot().pods:
        if (code := _ended(pods[0])) is not None:
            return code
        observer.wait(LOOK_SECONDS)
    raise KubeshipError(
        f"the pod in which the command of {app} ran was deleted before its end", hint="run the same command again"
    )


def _container(pod: Object) -> str:
    return str(pod["spec"]["containers"][0]["name"])


def _state(pod: Object) -> dict[str, Any]:
    statuses = (pod.get("status") or {}).get("containerStatuses") or ()
    return next((status.get("state") or {} for status in statuses if status["name"] == _container(pod)), {})


def _ended(pod: Object) -> int | None:
    """The exit code; None while it runs, and where the program could not even be started (`StartError`)."""
    ended = _state(pod).get("terminated")
    return int(ended["exitCode"]) if ended and ended.get("reason") not in {"StartError", "ContainerCannotRun"} else None
