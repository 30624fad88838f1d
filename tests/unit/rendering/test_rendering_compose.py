"""Does a compose file run what the manifests run? Compose itself: tests/e2e/test_formats.py."""

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft7Validator

from kubeship import yaml_io
from kubeship.errors import InvalidInput
from kubeship.model.objects import Object
from kubeship.model.plan import SecretKey
from kubeship.rendering.compose import Build, compose
from kubeship.rendering.compose_values import expanded, size
from kubeship.rendering.manifests import manifests
from kubeship.rendering.render import render
from tests.unit.rendering.rendering_plans import CASES, DJANGO_SHOP, FLASK_HELLO, NASTY, NASTY_VALUES

SCHEMA = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"


def document(files: dict[str, str]) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml_io.load(files["compose/compose.yaml"], "compose.yaml")
    return loaded


def of(plan: Any, **changes: Any) -> dict[str, Any]:
    return document(render(replace(plan, **changes), format="compose"))


def with_pod(**changes: Any) -> dict[str, Object]:
    """The shop's objects with another pod of the worker's."""
    objects = manifests(DJANGO_SHOP)
    worker = objects["mail-worker-deployment.yaml"]
    pod = {**worker["spec"]["template"]["spec"], **changes}
    template = {**worker["spec"]["template"], "spec": pod}
    return {**objects, "mail-worker-deployment.yaml": {**worker, "spec": {**worker["spec"], "template": template}}}


@pytest.mark.parametrize("case", CASES)
def test_the_file_fits_the_published_schema(case: str) -> None:
    errors = Draft7Validator(json.loads(SCHEMA.read_text())).iter_errors(of(CASES[case]))

    assert [error.message for error in errors] == []


def test_release_steps_run_one_after_the_other_before_everything_else() -> None:
    services = of(DJANGO_SHOP)["services"]

    completed = {"condition": "service_completed_successfully"}
    assert services["release-2"]["depends_on"] == {"release": completed}
    assert {services[name]["depends_on"]["release-2"]["condition"] for name in ("web", "beat", "nightly")} == {
        completed["condition"]
    }
    assert {services[name]["restart"] for name in ("release", "release-2", "nightly")} == {"no"}


def test_what_stands_in_front_of_the_app_shares_its_network() -> None:
    services = of(DJANGO_SHOP)["services"]

    assert services["web-nginx"]["network_mode"] == "service:web"
    assert services["web"]["ports"] == ["8080:8080"]
    assert "ports" not in services["web-nginx"]


def test_two_services_get_two_ports_of_the_machine() -> None:
    web = FLASK_HELLO.processes[0]
    admin = replace(web, name="admin", full_name="flask-hello-admin")

    services = of(FLASK_HELLO, processes=(web, admin))["services"]

    assert [services[name]["ports"] for name in ("web", "admin")] == [["8000:8000"], ["8001:8000"]]


def test_without_a_pushed_image_it_is_built() -> None:
    local = of(FLASK_HELLO)["services"]["web"]
    pushed = of(FLASK_HELLO, reference="registry.example.com/team/flask-hello:1.2")["services"]["web"]

    assert (local["image"], local["build"]) == ("registry.example.com/team/flask-hello:local", {"context": ".."})
    assert pushed["image"] == "registry.example.com/team/flask-hello:1.2"
    assert "build" not in pushed


def test_a_dockerfile_of_the_projects_own_keeps_its_entrypoint_out() -> None:
    files = compose(replace(FLASK_HELLO, dockerfile=None), manifests(FLASK_HELLO), Build(".", "docker/Dockerfile"), "")

    web = yaml_io.load(files["compose.yaml"], "")["services"]["web"]
    assert web["build"] == {"context": ".", "dockerfile": "docker/Dockerfile"}
    assert web["entrypoint"][0] == "gunicorn"
    assert web["command"] == []


def test_secrets_are_required_and_nowhere_written() -> None:
    files = render(DJANGO_SHOP, format="compose")

    assert document(files)["services"]["web"]["environment"]["SECRET_KEY"].startswith("${SECRET_KEY:?")
    assert files["compose/compose.env.example"].splitlines()[1:] == ["DATABASE_URL=", "SECRET_KEY="]


