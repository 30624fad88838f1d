"""How is a rollout made to fail, or to be slow, for real? Each in a namespace of its own, many at once."""

import json
import math
import os
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from kubeship.cluster.client import KubernetesCluster
from kubeship.cluster.connect import connect
from kubeship.model.events import Event, RolloutProgress
from kubeship.model.objects import Object
from kubeship.model.snapshot import LogRef, Snapshot, Surroundings
from kubeship.model.verdict import Failed, Ready
from kubeship.rollout.events import occurrences
from kubeship.rollout.ports import Observer
from kubeship.rollout.readiness import failure
from kubeship.rollout.watch import watch
from tests.e2e.conftest import Kubectl
from tests.stack.addresses import Stack

Moment = Callable[[Snapshot], str]
"""When it became certain, RFC 3339, by the cluster's own word; empty when it can't be told."""


@dataclass(frozen=True)
class Case:
    """A rollout, and what is to be said of it."""

    name: str
    objects: tuple[Object, ...]
    cause: str = ""
    """Part of the diagnosis' cause."""
    evidence: str = ""
    """Part of its evidence."""
    certain: Moment | None = None
    """None: nothing makes it certain but that time is up."""
    timeout: float = 100
    at_most: float = math.inf
    """Seconds, also on a slow machine: Kubernetes itself goes on to something else then."""
    before: Callable[[Kubectl], None] = lambda kubectl: None
    """Puts into the namespace what others would have put there."""
    meanwhile: Callable[[Kubectl], None] = lambda kubectl: None
    """Runs beside the rollout."""
    afterwards: Callable[[Kubectl], None] = lambda kubectl: None
    """Puts right what would keep the namespace from going."""
    labels: dict[str, str] = field(default_factory=dict)
    """Of the namespace."""


@dataclass
class Watched:
    """What came of it."""

    verdict: Ready | Failed
    said: datetime
    last: Snapshot
    events: list[Event]
    seconds: float

    def worries(self) -> set[str]:
        """All causes that were mentioned while it waited."""
        return {worry.cause for event in self.events if isinstance(event, RolloutProgress) for worry in event.worries}


AT_ONCE = 6
"""Rollouts of one file: several files run at the same time, and pods start slowly where too many do."""


def slowness() -> float:
    """How many times longer than on a quiet machine everything takes here, now."""
    return min(max(os.getloadavg()[0] / (os.cpu_count() or 1) / 2, 1.0), 4.0)


def run_all(stack: Stack, cases: Sequence[Case]) -> dict[str, Watched | BaseException]:
    """Roll all of them out, AT_ONCE at a time; by name."""

    def one(case: Case) -> Watched | BaseException:
        try:
            return rolled_out(stack, case)
        except Exception as error:  # shown by the test of that case
            return error

    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        return dict(zip((case.name for case in cases), pool.map(one, cases), strict=True))


def rolled_out(stack: Stack, case: Case) -> Watched:
    """Apply a case's objects, and watch them to their end."""
    events: list[Event] = []
    with namespace(stack, case.labels) as kubectl:
        cluster = connect(stack.context, kubectl.namespace, events.append)
        _wait_for_service_account(kubectl)
        case.before(kubectl)
        began = time.monotonic()
        with cluster.lease("shop", "test@here:1") as lease:
            cluster.apply(case.objects, lease, events.append)
        beside = threading.Thread(target=case.meanwhile, args=(kubectl,), daemon=True)
        beside.start()
        with cluster.observe(case.objects) as observation:
            observer = Remembering(observation)
            verdict = watch(observer, min(case.timeout * slowness(), case.at_most), events.append)
            said = datetime.now(UTC)
        beside.join(timeout=30)
        case.afterwards(kubectl)
        return Watched(verdict, said, observer.last, events, time.monotonic() - began)


@contextmanager
def namespace(stack: Stack, labels: dict[str, str]) -> Iterator[Kubectl]:
    """A namespace that is deleted afterwards."""
    name = f"e2e-fail-{uuid.uuid4().hex[:8]}"
    kubectl = Kubectl(stack, name)
    kubectl.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
    try:
        yield kubectl
    finally:
        kubectl("delete", "namespace", name, "--wait=false")


