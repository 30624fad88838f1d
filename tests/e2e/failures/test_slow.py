"""Is what is only slow waited for, on a real cluster, and never called a failure?"""

from collections.abc import Callable
from typing import Any

import pytest

from kubeship.model.objects import Object
from tests.e2e.conftest import Kubectl
from tests.e2e.failures.checks import assert_healthy, wanted
from tests.e2e.failures.registries import registry_pod
from tests.e2e.failures.rollouts import (
    Case,
    Watched,
    after,
    container,
    deployment,
    http_probe,
    job,
    named,
    on_one_node,
    pod_spec,
    put,
    put_and_await,
    run_all,
    running_before,
    server,
    stateful_set,
)
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e

NAMES = (
    "slow-start",
    "slow-pull",
    "flaky-pull",
    "flaky-start",
    "late-database",
    "late-by-its-own-word",
    "late-secret",
    "late-volume",
    "late-room",
    "late-account",
    "surge-in-a-quota",
    "long-migration",
    "slow-to-be-ready",
    "one-after-the-other",
    "retried-job",
)
FLAKY = """
import os, sys, time
if not os.path.exists("/state/seen"):
    open("/state/seen", "w").close(); sys.exit("the database isn't there yet")
time.sleep(600)
"""
LATE_DATABASE = """
import pathlib, socket, time
tries = pathlib.Path("/state/tries"); tries.touch()
if len(tries.read_text()) < 2:
    tries.write_text(tries.read_text() + "x")
    socket.create_connection(("127.0.0.1", 5432))
time.sleep(600)
"""
LATE_BY_ITS_OWN_WORD = LATE_DATABASE.replace(
    'socket.create_connection(("127.0.0.1", 5432))', 'raise RuntimeError("the feature store is not ready yet")'
)
READY_LATER = "self.send_response(200 if time.time() > start + 12 else 503); self.end_headers()"
TWO_TRIES = "import os, sys; sys.exit(0 if os.path.exists('/state/seen') else open('/state/seen', 'w').close() or 1)"
STATE: dict[str, Any] = {"volumeMounts": [{"name": "state", "mountPath": "/state"}]}
EMPTY: dict[str, Any] = {"volumes": [{"name": "state", "emptyDir": {}}]}


def later(seconds: float, *arguments: str) -> Callable[[Kubectl], None]:
    """kubectl with these arguments, later."""

    def meanwhile(kubectl: Kubectl) -> None:
        after(seconds)(kubectl)
        kubectl(*arguments)

    return meanwhile


def cases(stack: Stack) -> list[Case]:
    def asked(script: str, **more: object) -> Object:
        return container(stack, script, startupProbe=http_probe(failures=60), **more)

    def slow(name: str, workload: Object, **more: object) -> Case:
        return Case(name, (workload,), **more)  # type: ignore[arg-type]

    variable = [{"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "shop", "key": "KEY"}}}]
    mounted = container(stack, volumeMounts=[{"name": "settings", "mountPath": "/settings"}])
    settings: dict[str, Any] = {"volumes": [{"name": "settings", "configMap": {"name": "settings"}}]}
    here = on_one_node(stack)
    port = container(stack, ports=[{"containerPort": 8000, "hostPort": 38124}])
    neighbour = {**named("v1", "Pod", "neighbour"), "spec": pod_spec(port, **here)}
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "shop"}}
    slow_registry, slow_address = registry_pod(stack, seconds=4)
    flaky_registry, flaky_address = registry_pod(stack, failures=2)
    python = "library/python:3.11-slim"
    previous = deployment(container(stack, readinessProbe={"exec": {"command": ["true"]}}), replicas=2)
    following = deployment(
        container(stack, "import time; time.sleep(601)", readinessProbe={"exec": {"command": ["true"]}}),
        replicas=2,
        strategy={"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 1}},
    )
    room = named("v1", "ResourceQuota", "small", spec={"hard": {"pods": "2"}})

    def running(kubectl: Kubectl) -> None:
        running_before(previous)(kubectl)
        put(room)(kubectl)

    return [
        slow("slow-start", deployment(asked(server(before="time.sleep(12)")))),
        slow(
            "slow-pull",
            deployment({**container(stack), "image": f"{slow_address}/{python}", "imagePullPolicy": "Always"}, **here),
            before=put_and_await(slow_registry),
        ),
        slow(
            "flaky-pull",
            deployment({**container(stack), "image": f"{flaky_address}/{python}", "imagePullPolicy": "Always"}, **here),
            before=put_and_await(flaky_registry),
        ),
        slow("flaky-start", deployment(container(stack, FLAKY, **STATE), **EMPTY)),
        slow("late-database", deployment(container(stack, LATE_DATABASE, **STATE), **EMPTY)),
        slow("late-by-its-own-word", deployment(container(stack, LATE_BY_ITS_OWN_WORD, **STATE), **EMPTY)),
        slow(
            "late-secret",
            deployment(container(stack, env=variable)),
            meanwhile=after(2, named("v1", "Secret", "shop", stringData={"KEY": "1"})),
        ),
        slow(
            "late-volume",
            deployment(mounted, **settings),
            meanwhile=after(2, named("v1", "ConfigMap", "settings", data={"a": "1"})),
        ),
        slow(
            "late-room",
            deployment(port, **here),
            before=put_and_await(neighbour),
            meanwhile=later(18, "delete", "pod", "neighbour", "--wait=false"),
        ),
        slow(
            "late-account",
            deployment(container(stack), serviceAccountName="shop"),
            meanwhile=after(4, account),
        ),
        slow("surge-in-a-quota", following, before=running),
        slow("long-migration", job(container(stack, "import time\nfor n in range(15): print(n); time.sleep(1)"))),
        slow(
            "slow-to-be-ready",
            deployment(
                container(stack, server(READY_LATER, before="start = time.time()"), readinessProbe=http_probe())
            ),
        ),
        slow(
            "one-after-the-other",
            stateful_set(asked(server(before="time.sleep(3)")), replicas=3),
        ),
        slow(
            "retried-job",
            job(container(stack, TWO_TRIES, **STATE), spec={"backoffLimit": 2}, restartPolicy="OnFailure", **EMPTY),
        ),
    ]


@pytest.fixture(scope="module")
def outcomes(stack: Stack, request: pytest.FixtureRequest) -> dict[str, tuple[Case, Watched | BaseException]]:
    all_cases = wanted(request, cases(stack))
    found = run_all(stack, all_cases)
    return {case.name: (case, found[case.name]) for case in all_cases}


@pytest.mark.parametrize("name", NAMES)
def test_slow_rollout_is_waited_for(name: str, outcomes: dict[str, tuple[Case, Watched | BaseException]]) -> None:
    assert_healthy(*outcomes[name])
