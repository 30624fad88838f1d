"""Is what keeps objects and their pods out told before a deploy, and nothing asked twice?"""

from typing import Any

import pytest
from cluster_fakes import FakeApi, Heard, always, config_map, deployment, forbidden, ingress, preflight

from kubeship.cluster.apply import apply
from kubeship.cluster.defined import defined
from kubeship.cluster.dry_run import compare
from kubeship.cluster.errors import Refusal, refused, unanswered
from kubeship.cluster.established import await_kinds
from kubeship.cluster.ingresses import CANARY, OLD_CLASS, host_collisions
from kubeship.cluster.ports import Kind
from kubeship.cluster.preflight import preflight as checked
from kubeship.cluster.references import references
from kubeship.cluster.server_words import warning_findings
from kubeship.errors import ApplyFailed, InvalidInput, MissingPrecondition
from kubeship.model.objects import Object
from kubeship.model.pulling import Upcoming

POLICY = "ValidatingAdmissionPolicy 'owners' with binding 'all' denied request: it has no owner"


def policy(words: str = POLICY, status: int = 422) -> Refusal:
    return refused(status, {"message": words, "reason": "Invalid"}, "comparing ConfigMap/bad")


def denial(words: str) -> Refusal:
    return refused(403, {"message": f'admission webhook "a.b" denied the request: {words}'}, "comparing Deployment/web")


def definition(*versions: str) -> Object:
    names = {"kind": "Gizmo", "plural": "gizmos"}
    spec = {"group": "example.com", "names": names, "versions": [{"name": one, "served": True} for one in versions]}
    metadata = {"name": "gizmos.example.com"}
    return {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": metadata,
            "spec": spec}  # fmt: skip


GIZMO: Object = {"apiVersion": "example.com/v1", "kind": "Gizmo", "metadata": {"name": "one"}}


class Extensible(FakeApi):
    """Knows CustomResourceDefinitions, and what they define a while after they are applied."""

    late = 1

    def kind(self, api_version: str, kind: str) -> Kind:
        if kind == "CustomResourceDefinition":
            return Kind("apiextensions.k8s.io", "customresourcedefinitions", False)
        if kind == "Gizmo" and any(name.kind == "CustomResourceDefinition" for name in self.live):
            self.late -= 1
            if self.late < 0:
                return Kind("example.com", "gizmos", True)
        return super().kind(api_version, kind)


def test_a_policy_that_denies_is_no_wrong_manifest() -> None:
    api = FakeApi()
    api.refuse("apply dry ConfigMap/bad", policy(), policy())

    (finding,) = preflight(api, [config_map("bad")])

    assert (finding.subject, finding.fatal) == ("admission", True)
    assert finding.problem.endswith("the ValidatingAdmissionPolicy owners (binding all) refuses it: it has no owner")
    with pytest.raises(MissingPrecondition, match="it has no owner"):
        compare(api, [config_map("bad")])


def test_a_manifest_that_is_wrong_weighs_more_than_one_that_is_kept_out() -> None:
    api = FakeApi()
    api.refuse("apply dry ConfigMap/bad", policy())
    api.refuse("apply dry ConfigMap/long", refused(422, {"message": "too long"}, "comparing ConfigMap/long"))

    with pytest.raises(InvalidInput, match="refuses 2 objects"):
        compare(api, [config_map("bad"), config_map("long")])


def test_what_is_said_of_an_image_before_it_is_built_stops_nothing() -> None:
    upcoming = Upcoming("shop", "linux/amd64")
    item = deployment("web", "shop:set-by-deploy")
    unsigned, unowned = FakeApi(), FakeApi()
    unsigned.refuse("apply dry Deployment/web", denial("the image has no digest"))
    unowned.refuse("apply dry Deployment/web", denial("no label team"))

    assert [one.fatal for one in preflight(unsigned, [item], upcoming=upcoming)] == [False]
    assert [one.fatal for one in preflight(unowned, [item], upcoming=upcoming)] == [True]
    assert [one.fatal for one in preflight(unsigned, [item])] == []  # let in at the second try


@pytest.mark.parametrize(
    ("refusal", "fatal"),
    [
        (denial("no naked pods"), [False]),
        (
            refused(403, {"message": 'pods "x" is forbidden: violates PodSecurity "restricted:latest": root'}, ""),
            [True],
        ),
        (refused(403, {"message": 'pods "x" is forbidden: exceeded quota: team'}, ""), []),
        (
            forbidden(
                'pods is forbidden: User "ci" cannot create resource "pods" in API group "" in the namespace "a"'
            ),
            [],
        ),
    ],
)
def test_pods_are_tried_too(refusal: Refusal, fatal: list[bool]) -> None:
    api = FakeApi()
    api.refuse("try Pod web-", refusal)

    assert [one.fatal for one in preflight(api, [deployment("web")])] == fatal


def test_a_webhook_that_is_silent_is_not_waited_for_twice() -> None:
    api = FakeApi()
    silent = refused(500, {"message": 'failed calling webhook "a.b": deadline exceeded'}, "asking")
    api.refuse("try Pod web-", silent)

    (finding,) = preflight(api, [deployment("web"), deployment("worker")])

    assert not finding.fatal
    assert "try Pod worker-" not in api.calls


