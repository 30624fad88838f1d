"""Do patches change what they are for, as the Kubernetes API would, and say where they can't?

The API itself: tests/e2e/test_patches.py.
"""

from dataclasses import replace
from typing import Any

import pytest

from kubeship.errors import InvalidInput
from kubeship.model.objects import Object
from kubeship.model.patch import Patch
from kubeship.rendering.manifests import manifests
from kubeship.rendering.patches import patched
from kubeship.rendering.render import render
from tests.unit.rendering.rendering_plans import DJANGO_SHOP

WEB = "web-deployment.yaml"


def after(*patches: Patch) -> dict[str, Object]:
    return patched(manifests(DJANGO_SHOP), patches)


def container(item: Object) -> Any:
    return item["spec"]["template"]["spec"]["containers"][0]


def merge(patch: dict[str, Any], *, kind: str = "Deployment", name: str = "shop-web") -> Patch:
    return Patch(0, kind, name, merge=patch)


def pod(spec: dict[str, Any]) -> dict[str, Any]:
    return {"spec": {"template": {"spec": spec}}}


def test_operations_are_applied_in_their_order() -> None:
    operations = (
        {"op": "replace", "path": "/spec/replicas", "value": 7},
        {"op": "add", "path": "/metadata/annotations", "value": {"example.com/a": "1"}},
        {"op": "copy", "from": "/metadata/annotations/example.com~1a", "path": "/metadata/annotations/b"},
    )

    web = after(Patch(0, "Deployment", "shop-web", operations))[WEB]

    assert web["spec"]["replicas"] == 7
    assert web["metadata"]["annotations"] == {"example.com/a": "1", "b": "1"}


def test_what_is_patched_is_not_changed_in_place() -> None:
    before = manifests(DJANGO_SHOP)

    patched(before, [Patch(0, operations=({"op": "remove", "path": "/metadata/labels"},), name="shop-web")])

    assert before == manifests(DJANGO_SHOP)


def test_containers_and_variables_are_merged_by_name() -> None:
    patch = {"name": "web", "env": [{"name": "ALLOWED_HOSTS", "value": "*"}, {"name": "NEW", "value": "1"}]}

    web = after(merge(pod({"containers": [patch]})))[WEB]

    before = container(manifests(DJANGO_SHOP)[WEB])
    values = {each["name"]: each.get("value") for each in container(web)["env"]}
    assert values == {each["name"]: each.get("value") for each in before["env"]} | {"ALLOWED_HOSTS": "*", "NEW": "1"}
    assert container(web)["image"] == before["image"]


def test_a_new_container_comes_last() -> None:
    web = after(merge(pod({"containers": [{"name": "proxy", "image": "proxy:1"}]})))[WEB]

    assert [each["name"] for each in web["spec"]["template"]["spec"]["containers"]] == ["web", "proxy"]


def test_null_and_directives_take_away() -> None:
    spec = {
        "containers": [{"name": "web", "livenessProbe": None, "env": [{"name": "ALLOWED_HOSTS", "$patch": "delete"}]}],
        "volumes": [{"$patch": "replace"}, {"name": "tmp", "emptyDir": {"medium": "Memory"}}],
    }

    web = after(merge(pod(spec)))[WEB]

    assert "livenessProbe" not in container(web)
    assert "ALLOWED_HOSTS" not in {each["name"] for each in container(web)["env"]}
    assert web["spec"]["template"]["spec"]["volumes"] == [{"name": "tmp", "emptyDir": {"medium": "Memory"}}]


def test_retained_keys_take_the_others_away() -> None:
    web = after(merge({"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}))[WEB]

    assert web["spec"]["strategy"] == {"type": "Recreate"}


def test_lists_without_a_merge_key_are_replaced() -> None:
    web = after(merge(pod({"containers": [{"name": "web", "command": ["sleep", "1"]}]})))[WEB]

    assert container(web)["command"] == ["sleep", "1"]


def test_finalizers_are_a_set() -> None:
    first = merge({"metadata": {"finalizers": ["example.com/a", "example.com/b"]}})
    second = merge(
        {"metadata": {"finalizers": ["example.com/b"], "$deleteFromPrimitiveList/finalizers": ["example.com/a"]}}
    )

    web = after(first, second)[WEB]

    assert sorted(web["metadata"]["finalizers"]) == ["example.com/b"]


def test_an_object_can_be_taken_away() -> None:
    left = after(merge({"$patch": "delete"}, kind="PodDisruptionBudget", name="*"))

    assert {name for name in manifests(DJANGO_SHOP) if "poddisruption" not in name} == set(left)


def test_names_take_wildcards_and_kinds_alone_mean_all() -> None:
    patches = (
        Patch(0, "Deployment", operations=({"op": "add", "path": "/metadata/labels/a", "value": "1"},)),
        Patch(1, None, "shop-*-worker", operations=({"op": "add", "path": "/metadata/labels/b", "value": "1"},)),
    )

    objects = after(*patches)

    assert {name for name, item in objects.items() if "a" in item["metadata"]["labels"]} == {
        name for name, item in objects.items() if item["kind"] == "Deployment"
    }
    assert {item["metadata"]["name"] for item in objects.values() if "b" in item["metadata"]["labels"]} == {
        "shop-mail-worker"
    }


@pytest.mark.parametrize(
    ("patch", "words"),
    [
        (Patch(2, "Deployment", "shop-wbe"), ["patches[2].target", "Deployment/shop-wbe", "Deployment/shop-web"]),
        (
            Patch(1, name="shop-web", kind="Service", operations=({"op": "remove", "path": "/spec/typo"},)),
            ["patches[1].patch[0]", "/spec/typo", "Service/shop-web"],
        ),
        (
            Patch(0, "Service", operations=({"op": "test", "path": "/kind", "value": "x"},)),
            ["patches[0].patch[0]", "/kind"],
        ),
        (merge({"metadata": {"name": "other"}}), ["patches[0]", "name"]),
        (merge(pod({"containers": [{"image": "x"}]})), ["patches[0].patch", "spec.template.spec.containers", "name"]),
        (merge({"spec": {"$patch": "typo"}}), ["spec", "typo"]),
        (
            Patch(0, "Service", operations=({"op": "replace", "path": "", "value": None},)),
            ["patches[0]", "kind"],
        ),
    ],
)
def test_a_patch_that_cannot_be_applied_names_its_place(patch: Patch, words: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        after(patch)

    assert [word for word in words if word not in caught.value.message] == []


def test_rendered_files_hold_the_patched_objects() -> None:
    patch = Patch(0, "Deployment", "shop-web", ({"op": "replace", "path": "/spec/replicas", "value": 7},))

    files = render(replace(DJANGO_SHOP, patches=(patch,)))

    assert "  replicas: 7\n" in files[f"deploy/production/{WEB}"]
