"""Does Helm itself make the plain objects of the chart? Over the golden files, without a cluster."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from kubeship import yaml_io
from kubeship.model.objects import Object, ref
from kubeship.rendering.hooks import without_hooks
from tests.stack.addresses import saved

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = sorted(path.name for path in GOLDEN.iterdir() if (path / "helm").is_dir())
pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def helm() -> str:
    stack = saved()
    places = os.pathsep.join(filter(None, (stack.bin if stack else "", os.environ.get("PATH", ""))))
    found = shutil.which("helm", path=places)
    if found is None:
        pytest.skip("helm is neither in the stack's folder nor on PATH: go install helm.sh/helm/v3/cmd/helm@v3.19.2")
    return found


@pytest.mark.parametrize("case", CASES)
def test_lint_finds_nothing(helm: str, case: str) -> None:
    said = run(helm, "lint", "--strict", "--quiet", str(chart(case)))

    assert "[ERROR]" not in said
    assert "[WARNING]" not in said


@pytest.mark.parametrize("case", CASES)
def test_the_chart_gives_the_plain_objects(helm: str, case: str) -> None:
    plain = {ref(item): item for item in plain_objects(case)}
    (namespace,) = {item["metadata"]["namespace"] for item in plain.values()}

    made = {ref(item): without_hooks(item) for item in template(helm, case, "--namespace", namespace)}

    assert made == plain


def test_values_reach_their_places(helm: str) -> None:
    made = template(
        helm,
        "django-shop",
        *("--namespace", "other"),
        *("--set", "processes.web.replicas=5"),
        *("--set", "processes.web.hosts={one.example.com}"),
        *("--set", "processes.web.resources.requests.cpu=2"),
        *("--set", "image.digest=,image.tag=1.2"),
        *("--set-string", "variables.DEBUG=1"),
    )

    objects = {(item["kind"], item["metadata"]["name"]): item for item in made}
    assert {item["metadata"]["namespace"] for item in made} == {"other"}
    ingress = objects["Ingress", "shop-web"]["spec"]
    assert [rule["host"] for rule in ingress["rules"]] == ingress["tls"][0]["hosts"] == ["one.example.com"]
    web = objects["Deployment", "shop-web"]["spec"]
    assert web["replicas"] == 5
    container = web["template"]["spec"]["containers"][0]
    assert container["image"] == "registry.example.com:5000/team/shop:1.2"
    assert container["resources"]["requests"] == {"cpu": 2, "memory": "512Mi"}
    assert {"name": "DEBUG", "value": "1"} in container["env"]


def test_a_value_that_the_schema_refuses_ends_in_an_error(helm: str) -> None:
    done = subprocess.run(
        [helm, "template", "app", str(chart("django-shop")), *KUBERNETES, "--set", "processes.wbe.replicas=5"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "wbe" in done.stderr


KUBERNETES = ("--kube-version", "1.35.0")
"""A helm that `go install` made takes the cluster for 1.20 unless told."""


def chart(case: str) -> Path:
    return GOLDEN / case / "helm" / "chart"


def plain_objects(case: str) -> list[Object]:
    files = sorted((GOLDEN / case / "plain" / "deploy").rglob("*.yaml"))
    return [yaml_io.load(path.read_text(encoding="utf-8"), str(path)) for path in files]


def template(helm: str, case: str, *arguments: str) -> list[Object]:
    text = run(helm, "template", "app", str(chart(case)), *KUBERNETES, *arguments)
    return [item for item in yaml_io.load_all(text, "helm template") if item]


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
