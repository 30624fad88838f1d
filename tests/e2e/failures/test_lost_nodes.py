"""Is a node named that dies or is drained in the middle of a rollout, and waited for when it comes back?"""

import json
import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from kubeship.model.objects import Object
from tests.e2e.conftest import Kubectl
from tests.e2e.failures.checks import assert_healthy, assert_named
from tests.e2e.failures.nodes import READY, THERE, TOLERATED, Kubelet, all_at_once, later_version, soon_elsewhere, web
from tests.e2e.failures.rollouts import (
    Case,
    container,
    daemon_set,
    deployment,
    named,
    put,
    run_all,
    running_before,
    stateful_set,
)
from tests.stack.addresses import Stack
from tests.stack.second_node import NODE

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

BACK_AFTER = 75
"""Seconds: a node is called lost after 50 (node-monitor-grace-period)."""


UNTIL_EVICTION = 280
"""Seconds: the pods of a lost node are deleted after 300."""


def on_a_lost_node(stack: Stack) -> list[Case]:
    database = stateful_set(container(stack, **READY), replicas=1, **soon_elsewhere(THERE))
    agent = daemon_set(container(stack, **READY), **THERE)
    silent = f"the node {NODE} hasn't begun with the pod: its kubelet is silent"
    return [
        Case("first-rollout", (web(stack),), silent, "nothing from there since", timeout=100),
        Case(
            "surge",
            (later_version(web(stack)),),
            silent,
            "nothing from there since",
            before=running_before(web(stack)),
            timeout=100,
        ),
        Case(
            "stateful-set",
            (later_version(database),),
            f"shop-web-0 doesn't go, and what is to replace it has to wait: its node {NODE} doesn't report",
            "web still running; deleted",
            before=running_before(database),
            timeout=100,
        ),
        # The node's taint (unreachable:NoSchedule) takes it out of what a DaemonSet wants.
        Case("daemon-set", (later_version(agent),), before=running_before(agent), timeout=100),
    ]


def test_rollout_on_a_node_that_is_lost_names_the_node(stack: Stack, kubelet: Kubelet) -> None:
    cases = [replace(case, at_most=UNTIL_EVICTION) for case in on_a_lost_node(stack)]

    found = all_at_once(stack, cases, kubelet.stop)

    for case in cases[:3]:
        assert_named(case, found[case.name])
    assert_healthy(cases[3], found["daemon-set"])


def test_node_that_comes_back_is_waited_for(stack: Stack, kubelet: Kubelet) -> None:
    cases = [replace(case, timeout=240) for case in on_a_lost_node(stack)[:3]]
    back = threading.Timer(BACK_AFTER, kubelet.go_on)

    def stop_for_a_while() -> None:
        kubelet.stop()
        back.start()

    found = all_at_once(stack, cases, stop_for_a_while)

    for case in cases:
        assert_healthy(case, found[case.name])


def test_pods_that_are_drained_away_come_up_elsewhere_or_say_what_is_missing(stack: Stack, node: str) -> None:
    preferred = {"weight": 100, "preference": {"matchExpressions": [_hostname(NODE)]}}
    loose: dict[str, Any] = {
        "affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [preferred]}},
        "tolerations": [TOLERATED],
    }
    slow = container(stack, readinessProbe={"exec": {"command": ["true"]}, "initialDelaySeconds": 5})
    budget = named(
        "policy/v1",
        "PodDisruptionBudget",
        "shop-web",
        spec={"maxUnavailable": 1, "selector": {"matchLabels": {"app": "web"}}},
    )
    cases = [
        Case("loose", (deployment(slow, replicas=3, **loose),), before=put(budget), meanwhile=drained),
        Case(
            "bound",
            (deployment(slow, replicas=2, **THERE),),
            "no node takes the pod",
            "unschedulable",
            meanwhile=drained,
            timeout=50,
        ),
    ]
    try:
        found = run_all(stack, cases)
    finally:
        Kubectl(stack, "default")("uncordon", NODE)

    assert_healthy(cases[0], found["loose"])
    assert_named(cases[1], found["bound"])
    assert "uncordon" in found["bound"].verdict.diagnoses[0].remedy  # type: ignore[union-attr]


def drained(kubectl: Kubectl) -> None:
    """Drain the node as soon as one of this namespace's pods is there."""
    end = time.monotonic() + 60
    while NODE not in kubectl("get", "pods", "-o", "wide"):
        if time.monotonic() > end:
            return  # another case was faster; cordoning now could outlast the test
        time.sleep(0.2)
    kubectl("cordon", NODE)
    for pod in kubectl.objects("pods"):
        if pod["spec"].get("nodeName") == NODE:
            _evict(kubectl, pod["metadata"]["name"])


def _evict(kubectl: Kubectl, pod: str) -> None:
    """As `kubectl drain` does: again, while a PodDisruptionBudget says 429."""
    eviction = named("policy/v1", "Eviction", pod)
    path = f"/api/v1/namespaces/{kubectl.namespace}/pods/{pod}/eviction"
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if kubectl("create", "--raw", path, "-f", "-", text=json.dumps(eviction), check=False):
            return
        if not kubectl("get", "pod", pod, "--ignore-not-found"):
            return
        time.sleep(1)


def _hostname(name: str) -> Object:
    return {"key": "kubernetes.io/hostname", "operator": "In", "values": [name]}
