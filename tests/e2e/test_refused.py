"""What does a user read when the registry or the cluster refuses?"""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Kubectl, Ship
from tests.e2e.test_flask import hello

pytestmark = pytest.mark.e2e


def kubeconfig(ship: Ship, path: Path, token: str) -> None:
    """A kubeconfig for the same cluster with another token."""
    original = json.loads(Kubectl(ship.stack, "default")("config", "view", "--raw", "--flatten", "-o", "json"))
    original["users"] = [{"name": user["name"], "user": {"token": token}} for user in original["users"]]
    path.write_text(json.dumps(original))


def deployable(copy: Any, kubectl: Kubectl) -> tuple[Ship, str]:
    ship, _ = hello(copy, kubectl)
    return ship, json.loads(ship("build", "--push", "--json").out.splitlines()[-1])["reference"]


def test_a_registry_that_nobody_listens_at(copy: Any, kubectl: Kubectl) -> None:
    ship, _ = hello(copy, kubectl)
    image = f"{ship.stack.registry}/"
    ship.edit("kubeship.yaml", image, "localhost:9/")
    ship("render")

    failed = ship("build", "--push", code=1)

    assert "localhost:9" in failed.err
    assert "next:" in failed.err


def test_an_expired_token(copy: Any, kubectl: Kubectl, tmp_path: Path) -> None:
    ship, reference = deployable(copy, kubectl)
    kubeconfig(ship, tmp_path / "expired", "a-token-that-has-expired")

    ship.environment["KUBECONFIG"] = str(tmp_path / "expired")
    failed = ship("deploy", "--image", reference, code=4)

    assert "credentials" in failed.err or "token" in failed.err
    assert kubectl.names("deployment") == set()


def test_a_namespace_without_permission_names_the_missing_role(copy: Any, kubectl: Kubectl, tmp_path: Path) -> None:
    ship, reference = deployable(copy, kubectl)
    kubectl("create", "serviceaccount", "nobody")
    token = kubectl("create", "token", "nobody").strip()
    kubeconfig(ship, tmp_path / "nobody", token)

    ship.environment["KUBECONFIG"] = str(tmp_path / "nobody")
    failed = ship("deploy", "--image", reference, code=4)

    assert "deployments" in failed.err
    assert "Role" in failed.err
    assert kubectl.names("deployment") == set()


def test_an_api_server_that_nobody_listens_at(copy: Any, kubectl: Kubectl, tmp_path: Path) -> None:
    ship, _ = hello(copy, kubectl)
    document = json.loads(kubectl("config", "view", "--raw", "--flatten", "-o", "json"))
    for cluster in document["clusters"]:
        cluster["cluster"]["server"] = "https://127.0.0.1:9"
    (tmp_path / "nowhere").write_text(json.dumps(document))

    ship.environment["KUBECONFIG"] = str(tmp_path / "nowhere")
    started = time.monotonic()
    failed = ship("status", code=4)

    assert "127.0.0.1:9" in failed.err
    assert time.monotonic() - started < 60


def test_a_namespace_that_does_not_exist_is_created_only_when_asked_for(copy: Any, kubectl: Kubectl) -> None:
    ship, reference = deployable(copy, kubectl)
    other = f"{kubectl.namespace}-new"
    ship.edit("kubeship.yaml", f"namespace: {kubectl.namespace}", f"namespace: {other}")
    ship("render")

    refused = ship("deploy", "--image", reference, code=4)
    ship("diff", "--image", reference, code=2)
    ship("deploy", "--image", reference, "--create-namespace")
    elsewhere = Kubectl(kubectl.stack, other)

    assert other in refused.err
    assert len(elsewhere.objects("deployment")) == 1
    elsewhere("delete", "namespace", other, "--wait=false")
