"""Does a deploy that was killed, or two at once, end in the same state as one that ran through?"""

import json
import os
import signal
import subprocess
import threading
import time
from typing import Any

import pytest

from tests.e2e.conftest import Kubectl, Ship
from tests.e2e.test_flask import hello

pytestmark = pytest.mark.e2e

KINDS = "deployment,service,ingress,pdb,sa,job"
RELEASE = 'release: [{command: "python -c \\"print(1)\\""}]\n'


def with_release(copy: Any, kubectl: Kubectl) -> Ship:
    """flask-hello with a release step, so that every step of a deploy has something to do."""
    ship, _ = hello(copy, kubectl)
    ship.edit("kubeship.yaml", "processes:", f"{RELEASE}processes:")
    ship("render")
    return ship


BEFORE_THE_LEASE = 5
"""Steps: checking, building, proving, pushing; after them the deploy compares under its lease."""


def kill_at(ship: Ship, count: int) -> bool:
    """Start a deploy and SIGKILL it after its COUNTth step has begun; False when it ended before."""
    process = ship.start("deploy", "--json")
    assert process.stdout
    steps = 0
    for line in process.stdout:
        steps += json.loads(line).get("event") == "step"
        if steps == count:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
            return True
    process.communicate()
    return False


def verify_containers(ship: Ship) -> str:
    command = ["docker", "ps", "-aq", "--filter", "label=kubeship.dev/verify"]
    return subprocess.run(command, env=ship.variables(), capture_output=True, text=True, check=True).stdout


def test_a_deploy_killed_after_any_step_and_run_again_reaches_the_same_state(copy: Any, kubectl: Kubectl) -> None:
    ship = with_release(copy, kubectl)
    killed = 0

    for count in range(1, 20):
        # Another source each time, so that each run has a revision of its own to make.
        ship.edit("app.py", "world" + "!" * count, "world" + "!" * (count + 1))
        if not kill_at(ship, count):
            break
        killed += 1
        if count < BEFORE_THE_LEASE:
            continue  # nothing of the cluster has been touched: the next one is killed as well
        ship("deploy")
        newest = json.loads(ship("history", "--json").out)["revisions"][0]
        lease = kubectl.objects("lease")[0]

        assert newest["outcome"] == "succeeded"
        assert not lease["spec"].get("holderIdentity")
        assert kubectl.names(KINDS) - {f"Job/{name}" for name in jobs(kubectl)} == EXPECTED
        assert len(jobs(kubectl)) == 1

    assert killed >= 7
    assert verify_containers(ship) == ""


EXPECTED = {
    "Deployment/flask-hello-web",
    "Ingress/flask-hello-web",
    "PodDisruptionBudget/flask-hello-web",
    "Service/flask-hello-web",
    "ServiceAccount/default",
    "ServiceAccount/flask-hello",
}


def jobs(kubectl: Kubectl) -> list[str]:
    return [job["metadata"]["name"] for job in kubectl.objects("job")]


def test_a_second_deploy_at_the_same_time_is_refused_and_says_who_holds_the_lease(copy: Any, kubectl: Kubectl) -> None:
    ship = with_release(copy, kubectl)
    ship.edit("kubeship.yaml", "print(1)", "import time; time.sleep(8)")
    ship("render")
    image = json.loads(ship("build", "--push", "--json").out.splitlines()[-1])["reference"]
    first = ship.start("deploy", "--image", image, "--json")
    assert first.stdout
    for line in first.stdout:
        if "Running release step" in line:
            break

    refused = ship("deploy", "--image", image, code=8)
    first.communicate(timeout=120)

    assert str(first.pid) in refused.err
    assert first.returncode == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_frees_the_lease_and_says_how_to_go_on(copy: Any, kubectl: Kubectl, number: int, code: int) -> None:
    ship = with_release(copy, kubectl)
    ship.edit("kubeship.yaml", "print(1)", "import time; time.sleep(60)")
    ship("render")
    process = ship.start("deploy")
    said = watch_errors(process)
    wait_until(lambda: "Running release step" in "".join(said))

    process.send_signal(number)
    ended = process.wait(timeout=20)

    # `python -m` ends by the signal itself where Ctrl-C met a class being made (exec of a string): to a shell the same.
    assert (ended if ended >= 0 else 128 - ended) == code
    wait_until(lambda: "again" in "".join(said))
    assert not kubectl.objects("lease")[0]["spec"].get("holderIdentity")


def watch_errors(process: subprocess.Popen[str]) -> list[str]:
    said: list[str] = []
    assert process.stderr
    thread = threading.Thread(target=said.extend, args=(process.stderr,), daemon=True)
    thread.start()
    return said


def wait_until(true: Any, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it didn't happen in time"
        time.sleep(0.1)
