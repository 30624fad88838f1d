"""Do Kustomize, Helm and compose make the same of a Plan as the plain files say? With the real programs.

Over the golden files' Plans and Plans that hypothesis draws; nothing is applied.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from kubeship import yaml_io
from kubeship.model.objects import Object, containers, pod_template, process_of, ref
from kubeship.model.plan import Plan
from kubeship.rendering.hooks import without_hooks
from kubeship.rendering.render import render
from tests.stack.addresses import saved
from tests.stack.binaries import docker_compose
from tests.stack.versions import load_versions
from tests.unit.rendering.drawn_plans import plans
from tests.unit.rendering.format_plans import BASES, plan_of
from tests.unit.rendering.kind_plans import KINDS
from tests.unit.rendering.rendering_plans import CASES, DIGEST, DJANGO_SHOP

pytestmark = pytest.mark.e2e
REVIEWED = {**CASES, **KINDS}
KUBERNETES = ("--kube-version", "1.35.0")
"""A helm that `go install` made takes the cluster for 1.20 unless told."""
SOME = settings(
    phases=[Phase.generate],  # each try starts a program: shrinking would take minutes
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def program(name: str, install: str) -> str:
    stack = saved()
    places = os.pathsep.join(filter(None, (stack.bin if stack else "", os.environ.get("PATH", ""))))
    found = shutil.which(name, path=places)
    if found is None:
        pytest.skip(f"{name} is neither in the stack's folder nor on PATH: {install}")
    return found


@pytest.fixture(scope="module")
def kubectl() -> str:
    return program("kubectl", "make stack")


@pytest.fixture(scope="module")
def helm() -> str:
    return program("helm", "go install helm.sh/helm/v3/cmd/helm@v3.19.2")


@pytest.fixture(scope="module")
def compose() -> str:
    return str(docker_compose(load_versions()))


@pytest.mark.parametrize("case", REVIEWED)
def test_kustomize_gives_the_plain_objects(kubectl: str, case: str, tmp_path: Path) -> None:
    plan = plan_of(case, "kustomize") if case in CASES else KINDS[case]

    assert kustomized(kubectl, plan, BASES.get(case, plan), tmp_path) == plain(plan)


@SOME
@given(plan=plans(), base=plans())
def test_kustomize_gives_the_plain_objects_of_any_plan_over_any_base(kubectl: str, plan: Plan, base: Plan) -> None:
    base = replace(base, name=plan.name, image=plan.image, reference=f"{plan.image}:set-by-deploy")
    with TemporaryDirectory() as folder:
        assert kustomized(kubectl, plan, base, Path(folder)) == plain(plan)


@pytest.mark.parametrize(
    "reference",
    [
        "other.example.com/shop:1.2",
        f"other.example.com/shop@{DIGEST}",
        f"registry.example.com:5000/team/shop:1@{DIGEST}",
    ],
)
def test_kustomize_puts_any_reference_in(kubectl: str, reference: str, tmp_path: Path) -> None:
    plan = replace(DJANGO_SHOP, reference=reference, image=reference.partition("@")[0].rpartition(":")[0] or "shop")

    made = kustomized(kubectl, plan, BASES["django-shop"], tmp_path)

    assert {each["image"] for item in made.values() for each in containers(item)} == {reference}


@pytest.mark.parametrize("case", KINDS)
def test_helm_gives_the_plain_objects_of_every_kind(helm: str, case: str, tmp_path: Path) -> None:
    chart = str(written(render(KINDS[case], format="helm"), tmp_path) / "chart")

    made = run(helm, "template", "app", chart, *KUBERNETES, "--namespace", KINDS[case].namespace)

    run(helm, "lint", "--strict", "--quiet", chart)
    assert by_name(made) == plain(KINDS[case])


@SOME
@given(plan=plans())
def test_helm_gives_the_plain_objects_of_any_plan(helm: str, plan: Plan) -> None:
    with TemporaryDirectory() as folder:
        chart = written(render(plan, format="helm"), Path(folder)) / "chart"
        made = run(helm, "template", "app", str(chart), *KUBERNETES, "--namespace", plan.namespace)

    assert by_name(made) == plain(plan)


@pytest.mark.parametrize("case", REVIEWED)
def test_compose_runs_what_the_plain_objects_run(compose: str, case: str, tmp_path: Path) -> None:
    assert composed(compose, REVIEWED[case], tmp_path) == services(REVIEWED[case])


@SOME
@given(plan=plans())
def test_compose_runs_what_the_plain_objects_of_any_plan_run(compose: str, plan: Plan) -> None:
    with TemporaryDirectory() as folder:
        assert composed(compose, plan, Path(folder)) == services(plan)


def test_compose_names_a_secret_that_is_not_set(compose: str, tmp_path: Path) -> None:
    folder = written(render(DJANGO_SHOP, format="compose"), tmp_path) / "compose"

    done = subprocess.run([compose, "config"], cwd=folder, capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert "put it into .env" in done.stderr


def plain(plan: Plan) -> dict[Any, Object]:
    texts = (text for path, text in render(plan).items() if path.startswith("deploy/"))
    return by_name("---\n".join(texts))


def kustomized(kubectl: str, plan: Plan, base: Plan, folder: Path) -> dict[Any, Object]:
    root = written(render(plan, format="kustomize", base=base), folder)
    return by_name(run(kubectl, "kustomize", str(root / "kustomize" / "overlays" / plan.environment)))


def by_name(text: str) -> dict[Any, Object]:
    """Objects by kind and name, without what only other programs need."""
    return {ref(item): without_hooks(item) for item in yaml_io.load_all(text, "objects") if item}


def services(plan: Plan) -> dict[str, Any]:
    """What compose should run: command, variables and mounted places by service."""
    found = {}
    for item in plain(plan).values():
        if template := pod_template(item):
            process, main = process_of(item), template["spec"]["containers"][0]["name"]
            for container in containers(item):
                name = process if container["name"] == main else f"{process}-{container['name']}"
                found[name] = said(container)
    return found


def said(container: Mapping[str, Any]) -> dict[str, Any]:
    def own(text: str) -> str:
        """Without Kubernetes' escapes; nothing else in a Plan is expanded."""
        return re.sub(r"\$\$", "$", text)

    return {
        "image": container["image"].replace(":set-by-deploy", ":local"),
        "command": [own(word) for word in container.get("command") or ()],
        "environment": {
            each["name"]: own(each["value"]) if "value" in each else f"value of {each['name']}"
            for each in container.get("env") or ()
        },
    }


def composed(compose: str, plan: Plan, folder: Path) -> dict[str, Any]:
    """The same as Docker Compose reads it, with a value for each secret."""
    root = written(render(plan, format="compose"), folder) / "compose"
    secrets = "".join(f"{each.variable}='value of {each.variable}'\n" for each in plan.secrets)
    (root / ".env").write_text(secrets)
    text = run(compose, "--profile", "*", "config", "--format", "json", cwd=root)
    return {
        name: {
            "image": each["image"],
            "command": [word.replace("$$", "$") for word in each.get("entrypoint") or each.get("command") or ()],
            "environment": {key: value.replace("$$", "$") for key, value in (each.get("environment") or {}).items()},
        }
        for name, each in json.loads(text)["services"].items()
        if name != "volume-owner"
    }


def written(files: Mapping[str, str], folder: Path) -> Path:
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="")
    return folder


def run(*command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
