"""Is the server only left unasked where it would certainly change nothing?"""

import copy
from typing import Any

import pytest
from cluster_fakes import FakeApi, config_map, deployment, forbidden, managed, preflight

from kubeship.cluster.dry_run import compare
from kubeship.cluster.unchanged import is_unchanged
from kubeship.model.changes import Action

CONTAINER = {
    ".": {},
    "f:name": {},
    "f:image": {},
    "f:env": {
        'k:{"name":"A"}': {".": {}, "f:name": {}, "f:value": {}},
        'k:{"name":"B"}': {".": {}, "f:name": {}, "f:valueFrom": {"f:secretKeyRef": {}}},
    },
    "f:ports": {'k:{"containerPort":8000,"protocol":"TCP"}': {".": {}, "f:containerPort": {}}},
    "f:args": {},
}
FIELDS = {
    "f:metadata": {"f:finalizers": {'v:"keep"': {}}},
    "f:spec": {
        "f:selector": {},
        "f:template": {
            "f:metadata": {"f:labels": {"f:app": {}}},
            "f:spec": {"f:containers": {'k:{"name":"web"}': CONTAINER}},
        },
    },
}


def wanted() -> dict[str, Any]:
    env = [{"name": "A", "value": "1"}, {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "b"}}}]
    item = deployment("web", env=env, ports=[{"containerPort": 8000}], args=["-m", "web"])
    item["metadata"]["finalizers"] = ["keep"]
    return item


def live() -> dict[str, Any]:
    """As the server has it: with defaults, and with what others added."""
    item = copy.deepcopy(wanted())
    (container,) = item["spec"]["template"]["spec"]["containers"]
    container["ports"][0]["protocol"] = "TCP"
    container["env"].insert(0, {"name": "OTHERS", "value": "x"})
    item["spec"]["template"]["spec"] |= {"dnsPolicy": "ClusterFirst", "containers": [{"name": "side"}, container]}
    item["spec"]["replicas"] = 1
    item["metadata"] |= {"uid": "1", "resourceVersion": "7"}
    return managed(item, FIELDS)


def changed(item: dict[str, Any], *path: Any, value: Any) -> dict[str, Any]:
    item = copy.deepcopy(item)
    place = item
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return item


WEB = ("spec", "template", "spec", "containers", 0)
LIVE_WEB = ("spec", "template", "spec", "containers", 1)


def test_defaults_and_what_others_added_change_nothing() -> None:
    assert is_unchanged(live(), wanted(), "kubeship")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((*WEB, "image"), "shop:2"),
        ((*WEB, "image"), None),
        ((*WEB, "env", 0, "value"), "2"),
        ((*WEB, "env", 0), None),
        ((*WEB, "env"), [wanted()["spec"]["template"]["spec"]["containers"][0]["env"][i] for i in (1, 0)]),
        ((*WEB, "env", 1, "valueFrom", "secretKeyRef", "optional"), True),
        ((*WEB, "ports"), [{"containerPort": 8000}, {"containerPort": 8000, "protocol": "UDP"}]),
        ((*WEB, "ports", 0, "protocol"), "TCP"),
        ((*WEB, "args"), ["-m", "other"]),
        ((*WEB, "tty"), True),
        (("spec", "replicas"), 1),
        (("metadata", "finalizers"), ["other"]),
        (("metadata", "labels"), {"a": "b"}),
        (("apiVersion",), "apps/v2"),
    ],
)
def test_what_the_manifest_says_otherwise_is_asked(path: tuple[Any, ...], value: Any) -> None:
    assert not is_unchanged(live(), changed(wanted(), *path, value=value), "kubeship")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((*LIVE_WEB, "image"), "other"),
        ((*LIVE_WEB, "image"), None),
        ((*LIVE_WEB, "env", 1), None),
        ((*LIVE_WEB, "args"), ["-m"]),
        ((*LIVE_WEB, "name"), "renamed"),
        (("spec", "selector", "matchLabels", "more"), "x"),
        (("metadata", "finalizers"), []),
        (("metadata", "managedFields"), []),
        (("metadata", "managedFields", 0, "manager"), "helm"),
        (("metadata", "managedFields", 0, "operation"), "Update"),
    ],
)
def test_what_others_changed_is_asked(path: tuple[Any, ...], value: Any) -> None:
    assert not is_unchanged(changed(live(), *path, value=value), wanted(), "kubeship")


def test_a_number_is_no_truth() -> None:
    item = managed(config_map("a", x=1), {"f:data": {"f:x": {}}})  # type: ignore[arg-type]  # as a file may have it

    assert is_unchanged(item, config_map("a", x=1), "kubeship")  # type: ignore[arg-type]
    assert not is_unchanged(item, config_map("a", x=True), "kubeship")  # type: ignore[arg-type]


def test_many_unchanged_objects_cost_one_list_and_no_dry_run() -> None:
    label = {"labels": {"app.kubernetes.io/name": "shop"}}
    objects = [{**config_map(f"c{i}", a="1"), "metadata": {"name": f"c{i}", **label}} for i in range(20)]
    fields = {"f:data": {"f:a": {}}, "f:metadata": {"f:labels": {"f:app.kubernetes.io/name": {}}}}
    api = FakeApi(*(managed(item, fields) for item in objects))

    changes, _ = compare(api, objects)
    asked = list(api.calls)
    preflight(api, objects, thorough=True)

    assert not changes
    assert asked == ["get Namespace/shop", "list ConfigMap"]
    assert len(api.called("apply")) == 20


def test_objects_without_the_label_or_the_right_to_list_are_read_one_by_one() -> None:
    objects = [config_map(f"c{i}", a="1") for i in range(4)]
    api = FakeApi(*objects)

    changes, _ = compare(api, objects)

    assert not changes
    assert len(api.called("get")) == 5


def test_many_new_objects_cost_two_lists_and_those_without_the_label_are_found_all_the_same() -> None:
    label = {"labels": {"app.kubernetes.io/name": "shop"}}
    objects = [{**config_map(f"c{i}", a="1"), "metadata": {"name": f"c{i}", **label}} for i in range(20)]
    api = FakeApi(config_map("c7", a="of others"))

    changes, _ = compare(api, objects)

    assert [change.ref.name for change in changes if change.action is Action.UPDATE] == ["c7"]
    assert api.calls[:4] == ["get Namespace/shop", "list ConfigMap", "names ConfigMap", "get ConfigMap/c7"]
    assert len(api.called("get")) == 2


def test_names_that_may_not_be_listed_are_read_one_by_one() -> None:
    label = {"labels": {"app.kubernetes.io/name": "shop"}}
    objects = [{**config_map(f"c{i}", a="1"), "metadata": {"name": f"c{i}", **label}} for i in range(4)]
    api = FakeApi()
    api.refuse("list ConfigMap", forbidden())
    api.refuse("names ConfigMap", forbidden())

    compare(api, objects)

    assert len(api.called("get")) == 5