def test_a_server_that_is_gone_is_not_asked_about_the_next_pod() -> None:
    api = FakeApi()
    api.refuse("try Pod web-", unanswered("https://h", OSError("Connection refused"), "asking"))

    with pytest.raises(Refusal, match="nothing listens there"):
        preflight(api, [deployment("web"), deployment("worker")])

    assert "try Pod worker-" not in api.calls


def test_a_kind_that_is_deployed_with_its_definition_is_unknown_to_nobody() -> None:
    api = Extensible()

    result = checked(api, [GIZMO, definition("v1")])
    changes, _ = compare(api, [GIZMO, definition("v1")], seen=result.seen)
    apply(api, [GIZMO, definition("v1")], always, Heard())

    assert result.findings == ()
    assert [change.ref.kind for change in changes] == ["Gizmo", "CustomResourceDefinition"]
    assert [call for call in api.calls if call.startswith("apply ")][-1] == "apply Gizmo/one"
    (finding,) = preflight(FakeApi(), [GIZMO])
    assert finding.subject == "api"


def test_a_kind_that_is_never_served_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubeship.cluster.established.LONGEST", -1)

    with pytest.raises(ApplyFailed, match=r"still doesn't serve Gizmo in example\.com/v1"):
        await_kinds(FakeApi(), [GIZMO], defined([definition("v1")]), lambda _: None)


def test_what_preflight_saw_is_asked_again_only_where_something_else_is_sent_or_there() -> None:
    api = FakeApi(config_map("b", x="1"), config_map("c", x="1"))
    wanted = [config_map("a", x="2"), config_map("b", x="2"), config_map("c", x="2")]
    seen = checked(api, wanted).seen
    api.store(config_map("c", x="3"))
    api.calls.clear()

    changes, _ = compare(api, [*wanted, config_map("d")], seen=seen)

    assert len(list(changes)) == 4
    assert api.called("apply") == ["apply dry ConfigMap/c", "apply dry ConfigMap/d"]
    assert not [call for call in api.calls if "Namespace" in call or "Autoscaler" in call]


def test_a_deprecated_version_says_what_to_write() -> None:
    said = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"

    (finding,) = warning_findings([said], {})

    assert finding.remedy == "write discovery.k8s.io/v1 EndpointSlice in its place"
    assert not finding.fatal


def route(name: str, host: str, path: str = "/", kind: str = "Prefix", **metadata: Any) -> Object:
    item = ingress(name, host, metadata.pop("of", "traefik"), metadata.pop("namespace", "other"))
    item["metadata"]["annotations"] = metadata.pop("annotations", {})
    item["spec"]["rules"][0]["http"]["paths"] = [{"path": path, "pathType": kind}]
    return item


@pytest.mark.parametrize(
    ("other", "collides"),
    [
        (route("b", "a.test"), True),
        (route("b", "a.test", of="internal"), False),
        (route("b", "*.test"), False),
        (route("b", "a.test", "/", "Exact"), False),
        (route("b", "a.test", "/api"), False),
        (route("b", "a.test", annotations={CANARY: "true"}), False),
        (route("b", "a.test", of="", annotations={OLD_CLASS: "traefik"}), True),
        (route("b", "a.test", of=""), True),  # the default class
        (route("a", "a.test", namespace="shop"), False),
    ],
)
def test_hosts_collide_where_one_controller_gets_both(other: Object, collides: bool) -> None:
    ours = route("a", "a.test", namespace="shop")

    assert bool(host_collisions([ours], [other], "shop", default="traefik")) is collides


def test_trailing_slashes_make_no_other_prefix() -> None:
    assert host_collisions([route("a", "a.test", "/x", namespace="shop")], [route("b", "a.test", "/x/")], "shop")


def test_what_every_namespace_has_and_what_pods_mount_besides() -> None:
    web = deployment("web")
    web["spec"]["template"]["spec"] |= {
        "serviceAccountName": "default",
        "priorityClassName": "high",
        "volumes": [
            {"name": "ca", "configMap": {"name": "kube-root-ca.crt"}},
            {"name": "share", "csi": {"driver": "smb", "nodePublishSecretRef": {"name": "smb"}}},
            {"name": "files", "azureFile": {"shareName": "a", "secretName": "azure"}},
            {"name": "media", "persistentVolumeClaim": {"claimName": "media"}},
            {"name": "maybe", "secret": {"secretName": "maybe", "optional": True}},
            {"name": "nameless", "secret": {}},
        ],
    }

    assert {(one.kind, one.name) for one in references([web])} == {
        ("PersistentVolumeClaim", "media"),
        ("PriorityClass", "high"),
        ("Secret", "azure"),
        ("Secret", "smb"),
    }


def test_classes_that_may_not_be_seen_are_no_finding_and_missing_ones_are() -> None:
    web = deployment("web")
    web["spec"]["template"]["spec"]["priorityClassName"] = "high"
    blind = FakeApi()
    blind.refuse("get PriorityClass/high", forbidden())

    (finding,) = preflight(FakeApi(), [web])

    assert finding.fatal
    assert finding.problem.startswith("the cluster has no PriorityClass/high; Deployment/web names it")
    assert preflight(blind, [web]) == ()
