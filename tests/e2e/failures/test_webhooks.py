"""Is a webhook named that denies pods or falls silent in a rollout, and one that changes pods waited for?"""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kubeship.model.objects import Object
from tests.e2e.conftest import Kubectl
from tests.e2e.failures.checks import assert_healthy, assert_named, parameters, wanted
from tests.e2e.failures.rollouts import (
    Case,
    Watched,
    container,
    deployment,
    named,
    namespace,
    pod_spec,
    run_all,
    running_before,
)
from tests.e2e.failures.webhooks import NAME, configuration, serve
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e

NAMES = ("denied", "changed", "denied-from-now-on", "silent-from-now-on")
SOAK = {"denied-from-now-on", "silent-from-now-on"}
BAD = {"denied", "denied-from-now-on", "silent-from-now-on"}
READY = {"exec": {"command": ["true"]}}


def once_a_newer_pod_is_there(do: Callable[[Kubectl], None]) -> Callable[[Kubectl], None]:
    """Runs beside the rollout, as soon as its first pod was let in."""

    def meanwhile(kubectl: Kubectl) -> None:
        end = time.monotonic() + 60
        while len(kubectl("get", "pods", "-o", "name").split()) < 3 and time.monotonic() < end:
            time.sleep(0.1)
        do(kubectl)

    return meanwhile


def one_at_a_time(stack: Stack) -> Object:
    """A Deployment whose second pod is asked for only when the first is ready: a surge over one that runs."""
    slow = container(stack, readinessProbe={**READY, "initialDelaySeconds": 6})
    return deployment(slow, replicas=2, strategy={"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}})


@pytest.fixture(scope="module")
def outcomes(
    stack: Stack, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tuple[Case, Watched | BaseException]]]:
    mark = f"e2e-{uuid.uuid4().hex[:8]}"
    folder: Path = tmp_path_factory.mktemp("webhook")
    with namespace(stack, {}) as lasting, namespace(stack, {}) as passing:
        served = (lasting.namespace, serve(stack, lasting, folder))
        doomed = (passing.namespace, serve(stack, passing, folder))

        def only(case: str) -> Object:
            return {"matchLabels": {mark: case}}

        hooks = {
            "denied": configuration("Validating", f"{mark}-denied", "/deny", served, only("denied")),
            "changed": configuration("Mutating", f"{mark}-changed", "/mutate", served, only("changed")),
            "silent": configuration("Validating", f"{mark}-silent", "/allow", doomed, only("silent")),
        }
        late = configuration("Validating", f"{mark}-late", "/deny", served, only("late"))
        for hook in hooks.values():
            lasting.apply(hook)
        with namespace(stack, {mark: "denied"}) as asked:
            _wait_until_it_denies(asked, {**named("v1", "Pod", "asked"), "spec": pod_spec(container(stack))})
        web = deployment(container(stack, readinessProbe=READY))
        earlier = deployment(container(stack, "import time; time.sleep(601)", readinessProbe=READY), replicas=2)

        def deny_from_now_on(_: Kubectl) -> None:
            lasting.apply(late)

        def fall_silent(_: Kubectl) -> None:
            passing("delete", "deployment", NAME, "--grace-period=1")

        cases = [
            Case(
                "denied",
                (web,),
                "the admission webhook deny.example.com denies its pods",
                "every pod needs the label team",
                labels={mark: "denied"},
            ),
            Case("changed", (web,), labels={mark: "changed"}),
            Case(
                "denied-from-now-on",
                (one_at_a_time(stack),),
                "shop-web doesn't get all of its pods: the admission webhook deny.example.com denies its pods",
                "every pod needs the label team",
                before=running_before(earlier),
                meanwhile=once_a_newer_pod_is_there(deny_from_now_on),
                labels={mark: "late"},
            ),
            Case(
                "silent-from-now-on",
                (one_at_a_time(stack),),
                "shop-web doesn't get all of its pods: the admission webhook allow.example.com doesn't answer",
                "failed calling webhook",
                before=running_before(earlier),
                meanwhile=once_a_newer_pod_is_there(fall_silent),
                labels={mark: "silent"},
                timeout=150,
            ),
        ]
        chosen = wanted(request, cases)
        try:
            found = run_all(stack, chosen)
        finally:
            for hook in (*hooks.values(), late):
                lasting("delete", hook["kind"], hook["metadata"]["name"], "--ignore-not-found")
        yield {case.name: (case, found[case.name]) for case in chosen}


def _wait_until_it_denies(kubectl: Kubectl, pod: Object) -> None:
    """The API server takes a second to know a new webhook."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        done = kubectl("create", "--dry-run=server", "-f", "-", "-o", "name", text=json.dumps(pod), check=False)
        if not done:
            return
        time.sleep(0.2)


@pytest.mark.parametrize("name", parameters(NAMES, SOAK))
def test_webhook_is_named_or_waited_for(name: str, outcomes: dict[str, tuple[Case, Watched | BaseException]]) -> None:
    case, watched = outcomes[name]

    if name in BAD:
        assert_named(case, watched)
        assert isinstance(watched, Watched)
        assert "rollout.timeout" not in watched.verdict.diagnoses[0].rule  # type: ignore[union-attr]
    else:
        assert_healthy(case, watched)
        assert isinstance(watched, Watched)
        assert {c["name"] for pod in watched.last.pods for c in pod["spec"]["containers"]} == {"web", "sidecar"}
