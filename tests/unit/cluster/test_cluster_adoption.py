"""Does an object of kubectl's or Helm's become kubeship's, and what nobody wants any more go?"""

from typing import Any

from cluster_fakes import FakeApi, config_map, managed

from kubeship.cluster.adoption import adoptable, handover, left_out
from kubeship.cluster.compare import LAST_APPLIED, masked_value
from kubeship.cluster.dry_run import compare
from kubeship.cluster.errors import refused
from kubeship.cluster.server_words import change_findings
from kubeship.model.changes import Action, Change, Changes, Conflict, Consent, FieldChange
from kubeship.model.objects import Object, ObjectRef

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


def test_of_a_secret_that_kubectl_applied_nothing_is_shown_but_names() -> None:
    text = '{"kind": "Secret", "stringData": {"PASSWORD": "canary"}}'
    annotations = {LAST_APPLIED: text, "team": "web"}
    metadata = {"name": "db", "uid": "1", "labels": {"a": "b"}, "annotations": annotations}
    fields = {
        "f:data": {".": {}, "f:PASSWORD": {}, "f:OTHER": {}},
        "f:metadata": {
            "f:annotations": {".": {}, f"f:{LAST_APPLIED}": {}, "f:team": {}},
            "f:labels": {".": {}, "f:a": {}},
        },
    }
    secret = {"apiVersion": "v1", "kind": "Secret", "data": {"PASSWORD": "Y2FuYXJ5", "OTHER": "Y2FuYXJ5"}}
    before = {**secret, "metadata": {**metadata, "managedFields": [entry("kubectl-client-side-apply", fields)]}}
    ours = entry("kubeship", {"f:stringData": {"f:PASSWORD": {}}}, "Apply")

    found = left_out(before, {**before, "metadata": {**metadata, "managedFields": [ours]}}, {})

    assert found == (
        FieldChange("data.OTHER", "(hidden)", None),
        FieldChange("metadata.labels.a", "b", None),
        FieldChange("metadata.annotations.team", "(hidden)", None),
    )
    assert "canary" not in str(masked_value("metadata", metadata, kind="Secret"))
    assert "canary" not in str(masked_value(f"metadata.annotations[{LAST_APPLIED}]", text, kind="ConfigMap"))


def labelled(name: str, app: str) -> Any:
    return {**config_map(name, a="1"), "metadata": {"name": name, "labels": {"app.kubernetes.io/name": app}}}


def test_what_another_app_of_kubeships_applies_is_not_taken_without_a_word() -> None:
    theirs = managed(labelled("settings", "other"), {"f:data": {}})
    record = {**config_map("kubeship-other-1"), "metadata": {"name": "r", "labels": {"kubeship.dev/app": "other"}}}
    api = FakeApi(theirs, record)

    (refused,) = compare(api, [labelled("settings", "shop")])[0]
    (taken,) = compare(api, [labelled("settings", "shop")], Consent(adopted=True))[0]

    assert [(each.manager, each.theirs) for each in refused.conflicts] == [("kubeship for the app other", "other")]
    assert taken.conflicts == ()


def test_what_another_app_of_kubeships_applies_is_not_replaced_either() -> None:
    theirs = managed(labelled("settings", "other"), {"f:data": {}})
    record = {**config_map("kubeship-other-1"), "metadata": {"name": "r", "labels": {"kubeship.dev/app": "other"}}}
    api = FakeApi(theirs, record)
    cause = {"reason": "FieldValueInvalid", "message": "field is immutable", "field": "data"}
    refusal = refused(422, {"message": "x", "details": {"causes": [cause]}}, "comparing ConfigMap/settings")
    api.refuse("apply dry ConfigMap/settings", refusal)

    changes, _ = compare(api, [labelled("settings", "shop")], Consent(replaced=frozenset({"ConfigMap/settings"})))
    (finding,) = change_findings(changes, "shop")

    assert "kubeship for the app other" in finding.problem
    assert "another name" in finding.remedy
    assert "--replace" not in finding.remedy


def test_an_own_object_with_another_label_is_ones_own() -> None:
    api = FakeApi(managed(labelled("settings", "renamed"), {"f:data": {}}))

    (change,) = compare(api, [labelled("settings", "shop")])[0]

    assert change.conflicts == ()


def test_what_a_helm_release_lists_is_not_shared_even_where_nothing_differs() -> None:
    release = {"meta.helm.sh/release-name": "old"}
    item = {**config_map("settings", a="1"), "metadata": {"name": "settings", "annotations": release}}
    api = FakeApi(managed(item, {"f:data": {"f:a": {}}}, manager="helm", time="T"))

    (change,) = compare(api, [config_map("settings", a="1")])[0]

    assert [(each.manager, each.theirs, each.since) for each in change.conflicts] == [("Helm", "old", "T")]
    assert (change.foreign, change.release) == (True, "old")


def test_what_gitops_keeps_in_step_is_taken_out_of_it_first() -> None:
    web = ObjectRef("apps/v1", "Deployment", "shop", "web")
    conflicts = (Conflict("spec.replicas", "argocd-controller"), Conflict("spec.paused", "kubectl"))

    argo, person = change_findings(Changes((Change(web, Action.UPDATE, conflicts=conflicts),)), "shop")

    assert "take the object out of Argo CD, which would put its own value back, and take it over" in argo.remedy
    assert "put its own value back" not in person.remedy
