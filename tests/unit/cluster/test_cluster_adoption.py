"""Does an object of kubectl's or Helm's become kubeship's, and what nobody wants any more go?"""

from typing import Any

from kubeship.cluster.adoption import LAST_APPLIED, adoptable, handover, left_out
from kubeship.model.changes import FieldChange
from kubeship.model.objects import Object

CONTAINER = 'k:{"name":"web"}'


def entry(manager: str, fields: dict[str, Any], operation: str = "Update", **more: str) -> dict[str, Any]:
    return {"manager": manager, "operation": operation, "fieldsV1": fields, "time": "2026-01-01T00:00:00Z", **more}


def containers(**fields: dict[str, Any]) -> dict[str, Any]:
    return {"f:spec": {"f:containers": {CONTAINER: {f"f:{name}": below for name, below in fields.items()}}}}


def live(*entries: dict[str, Any]) -> Object:
    metadata = {"name": "web", "resourceVersion": "7", "managedFields": [*entries], "annotations": {LAST_APPLIED: "{}"}}
    web = {"name": "web", "image": "shop:1", "stdin": True}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [web]}}


def test_controllers_and_statuses_hand_nothing_over() -> None:
    assert not adoptable(live(entry("kube-controller-manager", {})), "kubeship")
    assert not adoptable(live(entry("kubectl", {}, subresource="scale")), "kubeship")
    assert adoptable(live(entry("helm", {})), "kubeship")
    assert not adoptable(live(entry("helm", {}), entry("kubeship", {}, "Apply")), "kubeship")


def test_the_fields_of_all_old_managers_are_kubeships_afterwards() -> None:
    last: dict[str, Any] = {"f:metadata": {"f:annotations": {".": {}, f"f:{LAST_APPLIED}": {}}}}
    item = live(
        entry("kubectl-client-side-apply", {**containers(image={}), **last}),
        entry("kubectl-edit", containers(stdin={})),
        entry("kube-controller-manager", {"f:status": {}}, subresource="status"),
    )

    test, replace, remove = handover(item, "kubeship")

    assert test == {"op": "test", "path": "/metadata/resourceVersion", "value": "7"}
    kept, ours = replace["value"]
    assert kept["manager"] == "kube-controller-manager"
    assert (ours["manager"], ours["operation"]) == ("kubeship", "Apply")
    assert ours["fieldsV1"] == {**containers(image={}, stdin={}), "f:metadata": {}}
    assert remove["path"] == "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration"


def test_what_the_manifest_leaves_out_is_shown_as_going() -> None:
    before = live(entry("helm", containers(image={}, stdin={})))
    after = live(entry("helm", containers(stdin={})), entry("kubeship", containers(image={}), "Apply"))

    assert left_out(before, after, {}) == (FieldChange("spec.containers[web].stdin", True, None),)


def test_defaults_that_come_back_are_not_told() -> None:
    before = live(entry("helm", containers(image={}, stdin={})))
    fresh = live()

    assert left_out(before, live(entry("kubeship", containers(image={}), "Apply")), fresh) == ()
