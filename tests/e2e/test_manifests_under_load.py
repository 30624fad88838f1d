"""Do spread, PodDisruptionBudget, probes and preStop keep every request, while pods go for one reason and another?"""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.conftest import Client, Kubectl, Ship
from tests.stack.addresses import OVERRIDES
from tests.stack.second_node import TAINT
from tests.stack.up import add_node

pytestmark = pytest.mark.e2e
SLOW = '\n\n@app.get("/slow")\ndef slow() -> str:\n    import time\n\n    time.sleep(1)\n    return "slow\\n"\n'


class Load:
    """Clients that ask without a pause of more than a blink, half of them for an answer that takes a second."""

    def __init__(self, client: Client, clients: int = 4) -> None:
        self.answers: Counter[tuple[int, str]] = Counter()
        self._client = client
        self._ended = threading.Event()
        self._counting = threading.Lock()
        paths = ("/", "/slow")
        self._threads = [threading.Thread(target=self._ask, args=(paths[each % 2],)) for each in range(clients)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, path: str) -> None:
        while not self._ended.wait(0.02):
            status, page = self._client.get(path)
            with self._counting:
                self.answers[status, page[:200]] += 1


@pytest.fixture
def second_node(kubectl: Kubectl) -> Iterator[str]:
    """A node that may be drained, open to pods for as long as the test takes."""
    if os.environ.get(OVERRIDES["cluster"]):
        pytest.skip("draining a node of a cluster that isn't the stack's own would be rude")
    node = add_node()
    kubectl("taint", "node", node, f"{TAINT}-", check=False)
    yield node
    kubectl("taint", "node", node, f"{TAINT}=:NoSchedule", "--overwrite")
    kubectl("uncordon", node)


def test_no_request_is_lost_while_pods_are_replaced_scaled_down_and_drained(
    copy: Any, kubectl: Kubectl, second_node: str
) -> None:
    ship, client = hello(copy, kubectl)
    ship("deploy")
    client.wait_for("slow", "/slow")
    spread = Counter(running(kubectl).values())

    answers = {}
    for change in (update, scale_down, drain):
        before = running(kubectl)
        with Load(client) as load:
            change(ship, kubectl, second_node)
            settled(kubectl, before)
        answers[change.__name__] = load.answers

    assert sorted(spread.values()) == [1, 2]
    assert {(change, *seen) for change, each in answers.items() for seen in each if seen[0] != 200} == set()
    assert all(seen.total() > 10 for seen in answers.values()), answers
    assert second_node not in running(kubectl).values()
    assert len(running(kubectl)) == 2


def hello(copy: Any, kubectl: Kubectl) -> tuple[Ship, Client]:
    """flask-hello with a slow page and three pods, initialised for this test's namespace."""
    ship: Ship = copy("flask-hello")
    host = f"load.{kubectl.namespace}.test"
    image = f"{ship.stack.registry}/{kubectl.namespace}/hello"
    (ship.project / "app.py").write_text((ship.project / "app.py").read_text() + SLOW)
    ship(
        "init", "--image", image, "--host", host, "--namespace", kubectl.namespace,
        "--set", f"ingress.class={ship.stack.ingress_class}", "--set", "processes.web.replicas=3",
        "--set", f"name={name(kubectl)}",
    )  # fmt: skip
    return ship, Client(ship.stack.ingress, host)


def update(ship: Ship, kubectl: Kubectl, node: str) -> None:
    """Every pod is replaced."""
    ship.edit("kubeship.yaml", "processes:", "variables: {GREETING: Servus}\nprocesses:")
    ship("deploy")


def scale_down(ship: Ship, kubectl: Kubectl, node: str) -> None:
    """One of three goes."""
    ship.edit("kubeship.yaml", "replicas: 3", "replicas: 2")
    ship("deploy")


def drain(ship: Ship, kubectl: Kubectl, node: str) -> None:
    """One of two goes to the other node, which the budget allows. Other apps' pods stay where they are."""
    selector = f"app.kubernetes.io/name={name(kubectl)}"
    kubectl("drain", node, "--delete-emptydir-data", f"--pod-selector={selector}", "--timeout=60s")


def settled(kubectl: Kubectl, before: dict[str, str]) -> None:
    """Wait until other pods run than before, and none is going any more."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        items = kubectl.objects("pod")
        if not any("deletionTimestamp" in item["metadata"] for item in items) and running(kubectl) != before:
            return
        time.sleep(0.3)
    raise AssertionError(f"the same pods run as before, or some are still going: {before}, {running(kubectl)}")


def running(kubectl: Kubectl) -> dict[str, str]:
    """The node of each ready pod."""
    items = kubectl.objects("pod")
    return {item["metadata"]["name"]: item["spec"]["nodeName"] for item in items if ready(item)}


def ready(pod: dict[str, Any]) -> bool:
    conditions = pod["status"].get("conditions", ())
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def name(kubectl: Kubectl) -> str:
    """The app's, which no other test has."""
    return f"load-{kubectl.namespace}"