def _wait_for_service_account(kubectl: Kubectl) -> None:
    """A namespace gets its `default` a moment after it was made."""
    end = time.monotonic() + 20
    while "default" not in kubectl("get", "serviceaccount", "-o", "name") and time.monotonic() < end:
        time.sleep(0.2)


@dataclass
class Remembering:
    """An observer that keeps the last picture that was asked for."""

    inner: Observer
    last: Snapshot = field(default_factory=lambda: Snapshot(datetime.now(UTC)))

    def snapshot(self) -> Snapshot:
        self.last = self.inner.snapshot()
        return self.last

    def wait(self, seconds: float) -> None:
        self.inner.wait(seconds)

    def logs(self, wanted: Collection[LogRef]) -> dict[LogRef, str]:
        return self.inner.logs(wanted)

    def sockets(self, pods: Collection[str]) -> dict[str, str]:
        return self.inner.sockets(pods)

    def surroundings(self) -> Surroundings:
        return self.inner.surroundings()

    def masking(self) -> Callable[[str], str]:
        return self.inner.masking()


# What makes a cause certain, as the rule beside it says.


def after_events(reason: str, count: int, words: str = "") -> Moment:
    """The COUNTth event with that reason; the kubelet adds up the same ones."""

    def moment(snapshot: Snapshot) -> str:
        found = [e for e in snapshot.events if e.get("reason") == reason and words in (e.get("message") or "")]
        return max((e.get("lastTimestamp") or "" for e in found), default="") if occurrences(found) >= count else ""

    return moment


def second_end(snapshot: Snapshot) -> str:
    """The end of the last instance, of a container that has been started again."""
    ends = [
        end.get("finishedAt") or ""
        for pod in snapshot.pods
        for kind in ("initContainerStatuses", "containerStatuses")
        for status in pod.get("status", {}).get(kind) or ()
        for end in ((status.get("state") or {}).get("terminated"), (status.get("lastState") or {}).get("terminated"))
        if end and status.get("restartCount")
    ]
    return max(ends, default="")


def refused_by_kubelet(snapshot: Snapshot) -> str:
    """The first Failed event: one look was enough."""
    found = [e.get("firstTimestamp") or "" for e in snapshot.events if e.get("reason") == "Failed"]
    return min(found, default="")


def second_kill(snapshot: Snapshot) -> str:
    """The newest event of the kubelet's that says that it kills a container for its liveness probe."""
    found = [e.get("lastTimestamp") or "" for e in snapshot.events if e.get("reason") == "Killing"]
    return max(found, default="")


def job_failed(snapshot: Snapshot) -> str:
    """The Job's condition Failed, or that it will have that as soon as its pods have ended."""
    found = (failure(workload) for workload in snapshot.workloads if workload["kind"] == "Job")
    return max((each.get("lastTransitionTime") or "" for each in found), default="")


def lag(watched: Watched, case: Case) -> float | None:
    """Seconds from what made it certain to the verdict; None where nothing in the last picture says when that was.

    The API's times have no fractions, so it is one less.
    """
    moment = case.certain(watched.last) if case.certain else ""
    return (watched.said - datetime.fromisoformat(moment)).total_seconds() - 1 if moment else None


# Objects.


def image(stack: Stack) -> str:
    """Python and a shell, which every node of the stack has."""
    return f"{stack.registry}/library/python:3.11-slim"


def container(stack: Stack, script: str = "import time; time.sleep(600)", **more: Any) -> Object:
    return {"name": "web", "image": image(stack), "command": ["python", "-u", "-c", script], **more}


def pod_spec(*containers: Object, **more: Any) -> Object:
    return {"containers": list(containers), "terminationGracePeriodSeconds": 1, **more}


