"""Is the chart made of the same objects, with defaults that give them back? Helm itself: tests/e2e/test_helm.py."""

import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft7Validator

from kubeship import yaml_io
from kubeship.rendering.render import render
from kubeship.rendering.slots import image_values
from tests.unit.rendering.rendering_plans import CASES, DIGEST, DJANGO_SHOP, FLASK_HELLO, NASTY


def values_of(files: dict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = yaml_io.load(files["chart/values.yaml"], "values.yaml")
    return values


@pytest.mark.parametrize("case", CASES)
def test_default_values_fit_the_schema(case: str) -> None:
    files = render(CASES[case], format="helm")

    errors = list(Draft7Validator(json.loads(files["chart/values.schema.json"])).iter_errors(values_of(files)))

    assert errors == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"processes": {"wbe": {"replicas": 3}}},
        {"processes": {"web": {"replicas": "three"}}},
        {"processes": {"web": {"replica": 3}}},
        {"processes": {"beat": {"replicas": 2}}},
        {"variables": {"DEBUG": True}},
        {"image": {"repository": "", "tag": "1"}},
    ],
)
def test_misspelt_or_impossible_values_are_errors(wrong: dict[str, Any]) -> None:
    files = render(DJANGO_SHOP, format="helm")
    validator = Draft7Validator(json.loads(files["chart/values.schema.json"]))

    assert not validator.is_valid(values_of(files) | wrong)


def test_every_object_has_its_template() -> None:
    plain = render(DJANGO_SHOP)
    chart = render(DJANGO_SHOP, format="helm")

    objects = {path.removeprefix("deploy/production/") for path in plain if path.startswith("deploy/")}
    templates = {path.removeprefix("chart/templates/") for path in chart if path.startswith("chart/templates/")}
    assert templates == objects | {"NOTES.txt", "_helpers.tpl"}


def test_a_process_name_with_a_dash_is_reached_through_index() -> None:
    template = render(DJANGO_SHOP, format="helm")["chart/templates/mail-worker-deployment.yaml"]

    assert '  replicas: {{ (index .Values.processes "mail-worker").replicas | int }}\n' in template


def test_braces_in_values_are_text_to_helm() -> None:
    template = render(NASTY, format="helm")["chart/templates/true-deployment.yaml"]

    own = [line for line in template.splitlines() if ".Values.secret }}" in line]
    assert own == ['            - "{{ "{{" }} .Values.secret }}"']


def test_words_of_the_object_are_not_mistaken_for_slots() -> None:
    template = render(NASTY, format="helm")["chart/templates/true-deployment.yaml"]

    assert "            - SLOT1\n" in template
    assert "  replicas: {{ .Values.processes.true.replicas | int }}\n" in template


def test_release_steps_are_hooks_in_their_order() -> None:
    text = render(DJANGO_SHOP, format="helm")["chart/templates/release-2-job.yaml"]

    assert "    helm.sh/hook: pre-install,pre-upgrade\n" in text
    assert '    helm.sh/hook-weight: "2"\n' in text


def test_without_hosts_there_are_none_to_set() -> None:
    web = replace(FLASK_HELLO.processes[0], ingress=None)

    values = values_of(render(replace(FLASK_HELLO, processes=(web,)), format="helm"))

    assert set(values["processes"]["web"]) == {"replicas", "resources"}


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("localhost:5000/team/shop:1.2", ("localhost:5000/team/shop", "1.2", "")),
        (f"shop@{DIGEST}", ("shop", "", DIGEST)),
        (f"registry.example.com/shop:1@{DIGEST}", ("registry.example.com/shop", "1", DIGEST)),
        ("localhost:5000/shop", ("localhost:5000/shop", "", "")),
    ],
)
def test_a_reference_is_taken_apart(reference: str, parts: tuple[str, str, str]) -> None:
    image = image_values(reference)["image"]

    assert (image["repository"], image["tag"], image["digest"]) == parts
