"""Is what a probe was answered named, and where the program listens instead, on a real cluster?"""

import pytest

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from tests.e2e.failures.checks import assert_named, parameters, wanted
from tests.e2e.failures.rollouts import (
    Case,
    Watched,
    after_events,
    container,
    deployment,
    http_probe,
    named,
    run_all,
    server,
    slowness,
)
from tests.stack.addresses import Stack, load

pytestmark = pytest.mark.e2e

SOAK = {
    "400",
    "401",
    "503",
    "by-tls",
    "command",
    "loopback",
    "no-endpoints",
    "nothing",
    "other-port",
    "probe-of-the-node",
    "progress-deadline",
    "unix-socket",
}
"""Much like others."""

SERVING_HTTP = 'print("Serving HTTP on", "{}", "port {}", flush=True)'
TO_HTTPS = (
    'self.send_response(301); self.send_header("Location", "https://" + self.headers["Host"] + "/"); self.end_headers()'
)
BROKEN = "raise RuntimeError('no such table')"
ON_A_SOCKET = """
import socketserver
print("Listening at: unix:/tmp/app.sock (1)", flush=True)
socketserver.UnixStreamServer("/tmp/app.sock", socketserver.BaseRequestHandler).serve_forever()
"""
IN_PROCESS = """
import http.client, sys
c = http.client.HTTPConnection("127.0.0.1", 8000, timeout=1); c.request("GET", "/"); c.getresponse()
"""
BY_NAME = {"httpGet": {"path": "/", "port": "web"}}
killed = after_events("Killing", 1, "failed startup probe")


def restarted(snapshot: Snapshot) -> str:
    """The start of the instance that follows the one whose budget was used up: its Killing event may be lost."""
    ends = [
        (status.get("lastState") or {}).get("terminated", {}).get("finishedAt") or ""
        for pod in snapshot.pods
        for status in pod.get("status", {}).get("containerStatuses") or ()
    ]
    return killed(snapshot) or max(ends, default="")


def answering(status: int) -> str:
    return server(f"self.send_response({status}); self.end_headers()")


