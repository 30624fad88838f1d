"""Does the comparison show exactly what a person changed?"""

from typing import Any

from kubeship.cluster.compare import field_changes, field_path
from kubeship.model.changes import FieldChange


def workload(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}


def test_what_the_server_adds_is_no_change() -> None:
    live = workload(replicas=1) | {"status": {"replicas": 1}}
    live["metadata"] = {"name": "web", "uid": "1", "resourceVersion": "5", "generation": 1, "managedFields": [1]}
    wanted = workload(replicas=1) | {"status": {}}
    wanted["metadata"] = {"name": "web", "uid": "1", "resourceVersion": "6", "generation": 2, "managedFields": [2]}

    assert field_changes(live, wanted) == ()


def test_containers_and_variables_are_named_not_numbered() -> None:
    live = workload(containers=[{"name": "side", "image": "b"}, {"name": "web", "env": [{"name": "A", "value": "1"}]}])
    wanted = workload(
        containers=[{"name": "side", "image": "b"}, {"name": "web", "env": [{"name": "A", "value": "2"}]}]
    )

    changes = field_changes(live, wanted)

    assert changes == (FieldChange("spec.containers[web].env[A].value", "1", "2"),)


def test_item_that_comes_or_goes_is_one_change() -> None:
    live = workload(ports=[{"containerPort": 80}])
    wanted = workload(ports=[{"containerPort": 81}])

    changes = field_changes(live, wanted)

    assert changes == (
        FieldChange("spec.ports[80]", {"containerPort": 80}, None),
        FieldChange("spec.ports[81]", None, {"containerPort": 81}),
    )


def test_new_order_of_variables_is_a_change() -> None:
    live = workload(env=[{"name": "A"}, {"name": "B"}])
    wanted = workload(env=[{"name": "B"}, {"name": "A"}])

    assert field_changes(live, wanted) == (FieldChange("spec.env (order)", ["A", "B"], ["B", "A"]),)


def test_command_is_shown_whole() -> None:
    changes = field_changes(workload(command=["a", "b"]), workload(command=["a", "c"]))

    assert changes == (FieldChange("spec.command", ["a", "b"], ["a", "c"]),)


def test_ports_with_one_number_and_two_protocols_are_compared_by_place() -> None:
    live = workload(ports=[{"port": 53, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}])
    wanted = workload(ports=[{"port": 53, "protocol": "TCP"}, {"port": 53, "protocol": "UDP", "name": "dns"}])

    assert field_changes(live, wanted) == (FieldChange("spec.ports[1].name", None, "dns"),)


def test_label_with_dots_stands_in_brackets() -> None:
    live, wanted = workload(), workload()
    wanted["metadata"] = {"name": "web", "labels": {"app.kubernetes.io/name": "shop"}}
    live["metadata"] = {"name": "web", "labels": {"app.kubernetes.io/name": "old"}}

    assert field_changes(live, wanted) == (FieldChange("metadata.labels[app.kubernetes.io/name]", "old", "shop"),)


def test_secret_shows_which_key_changes_and_no_value() -> None:
    live = {"kind": "Secret", "metadata": {"name": "s"}, "data": {"PASSWORD": "b2xk", "SAME": "eA=="}}
    wanted = {"kind": "Secret", "metadata": {"name": "s"}, "data": {"PASSWORD": "bmV3", "SAME": "eA==", "NEW": "eQ=="}}

    changes = field_changes(live, wanted)

    assert [(change.path, change.before is None) for change in changes] == [
        ("data.NEW", True),
        ("data.PASSWORD", False),
    ]
    assert not any(value in str(changes) for value in ("b2xk", "bmV3", "eQ=="))
    assert changes[1].before != changes[1].after


def test_secret_hides_the_copy_that_kubectl_keeps() -> None:
    copy = "kubectl.kubernetes.io/last-applied-configuration"
    live = {"kind": "Secret", "metadata": {"name": "s", "annotations": {copy: "b2xk", "note": "a"}}}
    wanted = {"kind": "Secret", "metadata": {"name": "s", "annotations": {"note": "b"}}}
    bare = {"kind": "Secret", "metadata": {"name": "s"}}

    assert "b2xk" not in str(field_changes(live, wanted))
    assert "b2xk" not in str(field_changes(live, bare))


def test_conflict_paths_are_written_like_changes() -> None:
    assert field_path('.spec.containers[name="web"].env[name="A"].value') == "spec.containers[web].env[A].value"
    assert field_path('.spec.ports[containerPort=80,protocol="TCP"]') == "spec.ports[80]"
    assert field_path('.metadata.finalizers[="a/b"]') == "metadata.finalizers[a/b]"
