"""Are patches merged as the Kubernetes API merges them? Its OpenAPI document, and kubectl's own local merge, say."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kubeship.model.patch import Patch
from kubeship.rendering.manifests import manifests
from kubeship.rendering.merge_keys import REPLACE, SET, merge_keys
from kubeship.rendering.patches import patched
from tests.e2e.conftest import Kubectl
from tests.unit.rendering.rendering_plans import DJANGO_SHOP

pytestmark = pytest.mark.e2e
GROUPS = frozenset({"", "apps", "autoscaling", "batch", "networking.k8s.io", "policy", "rbac.authorization.k8s.io"})
NOBODYS = frozenset({"ComponentStatus", "Node"})
"""Kinds that no app has."""


def test_merge_keys_are_those_of_the_api(kubectl: Kubectl) -> None:
    definitions = json.loads(kubectl("get", "--raw", "/openapi/v2"))["definitions"]

    wrong = {}
    for name, definition in definitions.items():
        for kind in definition.get("x-kubernetes-group-version-kind", ()):
            if (
                kind["group"] in GROUPS
                and kind["kind"] not in NOBODYS
                and "metadata" in definition.get("properties", {})
            ):
                item = {"apiVersion": "/".join(filter(None, (kind["group"], kind["version"]))), "kind": kind["kind"]}
                expected = dict(rows(definitions, name))
                if expected and expected != merge_keys(item) and not kind["kind"].endswith(("List", "Options")):
                    wrong[kind["kind"]] = expected.items() ^ merge_keys(item).items()

    assert wrong == {}


def rows(definitions: Any, name: str, seen: tuple[str, ...] = ()) -> Any:
    """(path, how) of the fields that the API doesn't merge as plain mappings."""
    for field, stated in definitions[name].get("properties", {}).items():
        strategy = stated.get("x-kubernetes-patch-strategy", "")
        if field in {"status", "managedFields"}:
            continue
        if "merge" in strategy:
            yield (field,), stated.get("x-kubernetes-patch-merge-key", SET)
        elif strategy == "replace":
            yield (field,), REPLACE
        inner = (stated.get("$ref") or stated.get("items", {}).get("$ref") or "").rpartition("/")[2]
        if inner and inner not in seen:
            yield from (((field, *path), how) for path, how in rows(definitions, inner, (*seen, name)))


def of_pod(**spec: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": spec}}}


MERGES = {
    "web-deployment.yaml": (
        of_pod(
            containers=[
                {"name": "web", "env": [{"name": "NEW", "value": "no"}, {"name": "SECRET_KEY", "$patch": "delete"}]}
            ]
        ),
        of_pod(
            containers=[
                {
                    "name": "web",
                    "volumeMounts": [{"mountPath": "/tmp", "readOnly": True}, {"name": "tmp", "mountPath": "/x"}],
                }
            ]
        ),
        of_pod(volumes=[{"$patch": "replace"}, {"name": "tmp", "emptyDir": {}}], tolerations=[{"key": "a"}]),
        of_pod(topologySpreadConstraints=[{"topologyKey": "kubernetes.io/hostname", "maxSkew": 2}]),
        {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}, "revisionHistoryLimit": None}},
        {"metadata": {"finalizers": ["example.com/a"], "annotations": {"a": "b"}}},
    ),
    "web-service.yaml": ({"spec": {"ports": [{"port": 80, "name": "web"}, {"port": 81, "name": "other"}]}},),
    "web-poddisruptionbudget.yaml": ({"spec": {"selector": {"matchLabels": {"a": "b"}}}},),
}


@pytest.mark.parametrize("name", MERGES)
def test_a_merge_is_that_of_kubectl(kubectl: Kubectl, name: str, tmp_path: Path) -> None:
    item = manifests(replace(DJANGO_SHOP, namespace=kubectl.namespace))[name]
    for patch in MERGES[name]:
        file = tmp_path / "object.json"
        file.write_text(json.dumps(item))

        made = kubectl("patch", "--local", "-f", str(file), "--type=strategic", "-p", json.dumps(patch), "-o", "json")

        own = patched({name: item}, [Patch(0, item["kind"], merge=patch)])[name]
        assert normal(own) == normal(json.loads(made))
        item = own


def normal(value: Any) -> Any:
    """New items of a merged list may stand anywhere; what the typed client adds empty says nothing."""
    if isinstance(value, dict):
        return {
            key: normal(each) for key, each in value.items() if each not in (None, {}) and key != "creationTimestamp"
        }
    if isinstance(value, list):
        return sorted((normal(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))
    return value
