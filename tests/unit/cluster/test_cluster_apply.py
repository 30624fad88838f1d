"""Is everything compared before it is applied, in order, and only with the lease?"""

from datetime import date

import pytest
from cluster_fakes import FakeApi, Heard, always, autoscaler, config_map, conflict, deployment, forbidden, lost, managed

from kubeship.cluster.apply import apply
from kubeship.cluster.dry_run import compare
from kubeship.cluster.errors import refused
from kubeship.cluster.manifests import phases, sendable
from kubeship.errors import ApplyFailed, InvalidInput, LeaseHeld
from kubeship.model.changes import Action, Conflict, Consent
from kubeship.model.objects import Object, ObjectRef


def test_missing_namespace_means_that_all_would_be_created() -> None:
    api = FakeApi(namespace="new")
    api.live.clear()

    changes, _ = compare(api, [config_map("a"), deployment("web")])

    assert [change.action for change in changes] == [Action.CREATE, Action.CREATE]
    assert api.called("apply") == []


def test_a_namespace_that_may_not_be_read_is_compared_all_the_same() -> None:
    api = FakeApi(config_map("a", a="1"))
    api.refuse("get Namespace/shop", forbidden())

    changes, _ = compare(api, [config_map("a", a="2")])

    assert [change.action for change in changes] == [Action.UPDATE]


def test_changed_new_and_unchanged_objects_are_told_apart() -> None:
    api = FakeApi(config_map("same", a="1"), config_map("changed", a="1"))

    changes, _ = compare(api, [config_map("same", a="1"), config_map("changed", a="2"), config_map("new")])

    assert [change.action for change in changes.items] == [Action.UNCHANGED, Action.UPDATE, Action.CREATE]
    assert [field.path for change in changes for field in change.fields] == ["data.a"]


def test_many_objects_keep_their_order() -> None:
    api = FakeApi()
    objects = [config_map(f"c{number}") for number in range(30)]

    changes, _ = compare(api, objects)

    assert [change.ref.name for change in changes] == [f"c{number}" for number in range(30)]


def test_conflict_shows_the_manager_and_what_would_change() -> None:
    api = FakeApi(deployment("web", "shop:1"))
    api.refuse("apply dry Deployment/web", conflict('.spec.template.spec.containers[name="web"].image', "helm"))

    changes, _ = compare(api, [deployment("web", "shop:2")])

    (change,) = changes
    assert change.conflicts == (
        Conflict("spec.template.spec.containers[web].image", "helm", theirs="shop:1", ours="shop:2"),
    )
    assert [field.after for field in change.fields] == ["shop:2"]


def test_every_refused_object_is_named_at_once() -> None:
    api = FakeApi()
    for name in ("a", "b"):
        api.refuse(f"apply dry ConfigMap/{name}", refused(422, {"message": f"{name} is wrong"}, "comparing"))

    with pytest.raises(InvalidInput) as raised:
        compare(api, [config_map("a"), config_map("b"), config_map("c")])

    assert "a is wrong" in raised.value.message
    assert "b is wrong" in raised.value.message


def test_unknown_kind_is_found_before_anything_is_asked() -> None:
    api = FakeApi()

    with pytest.raises(InvalidInput, match="has no Deploymint"):
        compare(api, [config_map("a"), {**deployment("web"), "kind": "Deploymint"}])

    assert api.called("apply") == []


def test_replicas_are_left_to_a_live_autoscaler() -> None:
    ours = managed(deployment("web", replicas=5), {"f:spec": {"f:replicas": {}}})
    api = FakeApi(ours, autoscaler("web"))

    changes, _ = compare(api, [deployment("web", replicas=2)])
    apply(api, [deployment("web", replicas=2)], always, Heard())

    assert not changes
    (live,) = api.list("apps/v1", "Deployment").items
    assert live["spec"]["replicas"] == 5


