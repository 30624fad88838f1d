"""Is it known before a deploy whether kinds are served, volumes can be bound, and Secrets are of use?"""

import base64
import json
from typing import Any

import pytest
from cluster_fakes import FakeApi, deployment, ingress, namespace_object, preflight

from kubeship.cluster.references import references
from kubeship.cluster.served import remedy
from kubeship.cluster.storage import DEFAULT_CLASS, Claim, unbound
from kubeship.model.objects import Object


def pulling(name: str) -> Object:
    item = deployment("web")
    item["spec"]["template"]["spec"]["imagePullSecrets"] = [{"name": name}]
    return item


def secret(name: str, kind: str, *keys: str) -> Object:
    metadata = {"name": name}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "type": kind,
        "data": dict.fromkeys(keys, "eA=="),
    }


def storage_class(name: str, default: bool = False) -> Object:
    return {"metadata": {"name": name, "annotations": {DEFAULT_CLASS: str(default).lower()}}}


def volume(storage_class: str, phase: str = "Available") -> Object:
    return {"metadata": {"name": "pv"}, "spec": {"storageClassName": storage_class}, "status": {"phase": phase}}


def problems(claim: str | None, classes: list[Object], volumes: list[Object]) -> list[str]:
    return [finding.problem for finding in unbound([Claim("PersistentVolumeClaim/media", claim)], classes, volumes)]


@pytest.mark.parametrize(
    ("api_version", "kind", "expected"),
    [
        ("policy/v1beta1", "PodDisruptionBudget", "write apiVersion: policy/v1; Kubernetes 1.25"),
        ("extensions/v1beta1", "Ingress", "write apiVersion: networking.k8s.io/v1; Kubernetes 1.22"),
        ("extensions/v1beta1", "Deployment", "write apiVersion: apps/v1; Kubernetes 1.16"),
        ("monitoring.coreos.com/v1", "ServiceMonitor", "have the Prometheus Operator"),
        ("example.com/v1", "Gizmo", "have what defines Gizmo installed"),
    ],
)
def test_a_kind_that_is_not_served_has_its_remedy(api_version: str, kind: str, expected: str) -> None:
    assert expected in remedy(api_version, kind)


def test_each_unknown_kind_is_told_once_and_the_rest_is_checked_all_the_same() -> None:
    gizmos = [{"apiVersion": "example.com/v1", "kind": "Gizmo", "metadata": {"name": name}} for name in "ab"]

    findings = preflight(FakeApi(), [*gizmos, pulling("missing")])

    assert [finding.subject for finding in findings] == ["api", "secret"]


def test_claims_are_bound_by_a_class_a_default_or_a_free_volume() -> None:
    assert problems("fast", [storage_class("fast")], []) == []
    assert problems(None, [storage_class("fast", default=True)], []) == []
    assert problems("manual", [], [volume("manual")]) == []
    assert problems("", [storage_class("fast", default=True)], [volume("")]) == []


def test_claims_that_nothing_would_bind_are_named() -> None:
    fast = [storage_class("fast")]

    assert "is of StorageClass slow, which the cluster doesn't have; it has fast" in problems("slow", fast, [])[0]
    assert "names no StorageClass, and the cluster has no default one; it has fast" in problems(None, fast, [])[0]
    assert "no such volume is free" in problems("", fast, [volume("", "Bound")])[0]


def test_a_secret_that_is_no_pull_secret_is_told() -> None:
    api = FakeApi(secret("pull", "Opaque", "token"))

    (finding,) = preflight(api, [pulling("pull")])

    assert not finding.fatal
    assert "is no image pull secret: it is of type Opaque and holds token" in finding.problem


def test_a_secret_without_certificate_is_told() -> None:
    web: Any = ingress("web", "shop.example.com", "")
    web["spec"]["tls"] = [{"secretName": "tls"}]

    findings = preflight(FakeApi(secret("tls", "Opaque", "cert")), [web])

    assert any("is no TLS certificate" in finding.problem for finding in findings)


def test_right_secrets_are_no_finding() -> None:
    api = FakeApi(login("docker.io"), namespace_object("shop"))

    assert preflight(api, [pulling("pull")]) == ()


def test_a_secret_that_an_operator_will_make_is_not_missing() -> None:
    external = {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": {"name": "other"},
        "spec": {"target": {"name": "pull"}},
    }

    assert references([pulling("pull"), external]) == ()


def login(place: str) -> Object:
    item = secret("pull", "kubernetes.io/dockerconfigjson")
    config = json.dumps({"auths": {place: {"auth": "dTpw"}}}).encode()
    return {**item, "data": {".dockerconfigjson": base64.b64encode(config).decode()}}


def test_a_pull_secret_for_another_registry_is_told() -> None:
    (finding,) = preflight(FakeApi(login("ghcr.io")), [pulling("pull")])

    assert not finding.fatal
    assert finding.problem == "Deployment/web pulls shop:1, and its pull secret pull holds a login for ghcr.io"
    assert preflight(FakeApi(login("docker.io")), [pulling("pull")]) == ()
