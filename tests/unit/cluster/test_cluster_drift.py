"""Is it told what others changed, and nothing else?"""

from typing import Any

from cluster_fakes import FakeApi, config_map, deployment, managed

from kubeship.cluster.drift import drifts
from kubeship.cluster.dry_run import compare
from kubeship.model.changes import Drift, FieldChange, described_drift

ENV: Any = {"f:env": {'k:{"name":"EXTRA"}': {".": {}, "f:name": {}, "f:value": {}}}}
POD_SPEC = {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"web"}': {".": {}, **ENV}}}}}}


def with_extra(name: str = "EXTRA", manager: str = "kubectl-set") -> Any:
    fields = {"f:spec": POD_SPEC["f:spec"]}
    item = deployment("web", env=[{"name": name, "value": "hunter2"}])
    text = {"EXTRA": fields}.get(name) or _renamed(fields, name)
    return managed(item, text, manager=manager, time="2026-01-01T00:00:00Z")


def _renamed(fields: Any, name: str) -> Any:
    if isinstance(fields, dict):
        return {key.replace("EXTRA", name): _renamed(value, name) for key, value in fields.items()}
    return fields


def test_what_somebody_added_is_named_with_who_and_when() -> None:
    (drift,) = drifts(with_extra(), deployment("web"), (), None)

    assert drift.path == "spec.template.spec.containers[web].env"
    assert (drift.manager, drift.since, drift.applied) == ("kubectl-set", "2026-01-01T00:00:00Z", None)
    assert described_drift(drift).endswith("set by kubectl-set at 2026-01-01T00:00:00Z; not in the files, so it stays")


def test_one_added_variable_among_others_is_named_alone() -> None:
    wanted = deployment("web", env=[{"name": "A", "value": "1"}])

    (drift,) = drifts(with_extra(), wanted, (), None)

    assert drift.path == "spec.template.spec.containers[web].env[EXTRA]"


def test_an_added_secret_is_masked() -> None:
    (drift,) = drifts(with_extra("API_TOKEN"), deployment("web"), (), None)

    assert "hunter2" not in str(drift)


def test_controllers_and_their_notes_are_no_drift() -> None:
    status = managed(deployment("web"), {"f:status": {"f:replicas": {}}}, manager="x", subresource="status")
    revision = managed(status, {"f:metadata": {"f:annotations": {"f:note": {}}}}, manager="some-operator")

    assert drifts(with_extra(manager="kube-controller-manager"), deployment("web"), (), None) == ()
    assert drifts(revision, deployment("web"), (), None) == ()


def test_a_port_whose_protocol_is_the_default_is_stated() -> None:
    fields: Any = {'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, "f:containerPort": {}}}
    whole = _renamed(POD_SPEC, "EXTRA")
    whole["f:spec"]["f:template"]["f:spec"]["f:containers"]['k:{"name":"web"}'] = {".": {}, "f:ports": fields}
    live = managed(deployment("web", ports=[{"containerPort": 80, "protocol": "TCP"}]), whole, manager="kubectl-edit")

    assert drifts(live, deployment("web", ports=[{"containerPort": 80}]), (), None) == ()


def test_what_the_files_did_not_change_was_changed_by_others() -> None:
    applied = config_map("a", kept="1", edited="1", removed="1")
    wanted = config_map("a", kept="1", edited="1", removed="1", new="1")
    edited = FieldChange("data.edited", "2", "1")
    removed = FieldChange("data.removed", None, "1")
    live = managed(config_map("a", kept="1", edited="2"), {"f:data": {"f:edited": {}}}, "kubectl-edit", time="T")

    found = drifts(live, wanted, (edited, FieldChange("data.new", None, "1"), removed), applied)

    assert found == (
        Drift("data.edited", "2", "1", "kubectl-edit", "T"),
        Drift("data.removed", None, "1"),
    )


def test_without_a_record_nothing_is_called_put_back() -> None:
    assert drifts(config_map("a"), config_map("a", x="1"), (FieldChange("data.x", None, "1"),), None) == ()


def test_comparing_tells_drift_beside_changes() -> None:
    api = FakeApi(managed(config_map("a"), {"f:data": {}}))

    changes, _ = compare(api, [config_map("a", x="1")], applied=[config_map("a", x="1")])

    assert [str(target) for target, _ in changes.drifts] == ["ConfigMap/a"]
    assert [drift.path for _, drift in changes.drifts] == ["data.x"]