def deployment(*containers: Object, replicas: int = 1, strategy: Object | None = None, **pod: Any) -> Object:
    labels = {"app.kubernetes.io/name": "shop", "app": "web"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "shop-web", "labels": labels},
        "spec": {
            "replicas": replicas,
            **({"strategy": strategy} if strategy else {}),
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod_spec(*containers, **pod)},
        },
    }


def stateful_set(*containers: Object, replicas: int = 2, **spec: Any) -> Object:
    web = deployment(*containers, replicas=replicas, **spec)
    return {**web, "kind": "StatefulSet", "spec": {**web["spec"], "serviceName": "shop-web"}}


def daemon_set(*containers: Object, **spec: Any) -> Object:
    web = deployment(*containers, **spec)
    return {**web, "kind": "DaemonSet", "spec": {k: v for k, v in web["spec"].items() if k != "replicas"}}


def job(*containers: Object, spec: Object | None = None, **pod: Any) -> Object:
    """`spec`: of the Job itself."""
    template = {"spec": {"restartPolicy": "Never", **pod_spec(*containers, **pod)}}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "shop-release"},
        "spec": {"backoffLimit": 0, **(spec or {}), "template": template},
    }


def named(api_version: str, kind: str, name: str, **fields: Any) -> Object:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **fields}


def on_one_node(stack: Stack) -> Object:
    """A selector: where two pods must meet, one of the nodes."""
    nodes = json.loads(Kubectl(stack, "default")("get", "nodes", "-o", "json"))["items"]
    return {"nodeSelector": {"kubernetes.io/hostname": nodes[0]["metadata"]["labels"]["kubernetes.io/hostname"]}}


def put(*objects: Object) -> Callable[[Kubectl], None]:
    """Create them in the namespace."""

    def before(kubectl: Kubectl) -> None:
        for item in objects:
            kubectl.apply(item)

    return before


def put_and_await(*pods: Object) -> Callable[[Kubectl], None]:
    """Create pods in the namespace, and wait until they are ready."""

    def before(kubectl: Kubectl) -> None:
        put(*pods)(kubectl)
        for pod in pods:
            kubectl("wait", "--for=condition=Ready", f"pod/{pod['metadata']['name']}", "--timeout=60s")

    return before


def running_before(workload: Object) -> Callable[[Kubectl], None]:
    """Have that version of it rolled out, as an earlier deploy of kubeship's would have."""

    def before(kubectl: Kubectl) -> None:
        kubectl("apply", "--server-side", "--field-manager=kubeship", "-f", "-", text=json.dumps(workload))
        name = f"{workload['kind'].lower()}/{workload['metadata']['name']}"
        kubectl("rollout", "status", name, "--timeout=90s")

    return before


def after(seconds: float, *objects: Object) -> Callable[[Kubectl], None]:
    """Create them in the namespace, later."""

    def meanwhile(kubectl: Kubectl) -> None:
        time.sleep(seconds)
        put(*objects)(kubectl)

    return meanwhile


HTTP = """
import http.server, sys, time
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        {answer}
    def log_message(self, *a): pass
{before}
server = http.server.ThreadingHTTPServer(({host!r}, {port}), H)
{say}
server.serve_forever()
"""


def server(
    answer: str = "self.send_response(200); self.end_headers()",
    host: str = "0.0.0.0",
    port: int = 8000,
    before: str = "",
    say: str = "",
) -> str:
    """A small web server's source."""
    return HTTP.format(answer=answer, host=host, port=port, before=before, say=say)


def http_probe(path: str = "/healthz", port: int = 8000, period: int = 1, failures: int = 5, **more: Any) -> Object:
    get = {"path": path, "port": port, **more}
    return {"httpGet": get, "periodSeconds": period, "failureThreshold": failures, "timeoutSeconds": 1}


def dumped(watched: Watched) -> str:
    """For the message of an assertion."""
    return json.dumps([repr(watched.verdict), sorted(watched.worries())], indent=1)


def cluster_of(stack: Stack, kubectl: Kubectl) -> KubernetesCluster:
    return connect(stack.context, kubectl.namespace, lambda _: None)
