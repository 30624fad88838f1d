"""Are the manifests valid for the five newest Kubernetes versions, and for the operators whose objects they are?"""

import json
import re
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from packaging.version import Version
from referencing import Registry, Resource

from kubeship import yaml_io
from kubeship.model.objects import Object
from kubeship.model.plan import Plan
from kubeship.rendering.manifests import manifests
from tests.schemas.__main__ import CRDS
from tests.unit.rendering.any_plans import plans
from tests.unit.rendering.manifest_sets import Sets, drafted, reviewed

# kubernetes-validate's files; its own function reads five megabytes of definitions for each object.
SCHEMAS = files("kubernetes_validate") / "kubernetes-json-schema"
STRICT = "-local-strict"
"""Unknown fields are errors."""


def newest(count: int) -> list[str]:
    """The names of the newest schemas: `v1.37.0`."""
    names = (folder.name.removesuffix(STRICT) for folder in SCHEMAS.iterdir() if folder.name.endswith(STRICT))
    return sorted(names, key=Version)[-count:]


@pytest.mark.parametrize("version", newest(5))
def test_manifests_are_valid_for_a_version_of_kubernetes(version: str) -> None:
    assert complaints(reviewed(), version) == []


@settings(max_examples=15, deadline=None)
@given(plans())
def test_any_plan_is_valid_for_the_oldest_and_the_newest_of_them(plan: Plan) -> None:
    sets = {"drawn": tuple(manifests(plan).values())}

    assert [line for version in (newest(5)[0], newest(5)[-1]) for line in complaints(sets, version)] == []


@pytest.mark.soak
@pytest.mark.parametrize("version", newest(5))
def test_manifests_of_small_projects_are_valid_for_a_version_of_kubernetes(version: str) -> None:
    assert complaints(drafted(), version) == []


def test_a_wrong_field_and_a_wrong_value_are_found() -> None:
    """The schemas do look, those of operators too."""
    route = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "a"}}
    rule = {"backendRefs": [{"name": "a", "port": 80}]}
    objects = (
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"prots": []}},
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "b"}, "spec": {"ports": [{"port": "http"}]}},
        {**route, "spec": {"rules": [{**rule, "filtres": []}]}},
        {**route, "spec": {"rules": [rule]}},
    )

    found = complaints({"set": objects}, newest(1)[0])

    assert [word for line in found for word in ("prots", "'http'", "filtres") if word in line] == [
        "prots",
        "'http'",
        "filtres",
    ]


def complaints(sets: Sets, version: str) -> list[str]:
    """What the schemas have against the objects, with the set and the place."""
    return [
        f"{name}: {item['kind']}/{item['metadata']['name']}: {error.json_path}: {error.message}"
        for name, items in sets.items()
        for item in items
        for error in validator(item["apiVersion"], item["kind"], version).iter_errors(plain(item))
    ]


@cache
def validator(api_version: str, kind: str, version: str) -> Draft202012Validator:
    """For one kind: of the operators' where it is one of theirs, else of that version of Kubernetes."""
    if schema := operators().get((api_version, kind)):
        return Draft202012Validator(schema)
    # rbac.authorization.k8s.io/v1 is rbac-v1 there.
    group = re.sub(r"(\.[^/]*)?/", "-", api_version)
    schema = read(SCHEMAS / f"{version}{STRICT}" / f"{kind.lower()}-{group}.json")
    return Draft202012Validator(schema, registry=definitions(version))


@cache
def definitions(version: str) -> Registry[Any]:
    return Resource.from_contents(read(SCHEMAS / f"{version}{STRICT}" / "_definitions.json")) @ Registry()


def read(file: Traversable) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


@cache
def operators() -> dict[tuple[str, str], Any]:
    """The schemas of vendored CustomResourceDefinitions by apiVersion and kind."""
    made = {}
    for path in sorted(CRDS.glob("*.yaml")):
        spec = yaml_io.load(path.read_text(), path.name)["spec"]
        for each in spec["versions"]:
            key = f"{spec['group']}/{each['name']}", spec["names"]["kind"]
            made[key] = strict(each["schema"]["openAPIV3Schema"])
            made[key]["properties"]["metadata"] = {"type": "object"}
    return made


def strict(schema: Any) -> Any:
    """With strict field validation an unknown field is an error, as the API server has it."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: strict(part) for key, part in schema.items()}
    if isinstance(made.get("properties"), dict) and "type" in made:
        made.setdefault("additionalProperties", bool(made.get("x-kubernetes-preserve-unknown-fields")))
    return made


def plain(item: Object) -> Any:
    """As the API server reads it: no class of the YAML reader, and a key without a value isn't there."""
    return json.loads(json.dumps(item), object_hook=lambda part: {k: v for k, v in part.items() if v is not None})