def cases(stack: Stack) -> list[Case]:
    def startup(name: str, script: str, cause: str, evidence: str, probe: Object | None = None) -> Case:
        asked = container(stack, script, startupProbe=probe or http_probe(failures=int(15 * slowness())))
        return Case(name, (deployment(asked),), cause, evidence, restarted, timeout=90)

    silent = "import time; time.sleep(600)"
    service = named(
        "v1",
        "Service",
        "shop-web",
        spec={"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": "http"}]},
    )
    unready = deployment(container(stack, answering(404), readinessProbe=http_probe()))
    only_ready = server("self.send_response(200 if self.path == '/ready' else 404); self.end_headers()")
    live = http_probe("/live", period=3, failures=3)
    doomed = container(stack, only_ready, readinessProbe=http_probe("/ready"), livenessProbe=live)
    return [
        startup(
            "other-port",
            server(port=5000, say=SERVING_HTTP.format("0.0.0.0", 5000)),
            "the program listens on port 5000",
            "Serving HTTP on 0.0.0.0 port 5000",
        ),
        startup(
            "other-port-silently",
            server(port=5000),
            "in the pod, only port 5000 is listened on",
            "/proc/net/tcp in the pod: 0.0.0.0:5000 LISTEN",
        ),
        startup(
            "loopback",
            server(host="127.0.0.1", say=SERVING_HTTP.format("127.0.0.1", 8000)),
            "the program listens on 127.0.0.1 only",
            "127.0.0.1",
        ),
        startup(
            "loopback-silently",
            server(host="127.0.0.1"),
            "the program listens on 127.0.0.1 only",
            "/proc/net/tcp in the pod: 127.0.0.1:8000 LISTEN",
        ),
        startup(
            "unix-socket",
            ON_A_SOCKET,
            "the program listens on the socket /tmp/app.sock only, and on no port",
            "Listening at: unix:/tmp/app.sock",
        ),
        startup("nothing", silent, "nothing in the pod listens on any port", "no LISTEN"),
        startup("400", answering(400), "answers 400: it refuses the probe's Host header", "statuscode: 400"),
        startup("401", answering(401), "wants a login (401)", "statuscode: 401"),
        startup("404", answering(404), "GET /healthz on port 8000): answers 404", "statuscode: 404"),
        startup("301", server(TO_HTTPS), "redirects the probe to https", "https"),
        startup("500", server(BROKEN), "web fails: RuntimeError: no such table", "RuntimeError"),
        startup("503", answering(503), "answers 503", "statuscode: 503"),
        startup("slow", server("time.sleep(20)"), "doesn't answer in time", "Startup probe failed"),
        startup(
            "command",
            silent,
            "nothing listens there (connection refused)",
            "Connection refused",
            {
                "exec": {"command": ["python", "-c", IN_PROCESS]},
                "periodSeconds": 2,
                "failureThreshold": 5,
                "timeoutSeconds": 5,
            },
        ),
        startup(
            "by-tls",
            answering(200),
            "speaks plain HTTP, and the probe asks by TLS",
            "Get",
            http_probe(failures=int(15 * slowness()), scheme="HTTPS"),
        ),
        Case(
            "port-name",
            (deployment(container(stack, answering(200), readinessProbe={**http_probe(), **BY_NAME})),),
            "asks for the port web, and no port of the container has that name",
            "strconv.Atoi",
            after_events("Unhealthy", 3),
        ),
        startup(
            "probe-of-the-node",
            answering(200),
            "asks 127.0.0.1, which for the kubelet is the node",
            "127.0.0.1",
            http_probe(failures=int(15 * slowness()), host="127.0.0.1", port=9),
        ),
        Case(
            "liveness-of-the-ready",
            (deployment(doomed),),
            "liveness probe (GET /live on port 8000): answers 404",
            "statuscode: 404",
            after_events("Killing", 2, "failed liveness probe"),
        ),
        Case(
            "readiness",
            (unready,),
            "readiness probe (GET /healthz on port 8000): answers 404",
            "statuscode: 404",
            timeout=25,
        ),
        Case(
            "progress-deadline",
            (
                _with_deadline(
                    deployment(container(stack, answering(404), readinessProbe=http_probe())), int(20 * slowness())
                ),
            ),
            "readiness probe (GET /healthz on port 8000): answers 404",
            "statuscode: 404",
            _deadline_exceeded,
        ),
        Case(
            "no-endpoints",
            (deployment(container(stack, answering(200), readinessProbe=http_probe())), service),
            "Service shop-web has no ready endpoints: its pods have no port http",
            "targetPort http",
            timeout=25,
        ),
        Case(
            "no-selected-pod",
            (
                deployment(container(stack, answering(200), readinessProbe=http_probe())),
                {
                    **service,
                    "metadata": {"name": "shop-web", "labels": {"app.kubernetes.io/name": "shop"}},
                    "spec": {"selector": {"app": "wbe"}, "ports": [{"port": 80}]},
                },
            ),
            "Service shop-web reaches no pod",
            "selector app=wbe",
            timeout=40,
        ),
    ]


def _with_deadline(workload: Object, seconds: int) -> Object:
    return {**workload, "spec": {**workload["spec"], "progressDeadlineSeconds": seconds}}


def _deadline_exceeded(snapshot: Snapshot) -> str:
    conditions = [c for w in snapshot.workloads for c in w["status"].get("conditions") or ()]
    found = (c["lastTransitionTime"] for c in conditions if c.get("reason") == "ProgressDeadlineExceeded")
    return max(found, default="")


CASES = {case.name: case for case in cases(load())}


@pytest.fixture(scope="module")
def outcomes(stack: Stack, request: pytest.FixtureRequest) -> dict[str, Watched | BaseException]:
    return run_all(stack, wanted(request, list(CASES.values())))


@pytest.mark.parametrize("name", parameters(CASES, SOAK))
def test_failing_probe_is_named(name: str, outcomes: dict[str, Watched | BaseException]) -> None:
    assert_named(CASES[name], outcomes[name])
