"""What do an app's containers say? Those of the revision that runs: once, or as they go on."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from kubeship.errors import InvalidInput
from kubeship.model.logs import LogEntry, LogWindow, Sink
from kubeship.model.objects import Object, pod_template, process_of, ref
from kubeship.model.snapshot import LogRef
from kubeship.workflows.ports import Cluster
from kubeship.workflows.status import newest

WHOLE = LogWindow()
LOOK_SECONDS = 5.0
"""How long new pods may stay unseen while nothing tells of them."""


@dataclass(frozen=True)
class LogsRequest:
    """What `kubeship logs` was asked for."""

    app: str
    processes: tuple[str, ...] = ()
    """Names in kubeship.yaml, or of workloads; empty: all."""
    container: str | None = None
    window: LogWindow = WHOLE
    pattern: re.Pattern[str] | None = None
    """Only lines in which it is found."""


def logs(request: LogsRequest, cluster: Cluster) -> tuple[LogEntry, ...]:
    """What was said until now, by all containers in the order of time. Raises InvalidInput for unknown names."""
    with cluster.observe(workloads(request, cluster)) as observer:
        wanted = tuple(_logs(observer.snapshot().pods, request))
    return tuple(entry for entry in cluster.read_logs(wanted, request.window) if _wanted(entry, request))


def follow_logs(request: LogsRequest, cluster: Cluster, sink: Sink) -> None:
    """Hand over what is said, pods that come later included, until nothing can be said any more.

    A Deployment comes to that end when it is deleted; until then the caller interrupts. Raises InvalidInput for unknown
    names.
    """
    guard, followed, failures = threading.Lock(), dict[LogRef, threading.Thread](), list[Exception]()

    def hand_over(entry: LogEntry) -> None:
        if _wanted(entry, request):
            with guard:
                sink(entry)

    def listen(log: LogRef) -> None:
        try:
            cluster.follow(log, hand_over, request.window)
        except Exception as error:  # it belongs to the thread that waits for all of them
            failures.append(error)

    with cluster.observe(workloads(request, cluster)) as observer:
        while not failures:
            snapshot = observer.snapshot()
            for log in _logs(snapshot.pods, request):
                if log not in followed:
                    followed[log] = threading.Thread(target=listen, args=(log,), daemon=True)
                    followed[log].start()
            lasting = any(item["kind"] != "Job" for item in snapshot.workloads)
            begun = followed or not snapshot.workloads
            if begun and not lasting and not any(thread.is_alive() for thread in followed.values()):
                return
            observer.wait(LOOK_SECONDS)
    raise failures[0]


def workloads(request: LogsRequest, cluster: Cluster) -> tuple[Object, ...]:
    """The workloads that were asked for, of the revision that runs; of a CronJob the runs that are still there.

    Raises InvalidInput, naming those there are.
    """
    running = [item for item in newest(request.app, cluster).objects if pod_template(item)]
    names = {name: item for item in running for name in (item["metadata"]["name"], process_of(item))}
    for wanted in request.processes:
        if wanted not in names:
            known = ", ".join(sorted({process_of(item) for item in running}))
            raise InvalidInput(f"{request.app} has no process {wanted}; it has {known}", hint="name one of these")
    chosen = [names[name] for name in request.processes] or running
    return tuple(
        each for item in chosen for each in (cluster.jobs_of(ref(item)) if item["kind"] == "CronJob" else (item,))
    )


def parse_pattern(text: str) -> re.Pattern[str]:
    """A regular expression as `--grep` takes it. Raises InvalidInput."""
    try:
        return re.compile(text)
    except re.error as error:
        raise InvalidInput(f"--grep {text!r} is no regular expression: {error}", hint="correct it") from error


def _logs(pods: tuple[Object, ...], request: LogsRequest) -> Iterator[LogRef]:
    for pod in pods:
        spec = pod.get("spec") or {}
        for container in (*(spec.get("initContainers") or ()), *spec["containers"]):
            if request.container in {None, container["name"]}:
                yield LogRef(pod["metadata"]["name"], container["name"], request.window.previous)


def _wanted(entry: LogEntry, request: LogsRequest) -> bool:
    return request.pattern is None or bool(request.pattern.search(entry.text))
