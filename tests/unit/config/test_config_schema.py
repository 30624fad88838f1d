"""Does the JSON Schema for editors agree with what kubeship reads, and do quantities look as in Kubernetes?"""

import json
from pathlib import Path

import jsonschema
import pytest

from kubeship.config.file import parsed
from kubeship.config.json_schema import json_schema
from kubeship.config.merge import merge
from kubeship.config.process_schema import Resources
from kubeship.errors import InvalidInput
from kubeship.model.patch import Patch
from kubeship.planning.patches import patches_of
from kubeship.yaml_io import load

PUBLISHED = Path(__file__).parents[3] / "docs" / "kubeship.schema.json"
EXAMPLE = """\
version: 1
name: shop
image: registry.example.com/team/shop
python: "3.12"
platform: linux/amd64
dependencies: {manager: pip, files: [requirements.txt], groups: [], extras: [], indexes: []}
system_packages: {build: [libpq-dev], runtime: [libpq5]}
build:
  steps: [python manage.py collectstatic --noinput]
  variables: {SECRET_KEY: build-only}
processes:
  web:
    kind: web
    entrypoint: shop.wsgi:application
    server: gunicorn
    workers: 2
    threads: 4
    timeout: 30
    port: 8000
    health: {path: /healthz}
    hosts: [shop.example.com]
    replicas: {min: 2, max: 6, cpu: 70}
    resources: {cpu: 1, memory: 256Mi}
  worker: {kind: worker, command: celery -A shop worker, replicas: 3}
  nightly: {kind: cron, command: python manage.py clearsessions, schedule: "0 3 * * *"}
release: [{command: python manage.py migrate --noinput, rollback: safe}]
variables: {DJANGO_SETTINGS_MODULE: shop.settings}
secrets: {from: shop, keys: [SECRET_KEY, DATABASE_URL]}
services: {postgres: {from: DATABASE_URL}}
ingress: {class: traefik, tls: shop-tls}
image_pull_secrets: []
rollout: {timeout: 10m}
environments:
  production: {namespace: shop}
  staging: {namespace: shop-staging, processes: {web: {replicas: 1, hosts: [staging.shop.example.com], health: null}}}
"""


def test_published_schema_is_made_from_the_models() -> None:
    assert json.loads(PUBLISHED.read_text()) == json_schema(), "run make golden"


def test_example_is_read_and_fits_the_schema() -> None:
    jsonschema.validate(load(EXAMPLE, "example"), json_schema())

    staging, _, _ = parsed(EXAMPLE).configuration("staging")

    assert staging.processes["web"].health is None
    assert staging.processes["web"].resources.cpu == "1"


@pytest.mark.parametrize(
    "overlay",
    [{"namespace": "a", "prot": 1}, {"processes": {}}, {"namespace": "a", "processes": {"web": {"port": "x"}}}],
)
def test_schema_refuses_a_wrong_overlay(overlay: object) -> None:
    value = load(EXAMPLE, "example") | {"environments": {"production": overlay}}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, json_schema())


@pytest.mark.parametrize(("given", "read"), [("250m", "250m"), (1, "1"), (0.5, "0.5"), (2.0, "2")])
def test_cpu_may_be_a_number(given: object, read: str) -> None:
    assert Resources.model_validate({"cpu": given}).cpu == read


@pytest.mark.parametrize("given", ["1 core", "m250", True, -1, "0.0001"])
def test_cpu_that_kubernetes_would_refuse_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match="cpu"):
        Resources.model_validate({"cpu": given})


def test_merge_follows_json_merge_patch() -> None:
    base = {"a": {"b": 1, "c": 2}, "list": [1, 2], "scalar": 1, "mapping": {"x": 1}}

    merged = merge(base, {"a": {"b": None, "d": 3}, "list": [3], "scalar": {"y": None, "z": 1}, "mapping": None})

    assert merged == {"a": {"c": 2, "d": 3}, "list": [3], "scalar": {"z": 1}}
    assert base["a"] == {"b": 1, "c": 2}


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        ("{target: {}, patch: {spec: {}}}", "patches[0].target: needs kind, name or both"),
        ("{target: {kind: Service}, patch: 3}", "expected operations"),
        ("{target: {kind: Service}, patch: [{op: change, path: /a}]}", "operation 0: op must be one of add"),
        ("{target: {kind: Service}, patch: [{op: add, path: /a}]}", "operation 0: add needs value"),
        ("{target: {kind: Service}, patch: [{op: remove, path: a}]}", "path must begin with /"),
        ("{target: {kind: Service}, patch: {a: 1}, environments: [prodution]}", "there is no environment prodution"),
        ("{target: {kind: Service}, pathc: {a: 1}}", "did you mean patch?"),
    ],
)
def test_a_patch_that_says_nothing_is_an_error_with_its_place(patch: str, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parsed(f"{EXAMPLE}patches: [{patch}]\n").configuration("production")

    assert words in caught.value.message


def test_a_patch_holds_where_its_environments_are() -> None:
    stated = """patches:
  - {target: {kind: Service}, patch: {spec: {type: NodePort}}, environments: [staging]}
  - {target: {name: shop-web}, patch: [{op: add, path: /a, value: null}]}
"""
    file = parsed(EXAMPLE + stated)

    found = {name: [*patches_of(file.configuration(name)[0].patches, name)] for name in ("production", "staging")}

    assert found == {
        "production": [Patch(1, None, "shop-web", ({"op": "add", "path": "/a", "value": None},))],
        "staging": [
            Patch(0, "Service", merge={"spec": {"type": "NodePort"}}),
            Patch(1, None, "shop-web", ({"op": "add", "path": "/a", "value": None},)),
        ],
    }
