"""Does a client that asks throughout see a failed request while versions come, fail and go?"""

import json
from collections.abc import Callable
from itertools import cycle, islice
from typing import Any

import pytest

from tests.e2e.conftest import Kubectl, Ship, Throughout
from tests.e2e.test_flask import hello

pytestmark = pytest.mark.e2e

MANIFEST = "deploy/production/web-deployment.yaml"


@pytest.mark.parametrize("count", [5, pytest.param(100, marks=pytest.mark.soak)])
def test_no_request_fails_while_versions_come_fail_and_go(count: int, copy: Any, kubectl: Kubectl) -> None:
    ship, client = hello(copy, kubectl)
    image = json.loads(ship("build", "--push", "--json").out.splitlines()[-1])["reference"]
    good = (ship.project / MANIFEST).read_text()
    assert "          ports:" in good
    ship("deploy", "--image", image)
    client.wait_for("Hello, world!")

    def deploy(number: int) -> None:
        write(ship, good, "GREETING", f"Hello {number}")
        ship("deploy", "--image", image)
        client.wait_for(f"Hello {number}")

    def fail(number: int) -> None:
        write(ship, good, "WEB_CONCURRENCY", "none")  # gunicorn reads it, and ends
        ship("deploy", "--image", image, code=5)

    def go_back(number: int) -> None:
        ship("rollback")

    steps: tuple[Callable[[int], None], ...] = (deploy, fail, deploy, go_back, deploy)
    with Throughout(client) as asking:
        for number, step in enumerate(islice(cycle(steps), count)):
            step(number)
            # Nobody is told of a failed request before the end, so say at which step it was.
            assert asking.failures == [], f"{step.__name__} {number}"
    asking.none_failed()


def write(ship: Ship, good: str, name: str, value: str) -> None:
    """The manifest with another variable."""
    variable = f'          env: [{{name: {name}, value: "{value}"}}]\n          ports:'
    (ship.project / MANIFEST).write_text(good.replace("          ports:", variable))
