"""Is everything that would fail later found at once, with its remedy?"""

from typing import Any

from cluster_fakes import FakeApi, config_map, conflict, deployment, forbidden, ingress, namespace_object, preflight

from kubeship.cluster.errors import refused
from kubeship.cluster.granted import Permission
from kubeship.cluster.permissions import role
from kubeship.cluster.references import references
from kubeship.model.finding import Finding
from kubeship.model.objects import Object


def secret(name: str, *keys: str) -> Object:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": dict.fromkeys(keys, "eA==")}


def needing(name: str, *keys: str, optional: bool = False) -> Object:
    def source(key: str) -> dict[str, Any]:
        return {"secretKeyRef": {"name": name, "key": key, "optional": optional}}

    return deployment("web", env=[{"name": key, "valueFrom": source(key)} for key in keys])


def ingress_class(name: str) -> Object:
    return {"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass", "metadata": {"name": name}}


def only(findings: tuple[Finding, ...]) -> Finding:
    (finding,) = findings
    return finding


def test_healthy_cluster_has_no_findings() -> None:
    api = FakeApi(secret("shop", "KEY"), ingress_class("traefik"))

    assert preflight(api, [needing("shop", "KEY"), ingress("web", "shop.example.com")]) == ()


def test_missing_namespace_is_the_only_thing_to_say_of_objects_that_need_nothing_else() -> None:
    api = FakeApi(namespace="new")
    api.live.clear()

    finding = only(preflight(api, [deployment("web")]))

    assert finding.subject == "namespace"
    assert finding.problem == "namespace new doesn't exist"


def test_secret_of_a_namespace_that_is_still_to_be_created_is_missing_too() -> None:
    api = FakeApi(namespace="new")
    api.live.clear()

    _, finding = preflight(api, [needing("shop", "KEY")])

    assert finding.fatal
    assert finding.subject == "secret"
    assert finding.remedy.startswith("`kubectl create namespace new`, then `kubectl create secret generic shop")


def test_missing_secret_says_how_to_make_it() -> None:
    finding = only(preflight(FakeApi(), [needing("shop", "KEY", "URL")]))

    assert finding.fatal
    assert finding.problem == "Secret/shop doesn't exist in namespace shop; Deployment/web needs it (variables)"
    literals = "--from-literal=KEY=... --from-literal=URL=..."
    assert finding.remedy == f"`kubectl create secret generic shop --namespace shop {literals}`"


def test_secret_without_a_key_names_the_key() -> None:
    finding = only(preflight(FakeApi(secret("shop", "KEY")), [needing("shop", "KEY", "URL")]))

    assert finding.problem == "Secret/shop in namespace shop has no URL; Deployment/web needs it"
    change = """--patch '{"stringData": {"URL": "..."}}'"""
    assert finding.remedy == f"add it: `kubectl patch secret shop --namespace shop {change}`"


def test_secret_that_may_not_be_read_stops_nothing() -> None:
    api = FakeApi()
    api.refuse("get Secret/shop", forbidden())

    finding = only(preflight(api, [needing("shop", "KEY")]))

    assert not finding.fatal
    assert "can't check that Secret/shop exists" in finding.problem


def test_optional_and_brought_along_need_not_exist() -> None:
    settings = config_map("settings", A="1")
    web = deployment("web", envFrom=[{"configMapRef": {"name": "settings"}}])

    assert references([needing("shop", "KEY", optional=True), settings, web]) == ()


def test_volumes_pull_secrets_and_accounts_are_references() -> None:
    web = deployment("web")
    web["spec"]["template"]["spec"] |= {
        "volumes": [
            {"name": "a", "secret": {"secretName": "files", "items": [{"key": "cert", "path": "cert"}]}},
            {"name": "b", "projected": {"sources": [{"configMap": {"name": "merged"}}]}},
        ],
        "imagePullSecrets": [{"name": "registry"}],
        "serviceAccountName": "web",
    }

    found = {(item.kind, item.name, tuple(item.keys), item.purpose) for item in references([web])}

    assert found == {
        ("Secret", "files", ("cert",), "volume"),
        ("ConfigMap", "merged", (), "volume"),
        ("Secret", "registry", (), "image pull secret"),
        ("ServiceAccount", "web", (), "service account"),
    }


def test_missing_permissions_become_the_smallest_role() -> None:
    api = FakeApi()
    api.forbidden = {("patch", "deployments"), ("create", "deployments"), ("get", "pods/log")}

    finding = only(preflight(api, [deployment("web")]))

    assert finding.fatal
    assert finding.problem.endswith("in namespace shop: get pods/log; create, patch deployments.apps")
    assert '- {apiGroups: ["apps"], resources: [deployments], verbs: [create, patch]}' in finding.remedy
    assert "secrets" not in finding.remedy


def test_permission_that_only_helps_is_not_fatal() -> None:
    api = FakeApi()
    api.forbidden = {("get", "secrets")}

    assert not only(preflight(api, [deployment("web")])).fatal


def test_kinds_outside_of_namespaces_need_a_cluster_role() -> None:
    text = role([Permission("", "namespaces", "get", namespaced=False), Permission("", "pods", "get")], "shop")

    assert "kind: Role\nmetadata: {name: kubeship, namespace: shop}" in text
    assert "kind: ClusterRole\nmetadata: {name: kubeship}" in text


def test_class_that_the_cluster_lacks_names_those_it_has() -> None:
    api = FakeApi(ingress_class("nginx"), ingress_class("traefik"))

    finding = only(preflight(api, [ingress("web", "shop.example.com", "treafik")]))

    assert finding.problem == "Ingress/web is of class treafik, which the cluster doesn't have; it has nginx, traefik"


def test_host_of_another_app_is_worth_a_word() -> None:
    api = FakeApi(ingress_class("traefik"), ingress("other", "shop.example.com", namespace="team-b"))

    finding = only(preflight(api, [ingress("web", "shop.example.com")]))

    assert not finding.fatal
    assert finding.problem == "shop.example.com/ is also served by Ingress/other in namespace team-b"


def test_own_live_ingress_is_no_collision() -> None:
    api = FakeApi(ingress_class("traefik"), ingress("web", "shop.example.com"))

    assert preflight(api, [ingress("web", "shop.example.com")]) == ()


def test_pods_that_the_namespace_will_reject_are_fatal() -> None:
    api = FakeApi(namespace_object("shop", **{"pod-security.kubernetes.io/enforce": "restricted"}))
    api.warnings = ('would violate PodSecurity "restricted:latest": runAsNonRoot != true',)

    finding = only(preflight(api, [deployment("web")]))

    assert finding.fatal
    assert finding.problem.startswith("namespace shop will reject the pods: would violate")


def test_other_warnings_are_not() -> None:
    api = FakeApi()
    api.warnings = ("apps/v1beta1 Deployment is deprecated",)

    assert not only(preflight(api, [deployment("web")])).fatal


def test_conflict_and_wrong_field_are_found_before_anything_is_built() -> None:
    api = FakeApi(deployment("web"))
    api.refuse("apply dry Deployment/web", conflict(".spec.replicas", "helm"))
    broken = FakeApi()
    broken.refuse("apply dry ConfigMap/a", refused(422, {"message": "too long"}, "comparing ConfigMap/a"))

    owned = only(preflight(api, [deployment("web", replicas=2)]))
    assert owned.problem == "Deployment/web: spec.replicas: (nothing), written by helm; this deploy has 2"
    assert only(preflight(broken, [config_map("a")])).subject == "manifest"
