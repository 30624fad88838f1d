"""Are pods named that write too much, or whose node is short of memory, and is that waited for when it passes?"""

import threading
import time
from typing import Any

import pytest

from tests.e2e.conftest import Kubectl
from tests.e2e.failures.checks import assert_healthy, assert_named
from tests.e2e.failures.nodes import THERE, all_at_once, later_version, web
from tests.e2e.failures.rollouts import Case, container, deployment, run_all, running_before
from tests.stack.addresses import Stack
from tests.stack.second_node import NODE
from tests.stack.up import add_node

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

SHORT_OF_MEMORY = {"evictionHard": {"memory.available": "99%"}, "evictionPressureTransitionPeriod": "5s"}


def test_pods_that_write_too_much_are_named_by_what_they_exceed(stack: Stack, node: str) -> None:
    never: dict[str, Any] = {"readinessProbe": {"exec": {"command": ["false"]}, "periodSeconds": 5}}
    into = "import time; open({path!r}, 'wb').write(bytes(20_000_000)); time.sleep(600)"
    mounted: dict[str, Any] = {"volumeMounts": [{"name": "cache", "mountPath": "/cache"}]}
    volumes = [{"name": "cache", "emptyDir": {"sizeLimit": "5Mi"}}]
    limits: dict[str, Any] = {"resources": {"limits": {"ephemeral-storage": "5Mi"}}}
    cases = [
        Case(
            "volume",
            (
                deployment(
                    container(stack, into.format(path="/cache/all"), **mounted, **never), volumes=volumes, **THERE
                ),
            ),
            "the emptyDir volume cache grows beyond its sizeLimit",
            "Usage of EmptyDir volume",
            timeout=200,
        ),
        Case(
            "layer",
            (deployment(container(stack, into.format(path="/all"), **limits, **never), **THERE),),
            "limit of ephemeral storage (5Mi)",
            "Evicted",
            timeout=200,
        ),
    ]

    found = run_all(stack, cases)

    for case in cases:
        assert_named(case, found[case.name])
        assert "rollout.timeout" not in found[case.name].verdict.diagnoses[0].rule  # type: ignore[union-attr]


def test_node_that_is_short_of_memory_is_named_and_waited_for(stack: Stack, node: str) -> None:
    unasked = web(stack)
    bound = Case(
        "bound",
        (later_version(unasked),),
        "no node takes the pod",
        "taint",
        before=running_before(unasked),
        timeout=45,
        at_most=50,
    )
    passing = Case("passing", (later_version(unasked),), before=running_before(unasked), timeout=240)

    relief = threading.Timer(60, add_node)

    def be_short() -> None:
        add_node(settings=SHORT_OF_MEMORY)
        _await_pressure(stack, wanted=True)
        relief.start()

    try:
        found = all_at_once(stack, [bound, passing], be_short)
    finally:
        relief.cancel()
        add_node()
        _await_pressure(stack, wanted=False)

    assert_named(bound, found["bound"])
    assert_healthy(passing, found["passing"])


def _await_pressure(stack: Stack, *, wanted: bool) -> None:
    kubectl = Kubectl(stack, "default")
    end = time.monotonic() + 90
    while ("memory-pressure" in kubectl("get", "node", NODE, "-o", "jsonpath={.spec.taints}")) != wanted:
        assert time.monotonic() < end, f"the node's memory pressure stays {not wanted}"
        time.sleep(0.5)
