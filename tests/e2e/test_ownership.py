"""Who owns what: is nothing taken without a word, and everything that the word names?"""

import json
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, labels: {a: b}}\nstringData: {PASSWORD: VALUE}\n"


@pytest.fixture
def ship(copy: Any) -> Any:
    made = copy("flask-hello")
    made("init", "--image", f"{made.stack.registry}/ownership/hello", "--namespace", made.namespace)
    return made


def live(kubectl: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(kubectl("get", name, "-o", "json", "--show-managed-fields"))
    return found


def test_fields_of_others_are_taken_by_name_only(ship: Any, kubectl: Any) -> None:
    ship("deploy")
    kubectl("scale", "deployment", "flask-hello-web", "--replicas", "3")

    refused = ship("deploy", code=4).err
    assert "spec.replicas: 3, written by kubectl" in refused
    assert "--take-over Deployment/flask-hello-web:spec.replicas" in refused
    assert "- 3\n+ 2\n" in ship("diff", "--output", "markdown", code=2).out

    ship("deploy", "--take-over", "Deployment/flask-hello-web:spec.replicas")
    assert live(kubectl, "deployment/flask-hello-web")["spec"]["replicas"] == 2

    # A selector can't be changed: that is known before anything is, and replaced only where it is named.
    for file in ("web-deployment.yaml", "web-service.yaml"):
        ship.edit(f"deploy/production/{file}", "app.kubernetes.io/component: web", "app.kubernetes.io/component: site")
    assert "--replace Deployment/flask-hello-web" in ship("deploy", code=4).err
    ship("deploy", "--replace", "Deployment/flask-hello-web")
    assert ship("status").out.startswith("✓ flask-hello (production) is healthy")


def test_what_kubectl_made_is_adopted_with_all_that_it_owns(ship: Any, kubectl: Any) -> None:
    image = json.loads(ship("build", "--push", "--json").out.splitlines()[-1])["reference"]
    file = ship.project / "deploy/production/web-deployment.yaml"
    manifest = file.read_text().replace(f"{ship.stack.registry}/ownership/hello:set-by-deploy", image)
    old = manifest.replace("replicas: 2", "replicas: 1").replace("  revisionHistoryLimit: 3\n", "  paused: false\n")
    kubectl("apply", "-f", "-", text=(ship.project / "deploy/production/flask-hello-serviceaccount.yaml").read_text())
    kubectl("apply", "-f", "-", text=old)
    kubectl("set", "env", "deployment/flask-hello-web", "LEFT_BEHIND=1")
    # `kubectl apply` keeps all that a Secret holds in an annotation.
    kubectl("apply", "-f", "-", text=SECRET.replace("VALUE", "canary-old"))
    (ship.project / "deploy/production/db.yaml").write_text(SECRET.replace("VALUE", "canary-new"))

    assert "have the whole object become kubeship's: --adopt" in ship("check", code=4).out
    shown = ship("diff", "--adopt", "--image", image, code=2).out
    assert "Deployment/flask-hello-web (adopted from kubectl or Helm)" in shown
    assert "LEFT_BEHIND" in shown
    assert "Secret/db (adopted from kubectl or Helm)" in shown
    assert "canary" not in shown

    ship("deploy", "--adopt", "--image", image)
    deployment = live(kubectl, "deployment/flask-hello-web")
    appliers = {entry["manager"] for entry in deployment["metadata"]["managedFields"] if "subresource" not in entry}
    assert appliers == {"kubeship"}
    assert "env" not in deployment["spec"]["template"]["spec"]["containers"][0]
    assert ship("diff", "--image", image).out == ""