def test_an_optional_secret_may_be_missing() -> None:
    optional = replace(DJANGO_SHOP, secrets=(SecretKey("SENTRY_DSN", "shop", "SENTRY_DSN", optional=True),))

    files = render(optional, format="compose")

    assert document(files)["services"]["web"]["environment"]["SENTRY_DSN"] == "${SENTRY_DSN:-}"


def test_values_reach_the_container_as_they_do_in_kubernetes() -> None:
    services = of(NASTY)["services"]

    assert [word.replace("$$", "$") for word in services["true"]["command"][1:]] == list(NASTY_VALUES)
    assert services["true"]["environment"]["NASTY_23"].replace("$$", "$") == NASTY_VALUES[23]


@pytest.mark.parametrize(
    ("word", "compose_word"),
    [
        ("$(A)/x", "1/x"),
        ("$$(A)", "$$(A)"),
        ("$(B) $C $$", "$$(B) $$C $$"),
        ("${A}", "$${A}"),
    ],
)
def test_kubernetes_own_expansions_are_made(word: str, compose_word: str) -> None:
    assert expanded(word, {"A": "1"}) == compose_word


@pytest.mark.parametrize(
    ("stated", "expected"), [("256Mi", "256m"), ("1Gi", "1024m"), ("1e9", "1000000000b"), ("128974848", "123m")]
)
def test_sizes_mean_the_same(stated: str, expected: str) -> None:
    assert size(stated) == expected


def test_data_lies_in_named_volumes_that_the_process_may_write() -> None:
    container = manifests(DJANGO_SHOP)["mail-worker-deployment.yaml"]["spec"]["template"]["spec"]["containers"][0]
    mounted = {**container, "volumeMounts": [{"name": "media", "mountPath": "/data/media"}]}
    objects = with_pod(
        containers=[mounted], volumes=[{"name": "media", "persistentVolumeClaim": {"claimName": "shop-media"}}]
    )

    made = yaml_io.load(compose(DJANGO_SHOP, objects, Build(), "")["compose.yaml"], "")

    assert made["volumes"] == {"shop-media": {}}
    worker = made["services"]["mail-worker"]
    assert worker["volumes"] == [{"type": "volume", "source": "shop-media", "target": "/data/media"}]
    assert worker["depends_on"]["volume-owner"] == {"condition": "service_completed_successfully"}
    assert made["services"]["volume-owner"]["entrypoint"][2] == "chown 10001:10001 /volumes/shop-media"


def test_shared_memory_and_a_gpu_are_the_engines() -> None:
    container = manifests(DJANGO_SHOP)["mail-worker-deployment.yaml"]["spec"]["template"]["spec"]["containers"][0]
    gpu = {
        **container,
        "resources": {"limits": {"nvidia.com/gpu": "1", "cpu": "500m"}},
        "volumeMounts": [{"name": "shm", "mountPath": "/dev/shm"}],
    }
    objects = with_pod(
        containers=[gpu], volumes=[{"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": "2Gi"}}]
    )

    worker = yaml_io.load(compose(DJANGO_SHOP, objects, Build(), "")["compose.yaml"], "")["services"]["mail-worker"]

    assert (worker["shm_size"], worker["cpus"]) == ("2048m", 0.5)
    assert worker["deploy"]["resources"]["reservations"]["devices"][0]["count"] == 1


def test_a_volume_that_compose_lacks_is_named() -> None:
    container = manifests(DJANGO_SHOP)["mail-worker-deployment.yaml"]["spec"]["template"]["spec"]["containers"][0]
    mounted = {**container, "volumeMounts": [{"name": "odd", "mountPath": "/odd"}]}
    objects = with_pod(containers=[mounted], volumes=[{"name": "odd", "csi": {"driver": "x"}}])

    with pytest.raises(InvalidInput, match="the volume odd of mail-worker is of the kind csi"):
        compose(DJANGO_SHOP, objects, Build(), "")
