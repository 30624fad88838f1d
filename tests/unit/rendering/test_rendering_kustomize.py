"""Does the overlay say what an environment changes, and nothing else? Kustomize itself: tests/e2e/test_formats.py."""

from dataclasses import replace
from typing import Any

import pytest

from kubeship import yaml_io
from kubeship.errors import InvalidInput
from kubeship.rendering.differences import operations
from kubeship.rendering.render import render
from tests.unit.rendering.format_plans import BASES
from tests.unit.rendering.rendering_plans import DIGEST, DJANGO_SHOP

OVERLAY = "kustomize/overlays/production"


def rendered(**changes: Any) -> dict[str, Any]:
    files = render(replace(DJANGO_SHOP, **changes), format="kustomize", base=BASES["django-shop"])
    return {path: yaml_io.load(text, path) for path, text in files.items()}


def test_the_base_is_the_same_whichever_environment_it_is_rendered_for() -> None:
    def base(files: dict[str, Any]) -> dict[str, Any]:
        return {path: value for path, value in files.items() if path.startswith("kustomize/base/")}

    other = rendered(environment="staging", namespace="other", variables={}, processes=DJANGO_SHOP.processes[:1])

    assert base(rendered()) == base(other)
    assert all("namespace" not in item["metadata"] for item in base(other).values() if "metadata" in item)


def test_a_change_is_an_operation_at_its_place() -> None:
    patch = rendered()[f"{OVERLAY}/web-deployment-patch.yaml"]

    assert patch[0] == {"op": "replace", "path": "/spec/replicas", "value": 2}
    assert {each["op"] for each in patch} <= {"add", "replace", "remove"}


def test_what_only_an_environment_has_is_a_resource_of_its_own() -> None:
    files = rendered()

    assert files[f"{OVERLAY}/kustomization.yaml"]["resources"] == [
        "../../base",
        "web-ingress.yaml",
        "web-poddisruptionbudget.yaml",
        "nightly-cronjob.yaml",
    ]
    assert files[f"{OVERLAY}/reports-deployment-patch.yaml"]["$patch"] == "delete"


def test_the_image_is_the_transformers() -> None:
    overlay = rendered()[f"{OVERLAY}/kustomization.yaml"]
    moved = rendered(image="other.example.com/shop", reference="other.example.com/shop:1.2")

    assert overlay["images"] == [{"name": "registry.example.com:5000/team/shop", "digest": DIGEST}]
    assert moved[f"{OVERLAY}/kustomization.yaml"]["images"] == [
        {"name": "registry.example.com:5000/team/shop", "newName": "other.example.com/shop", "newTag": "1.2"}
    ]


def test_release_steps_are_hooks_of_argo_cd_and_made_anew_by_flux() -> None:
    annotations = rendered()["kustomize/base/release-2-job.yaml"]["metadata"]["annotations"]

    assert annotations["argocd.argoproj.io/hook"] == "PreSync"
    assert annotations["argocd.argoproj.io/sync-wave"] == "2"
    assert annotations["kustomize.toolkit.fluxcd.io/force"] == "enabled"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": True}, [{"op": "replace", "path": "/a", "value": True}]),
        ({"a/b": {"c~d": 1}}, {"a/b": {}}, [{"op": "remove", "path": "/a~1b/c~0d"}]),
        ({"a": [1, 2]}, {"a": [1, 3]}, [{"op": "replace", "path": "/a/1", "value": 3}]),
        ({"a": [1]}, {"a": [1, 2]}, [{"op": "replace", "path": "/a", "value": [1, 2]}]),
        ({}, {"a": None}, [{"op": "add", "path": "/a", "value": None}]),
    ],
)
def test_differences_are_written_as_a_person_would(before: Any, after: Any, expected: list[Any]) -> None:
    assert operations(before, after) == expected


def test_a_character_that_kustomize_refuses_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"Job/shop-release holds a value with the control character U\+007F"):
        rendered(variables={"A": "DEL \x7f"})
