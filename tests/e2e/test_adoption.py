"""Does what Helm installed become kubeship's only when somebody says so, and whole?"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Kubectl, Ship

pytestmark = pytest.mark.e2e

CHART = "apiVersion: v2\nname: old\nversion: 0.1.0\n"


def install(kubectl: Kubectl, chart: Path, *manifests: Path) -> None:
    """A release `old` of the manifests, as somebody's chart has them: other labels, one more variable."""
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text(CHART)
    for file in manifests:
        text = (
            file.read_text().replace("managed-by: kubeship", "managed-by: Helm").replace("replicas: 2", "replicas: 0")
        )
        (chart / "templates" / file.name).write_text(text)
    stack = kubectl.stack
    program = f"{stack.bin}/helm" if stack.bin else "helm"
    place = ["--kubeconfig", stack.kubeconfig, "--kube-context", stack.context, "--namespace", kubectl.namespace]
    subprocess.run([program, *place, "install", "old", str(chart)], check=True, capture_output=True)


def test_what_helm_installed_is_adopted_by_word_only(copy: Any, kubectl: Kubectl, tmp_path: Path) -> None:
    ship: Ship = copy("flask-hello")
    ship("init", "--image", f"{ship.stack.registry}/adoption/hello", "--namespace", ship.namespace)
    files = sorted((ship.project / "deploy/production").glob("*.yaml"))
    install(kubectl, tmp_path / "chart", *files)

    refused = ship("deploy", code=4).err
    owned = json.loads(ship("diff", "--json", code=2).out)["changes"]
    adopting = json.loads(ship("diff", "--adopt", "--json", code=2).out)["changes"]
    deployed = ship("deploy", "--adopt").err

    assert '"old", written by Helm' in refused
    assert "--adopt" in refused
    assert all(change["foreign"] and change["conflicts"] for change in owned)
    assert all(change["adopted"] and not change["conflicts"] for change in adopting)
    assert "kubectl delete secret" in deployed
    assert "owner=helm,name=old" in deployed
    assert ship("diff", "--image", json.loads(ship("status", "--json").out)["revision"]["image"]).out == ""
    for item in kubectl.objects("deployment,service,serviceaccount"):
        assert "meta.helm.sh/release-name" not in (item["metadata"].get("annotations") or {})


def test_two_apps_do_not_share_an_object_without_a_word(copy: Any, kubectl: Kubectl) -> None:
    ship: Ship = copy("flask-hello")
    labels = "labels: {app.kubernetes.io/name: APP}"
    settings = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings, {labels}}}\ndata: {{a: b}}\n"
    kubectl("apply", "--server-side", "--field-manager=kubeship", "-f", "-", text=settings.replace("APP", "other"))
    record = {"metadata": {"name": "kubeship-other-1", "labels": {"kubeship.dev/app": "other"}}}
    kubectl.apply({"apiVersion": "v1", "kind": "ConfigMap", **record})
    ship("init", "--image", f"{ship.stack.registry}/adoption/hello", "--namespace", ship.namespace)
    (ship.project / "deploy/production/settings.yaml").write_text(settings.replace("APP", "flask-hello"))

    found = ship("diff", code=2).out

    assert 'metadata.labels[app.kubernetes.io/name]: "other", written by kubeship for the app other' in found
