"""Does a Flask project become a healthy rollout, stay up while it changes, and leave without a trace?"""

import json
from typing import Any

import pytest

from tests.e2e.conftest import Client, Kubectl, Ship, Throughout

pytestmark = pytest.mark.e2e


def hello(copy: Any, kubectl: Kubectl) -> tuple[Ship, Client]:
    """flask-hello, initialised for this test's namespace."""
    ship: Ship = copy("flask-hello")
    host = f"hello.{kubectl.namespace}.test"
    image = f"{ship.stack.registry}/{kubectl.namespace}/hello"
    ship(
        "init", "--image", image, "--host", host, "--namespace", kubectl.namespace,
        "--set", f"ingress.class={ship.stack.ingress_class}",
    )  # fmt: skip
    return ship, Client(ship.stack.ingress, host)


def test_source_becomes_a_healthy_rollout_and_later_versions_replace_it_without_a_failed_request(
    copy: Any, kubectl: Kubectl
) -> None:
    kubectl.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "theirs", "labels": {"app": "hello"}}})
    before = kubectl.names("all,cm,sa,ingress,pdb,lease")
    ship, client = hello(copy, kubectl)

    first = ship("deploy", "--json").lines[-1]
    page = client.wait_for("Hello, world!")
    with Throughout(client) as asking:
        # Nothing changes when nothing has changed.
        assert ship("diff").out == ""
        again = ship("deploy", "--json").lines[-1]

        # A changed variable and a changed page: the diff names both, and deploy brings both.
        ship.edit("kubeship.yaml", "processes:", "variables: {GREETING: Servus}\nprocesses:")
        ship.edit("app.py", "world!", "universe!")
        ship("render")
        seen = json.loads(ship("diff", "--json", code=2).out)
        second = ship("deploy", "--json").lines[-1]
        client.wait_for("Servus, universe!")

        back = ship("rollback", "--json").lines[-1]
        client.wait_for("Hello, world!")
    asking.none_failed()

    assert page == "Hello, world!\n"
    assert first["revision"]["outcome"] == "succeeded"
    assert again["revision"]["number"] == 1
    assert [change["ref"]["kind"] for change in seen["changes"]] == ["Deployment"]
    changed = {field["path"].rpartition(".")[2] for field in seen["changes"][0]["fields"]}
    assert changed == {"image", "env[GREETING]"}
    assert second["revision"]["number"] == 2
    assert back["revision"]["image"] == first["revision"]["image"]
    assert ship("status").out.count("healthy") == 1
    assert json.loads(ship("history", "--json").out)["revisions"][0]["message"] == "rollback to 1"

    ship("delete", "--yes")
    assert kubectl.names("all,cm,sa,ingress,pdb,lease") - before == set()
    assert "ConfigMap/theirs" in kubectl.names("cm")


def test_a_missing_module_is_named_before_anything_is_pushed(copy: Any, kubectl: Kubectl) -> None:
    ship, client = hello(copy, kubectl)
    ship("deploy")
    client.wait_for("Hello, world!")

    ship.edit("app.py", "import os", "import os\nimport requests")
    with Throughout(client) as asking:
        failed = ship("deploy", code=1)
    asking.none_failed()

    assert "requests" in failed.err
    assert "ModuleNotFoundError: No module named 'requests'" in failed.err
    assert json.loads(ship("history", "--json").out)["revisions"][0]["number"] == 1


def test_an_image_that_does_not_exist_is_named_and_rolled_back(copy: Any, kubectl: Kubectl) -> None:
    ship, client = hello(copy, kubectl)
    ship("deploy")
    client.wait_for("Hello, world!")

    missing = f"{ship.stack.registry}/{kubectl.namespace}/hello@sha256:{'0' * 64}"
    with Throughout(client) as asking:
        failed = ship("deploy", "--image", missing, code=5)
    asking.none_failed()

    assert "not found" in failed.err
    assert "revision 1 serves again" in failed.err
    assert kubectl.objects("deployment")[0]["spec"]["template"]["spec"]["containers"][0]["image"] != missing


def test_a_crash_in_the_cluster_is_named_with_the_containers_last_words_and_rolled_back(
    copy: Any, kubectl: Kubectl
) -> None:
    ship, client = hello(copy, kubectl)
    ship("deploy")
    client.wait_for("Hello, world!")

    # Only in the cluster: the proof inside the image sees no variable of Kubernetes.
    crash = "import os\n\nif os.environ.get('CRASH'):\n    raise RuntimeError('the licence has expired')\n"
    ship.edit("app.py", "import os\n", crash)
    ship.edit(
        "deploy/production/web-deployment.yaml",
        "          ports:",
        '          env: [{name: CRASH, value: "1"}]\n          ports:',
    )
    with Throughout(client) as asking:
        failed = ship("deploy", code=5)
    asking.none_failed()

    assert "RuntimeError: the licence has expired" in failed.err
    assert "revision 1 serves again" in failed.err
    evidence = "\n".join(path.read_text() for path in (ship.project / ".kubeship/runs").rglob("*.log"))
    assert "the licence has expired" in evidence


def test_a_probe_that_fails_is_named_with_its_path_and_status_and_rolled_back(copy: Any, kubectl: Kubectl) -> None:
    ship, client = hello(copy, kubectl)
    ship("deploy")
    client.wait_for("Hello, world!")

    ship.edit("app.py", '"/healthz"', '"/alive"')
    with Throughout(client) as asking:
        failed = ship("deploy", code=5)
    asking.none_failed()

    assert "/healthz" in failed.err
    assert "404" in failed.err
    assert "revision 1 serves again" in failed.err


def test_hand_edited_manifests_are_applied_as_they_stand(copy: Any, kubectl: Kubectl) -> None:
    ship, client = hello(copy, kubectl)
    ship.edit("deploy/production/web-deployment.yaml", "replicas: 2", "replicas: 1")
    (ship.project / "deploy/production/extra-configmap.yaml").write_text(
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: extra, namespace: {kubectl.namespace}}}\ndata: {{a: b}}\n"
    )

    ship("init", code=0)
    ship("deploy")
    client.wait_for("Hello, world!")

    assert kubectl.objects("deployment")[0]["spec"]["replicas"] == 1
    assert "ConfigMap/extra" in kubectl.names("cm")


def test_the_first_deploy_that_fails_says_that_there_is_nothing_to_return_to(copy: Any, kubectl: Kubectl) -> None:
    ship, _ = hello(copy, kubectl)
    missing = f"{ship.stack.registry}/{kubectl.namespace}/hello@sha256:{'0' * 64}"

    failed = ship("deploy", "--image", missing, code=6)

    assert "no earlier revision" in failed.err
    assert "kubeship delete" in failed.err or "evidence" in failed.err
