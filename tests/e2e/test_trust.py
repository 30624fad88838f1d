"""Is the least permission enough, and do secrets stay where they are?"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Kubectl
from tests.e2e.test_flask import hello
from tests.e2e.test_refused import deployable, kubeconfig

pytestmark = pytest.mark.e2e

CANARY = "canary-7741-never-to-be-seen"


def test_the_role_that_check_prints_is_enough_for_all_that_follows(copy: Any, kubectl: Kubectl, tmp_path: Path) -> None:
    ship, reference = deployable(copy, kubectl)
    kubectl("create", "serviceaccount", "ci")
    kubeconfig(ship, tmp_path / "ci", kubectl("create", "token", "ci").strip())
    ship.environment["KUBECONFIG"] = str(tmp_path / "ci")

    findings = json.loads(ship("check", "--json", code=4).out)["findings"]
    remedy = next(each["remedy"] for each in findings if each["fatal"] and each["subject"] == "permission")
    kubectl("apply", "-f", "-", text=remedy.partition("\n")[2])
    kubectl("create", "rolebinding", "ci", "--role=kubeship", f"--serviceaccount={kubectl.namespace}:ci")

    ship("deploy", "--image", reference)
    ship("status")
    ship("delete", "--yes")
    assert kubectl.names("deployment,configmap,lease") == {"ConfigMap/kube-root-ca.crt"}


def test_what_a_secret_holds_is_masked_where_a_container_prints_it(copy: Any, kubectl: Kubectl) -> None:
    ship, _ = hello(copy, kubectl)
    kubectl("create", "secret", "generic", "hello", f"--from-literal=TOKEN={CANARY}")
    command = 'python -c \\"import os; print(1, os.environ[chr(84) + chr(79) + chr(75) + chr(69) + chr(78)]); 1/0\\"'
    ship.edit(
        "kubeship.yaml",
        "processes:",
        f'secrets: {{from: hello, keys: [TOKEN]}}\nrelease: [{{command: "{command}"}}]\nprocesses:',
    )
    ship("render")

    failed = ship("deploy", code=1)

    assert "ZeroDivisionError" in failed.err
    assert "1 [redacted]" in failed.err
    written = "".join(path.read_text() for path in ship.project.rglob("*") if path.is_file())
    assert CANARY not in failed.out + failed.err + written
