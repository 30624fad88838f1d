"""Does a failed rollout end where it began, with its evidence kept, on a real cluster?"""

import json
from pathlib import Path
from typing import Any

import pytest

from kubeship.model.objects import Object
from tests.e2e.conftest import Kubectl, Ship
from tests.e2e.failures.rollouts import container, daemon_set, named, stateful_set
from tests.e2e.test_flask import hello
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e

CANARY = "canary-value-of-a-secret"
RELEASE = """release: [{command: "python -c \\"print('up')\\"", rollback: "python -c \\"print('down')\\""}]
processes:"""


def worker(stack: Stack, kind: str, script: str) -> Object:
    """A workload that a person has added, admitted by `restricted`; it has the Secret, as an app would."""
    made = container(
        stack, script, env=[{"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "shop", "key": "KEY"}}}]
    )
    made["securityContext"] = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    pod = {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
    whole = (
        stateful_set(made, replicas=1, securityContext=pod) if kind == "db" else daemon_set(made, securityContext=pod)
    )
    labels = {"app": kind}
    whole["metadata"] = {"name": kind}
    whole["spec"]["selector"] = {"matchLabels": labels}
    whole["spec"]["template"]["metadata"] = {"labels": labels}
    return whole


def write(ship: Ship, stack: Stack, script: str) -> None:
    for kind in ("db", "agent"):
        path = ship.project / f"deploy/production/{kind}.yaml"
        path.write_text(json.dumps(worker(stack, kind, script)))


def failing(ship: Ship, code: int, *options: str) -> str:
    """What a deploy said that ends in that code; a container's own traceback is part of it."""
    process = ship.start("deploy", *options)
    out, err = process.communicate(timeout=200)
    assert process.returncode == code, err
    return out + err


def test_stuck_stateful_set_and_daemon_set_run_again_and_the_release_step_is_undone(
    copy: Any, kubectl: Kubectl, stack: Stack, tmp_path: Path
) -> None:
    ship, _ = hello(copy, kubectl)
    kubectl.apply(named("v1", "Secret", "shop", stringData={"KEY": CANARY}))
    ship.edit("kubeship.yaml", "processes:", RELEASE)
    ship("render")
    write(ship, stack, "import time; time.sleep(600)")
    image = json.loads(ship("build", "--push", "--json").out.splitlines()[-1])["reference"]
    ship("deploy", "--image", image)
    ship.edit("kubeship.yaml", "processes:", "variables: {GREETING: Servus}\nprocesses:")
    ship("render")
    write(ship, stack, "import os; print(os.environ['KEY']); import nope")

    kept = tmp_path / "artifacts"
    failed = failing(ship, 5, "--image", image, "--keep-evidence", str(kept))

    assert "it can't import nope" in failed
    assert "Undoing release step" in failed
    assert "down" in failed
    assert "Deleted Pod db-0" in failed
    assert "where the time went" in failed
    ready = {item["metadata"]["name"]: item["status"] for item in kubectl.objects("statefulset,daemonset")}
    assert ready["db"]["readyReplicas"] == 1
    assert ready["agent"]["numberReady"] == ready["agent"]["desiredNumberScheduled"]
    assert not [job for job in kubectl.names("job") if job.endswith("-undo")]
    (run,) = kept.iterdir()
    files = {str(path.relative_to(run)): path.read_text() for path in run.rglob("*") if path.is_file()}
    assert "it can't import nope" in files["verdict.txt"]
    assert any("No module named 'nope'" in text for name, text in files.items() if name.startswith("logs/db-0"))
    assert not [name for name, text in files.items() if CANARY in text]
    assert CANARY not in failed


@pytest.mark.soak
def test_fix_frees_a_stateful_set_that_was_left_broken(copy: Any, kubectl: Kubectl, stack: Stack) -> None:
    ship, _ = hello(copy, kubectl)
    kubectl.apply(named("v1", "Secret", "shop", stringData={"KEY": CANARY}))
    image = json.loads(ship("build", "--push", "--json").out.splitlines()[-1])["reference"]
    write(ship, stack, "import nope")
    broken = failing(ship, 6, "--image", image, "--no-rollback")

    write(ship, stack, "import time; time.sleep(601)")
    mended = ship("deploy", "--image", image)

    assert "as --no-rollback asks" in broken
    assert "Deleted Pod db-0" in mended.err
    assert {item["status"].get("readyReplicas") for item in kubectl.objects("statefulset")} == {1}