def test_replicas_that_the_autoscaler_owns_are_not_sent() -> None:
    theirs = managed(deployment("web", replicas=5), {"f:spec": {"f:replicas": {}}}, manager="kube-controller-manager")
    api = FakeApi(theirs, autoscaler("web"))

    apply(api, [deployment("web", replicas=2)], always, Heard())

    (live,) = api.list("apps/v1", "Deployment").items
    assert "replicas" not in live["spec"]


def test_autoscaler_that_comes_along_keeps_what_it_finds() -> None:
    api = FakeApi(managed(deployment("web", replicas=5), {"f:spec": {"f:replicas": {}}}))

    apply(api, [deployment("web"), autoscaler("web")], always, Heard())

    (live,) = api.list("apps/v1", "Deployment").items
    assert live["spec"]["replicas"] == 5


def test_new_workload_begins_with_the_autoscalers_least_number() -> None:
    api = FakeApi()
    scaler = autoscaler("web")
    scaler["spec"]["minReplicas"] = 3

    apply(api, [deployment("web"), deployment("worker"), scaler], always, Heard())

    live = {item["metadata"]["name"]: item["spec"] for item in api.list("apps/v1", "Deployment").items}
    assert live["web"]["replicas"] == 3
    assert "replicas" not in live["worker"]


def test_autoscaler_that_scales_meanwhile_is_asked_again() -> None:
    api = FakeApi(deployment("web", replicas=5), autoscaler("web"))
    api.refuse("apply Deployment/web", conflict(".spec.replicas", "kube-controller-manager"))

    apply(api, [deployment("web", replicas=2)], always, Heard())

    assert len(api.called("apply")) == 2


def test_autoscalers_that_may_not_be_seen_stop_nothing() -> None:
    api = FakeApi(deployment("web", replicas=2))
    api.refuse("list HorizontalPodAutoscaler", forbidden())

    changes, _ = compare(api, [deployment("web", replicas=3)])

    assert [change.action for change in changes] == [Action.UPDATE]


def test_dependencies_come_first_and_unknown_kinds_last() -> None:
    kinds = ["Certificate", "Ingress", "Deployment", "Service", "Secret", "ServiceAccount", "Namespace", "ConfigMap"]
    objects = [{"apiVersion": "v1", "kind": kind, "metadata": {"name": "a"}} for kind in kinds]

    ordered = [[item["kind"] for item in phase] for phase in phases(objects)]

    assert ordered == [
        ["Namespace"],
        ["ServiceAccount"],
        ["Secret", "ConfigMap"],
        ["Service"],
        ["Deployment"],
        ["Ingress"],
        ["Certificate"],
    ]


def test_nothing_is_written_without_the_lease() -> None:
    api = FakeApi()

    with pytest.raises(LeaseHeld):
        apply(api, [config_map("a")], lost(LeaseHeld("lost", hint="again")), Heard())

    assert api.called("apply") == []


def test_refused_object_stops_before_what_needs_it() -> None:
    api = FakeApi()
    api.refuse("apply ConfigMap/a", forbidden())

    with pytest.raises(ApplyFailed, match="may not get secrets"):
        apply(api, [deployment("web"), config_map("a")], always, Heard())

    assert api.called("apply") == ["apply ConfigMap/a"]


def test_warnings_of_the_server_are_said_once() -> None:
    api, heard = FakeApi(), Heard()
    api.warnings = ("would violate PodSecurity",)

    apply(api, [config_map("a"), config_map("b")], always, heard)

    assert heard.text.count("would violate PodSecurity") == 1


def test_nulls_and_status_are_not_sent() -> None:
    item = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "labels": None}, "status": {"x": 1}}

    assert sendable(item) == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}


def test_date_in_a_manifest_asks_for_quotes() -> None:
    item = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"day": date(2026, 1, 1)}}

    with pytest.raises(InvalidInput, match="ConfigMap/a holds") as raised:
        sendable(item)

    assert "quotes" in raised.value.hint


def test_a_number_that_the_server_would_take_for_0_is_refused() -> None:
    item = deployment("web")

    with pytest.raises(InvalidInput, match="99999999999999999999, which is out of range"):
        sendable({**item, "spec": {**item["spec"], "replicas": 99999999999999999999}})


