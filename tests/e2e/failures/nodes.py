"""What do tests do to the stack's second node? Its kubelet stands still, and rollouts meet that together."""

import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kubeship.model.objects import Object
from tests.e2e.conftest import Kubectl
from tests.e2e.failures.rollouts import Case, container, deployment, run_all
from tests.stack import held, place
from tests.stack.addresses import Stack
from tests.stack.second_node import NODE, SERVERS, TAINT

TOLERATED = {"key": TAINT, "operator": "Exists"}
THERE: dict[str, Any] = {"nodeSelector": {"kubernetes.io/hostname": NODE}, "tolerations": [TOLERATED]}
EVICTED_AFTER = 3
"""Seconds after which a lost node's pods are deleted, where they say so; 300 otherwise."""
READY: dict[str, Any] = {"readinessProbe": {"exec": {"command": ["true"]}, "periodSeconds": 1}}


def soon_elsewhere(nodes: dict[str, Any]) -> dict[str, Any]:
    """Pods that don't wait for a lost node."""
    lost = [
        {"key": f"node.kubernetes.io/{why}", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": seconds}
        for why in ("not-ready", "unreachable")
        for seconds in (EVICTED_AFTER,)
    ]
    return {**nodes, "tolerations": [TOLERATED, *lost]}


def later_version(workload: Object) -> Object:
    """The same with another command line."""
    (first,) = workload["spec"]["template"]["spec"]["containers"]
    changed = {**first, "command": [*first["command"], "later"]}
    template = workload["spec"]["template"]
    return {
        **workload,
        "spec": {
            **workload["spec"],
            "template": {**template, "spec": {**template["spec"], "containers": [changed]}},
        },
    }


@dataclass(frozen=True)
class Kubelet:
    """The second node's, as a process of this machine."""

    pid: int

    def stop(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)


def kubelet_of_the_second_node() -> Kubelet:
    """Where it runs now."""
    here = place.remembered(place.CHECKOUT)
    assert here
    supervisor = held.Supervisor(here)
    pid = held.server_pid(here, supervisor, SERVERS[1])
    supervisor.close()
    assert pid
    return Kubelet(pid)


def all_at_once(stack: Stack, cases: Sequence[Case], begin: Callable[[], None]) -> dict[str, Any]:
    """Roll out what was there before, then `begin`, then all of the cases."""
    together = threading.Barrier(len(cases))

    def before(case: Case) -> Callable[[Kubectl], None]:
        def prepared(kubectl: Kubectl) -> None:
            case.before(kubectl)
            if together.wait(timeout=120) == 0:
                begin()
            together.wait(timeout=120)

        return prepared

    return run_all(stack, [replace(case, before=before(case)) for case in cases])


def web(stack: Stack, replicas: int = 2, **pod: Any) -> Object:
    return deployment(container(stack, **READY), replicas=replicas, **(pod or THERE))