def test_only_a_field_that_was_named_is_taken_over() -> None:
    api = FakeApi(deployment("web", "shop:1"))
    image = "Deployment/web:spec.template.spec.containers[web].image"
    api.refuse("apply dry Deployment/web", conflict('.spec.template.spec.containers[name="web"].image', "helm"))
    api.refuse("apply Deployment/web", conflict('.spec.template.spec.containers[name="web"].image', "helm"))

    consent = Consent(taken=frozenset({image}))
    changes, _ = compare(api, [deployment("web", "shop:2")], consent)
    apply(api, [deployment("web", "shop:2")], always, Heard(), consent)

    assert not changes.conflicts
    assert "apply forced Deployment/web" in api.called("apply")


def test_a_conflict_beside_the_named_field_stays_one() -> None:
    api = FakeApi(deployment("web", "shop:1"))
    api.refuse("apply Deployment/web", conflict(".spec.paused", "kubectl"))

    with pytest.raises(ApplyFailed):
        apply(
            api,
            [deployment("web", "shop:2")],
            always,
            Heard(),
            Consent(taken=frozenset({"Deployment/web:spec.replicas"})),
        )


IMMUTABLE = {"message": "spec.selector: Invalid value: field is immutable", "reason": "Invalid"}


def test_a_field_that_cannot_change_replaces_the_object_where_that_was_said() -> None:
    api = FakeApi(deployment("web", "shop:1"))
    api.refuse("apply dry Deployment/web", refused(422, IMMUTABLE, "comparing Deployment/web"))
    api.refuse("apply Deployment/web", refused(422, IMMUTABLE, "applying Deployment/web"))
    consent = Consent(replaced=frozenset({"Deployment/web"}))

    changes, _ = compare(api, [deployment("web", "shop:2")], consent)
    apply(api, [deployment("web", "shop:2")], always, Heard(), consent)

    assert [change.action for change in changes] == [Action.REPLACE]
    assert api.called("apply")[-2:] == ["apply Deployment/web", "apply Deployment/web"]
    assert api.called("delete") == ["delete Deployment/web Foreground"]


def test_without_that_word_it_is_refused_before_anything_changes() -> None:
    api = FakeApi(deployment("web", "shop:1"))
    api.refuse("apply dry Deployment/web", refused(422, IMMUTABLE, "comparing Deployment/web"))

    with pytest.raises(InvalidInput, match="immutable"):
        compare(api, [deployment("web", "shop:2")])


class Ending(FakeApi):
    """What is being deleted is gone at the second look."""

    def get(self, wanted: ObjectRef) -> Object | None:
        live = super().get(wanted)
        if live and live["metadata"].get("deletionTimestamp") and self.calls.count(f"get {wanted}") > 1:
            del self.live[self._place(wanted)]
            return None
        return live


def test_object_that_is_being_deleted_is_a_change_and_made_anew_once_it_is_gone() -> None:
    dying = managed(config_map("a", a="1"), {"f:data": {"f:a": {}}})
    dying["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    api, heard = Ending(dying), Heard()

    changes, _ = compare(api, [config_map("a", a="1")])
    api.calls.clear()
    apply(api, [config_map("a", a="1")], always, heard)

    assert [change.action for change in changes] == [Action.UPDATE]
    assert "ConfigMap/a is being deleted" in heard.text
    assert [item["metadata"].get("deletionTimestamp") for item in api.list("v1", "ConfigMap").items] == [None]


def test_lease_that_was_lost_while_an_object_came_to_its_end_stops_the_write() -> None:
    dying = managed(config_map("a", a="1"), {"f:data": {"f:a": {}}})
    dying["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    api = Ending(dying)

    def lost() -> None:
        if not any(name.kind == "ConfigMap" for name in api.live):
            raise LeaseHeld("lost to bob", hint="wait")

    with pytest.raises(LeaseHeld):
        apply(api, [config_map("a", a="1")], lost, Heard())

    assert not [call for call in api.calls if call.startswith("apply")]
