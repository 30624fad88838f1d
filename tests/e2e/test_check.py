"""Does preflight say of a real cluster and a real registry what a deploy would run into, and nothing else?"""

import base64
import io
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kubeship.cluster.client import KubernetesCluster
from kubeship.cluster.connect import connect
from kubeship.errors import MissingPrecondition
from kubeship.images.distribution.client import open_as
from kubeship.images.distribution.credentials import Login
from kubeship.images.distribution.manifests import OCI_MANIFEST
from kubeship.images.readable import read
from kubeship.model.finding import Finding
from kubeship.model.objects import Object
from kubeship.model.pulling import Upcoming
from tests.e2e.conftest import Kubectl
from tests.e2e.test_cluster import applied, config_map, deployment
from tests.faults.registry import digest_of
from tests.stack.addresses import Stack
from tests.stack.config_files import SECURED_LOGIN

pytestmark = pytest.mark.e2e


@pytest.fixture
def cluster(stack: Stack, kubectl: Kubectl, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> KubernetesCluster:
    monkeypatch.setenv("KUBECONFIG", stack.kubeconfig)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", stack.secured_registry_ca)
    return connect(stack.context, kubectl.namespace, lambda _: None, registries=read)


@pytest.fixture
def secured(stack: Stack, cluster: KubernetesCluster) -> str:
    """A repository of the registry that wants a password, with the tags `1` (amd64) and `arm` (arm64)."""
    if not stack.secured_registry:
        pytest.skip("the stack that is up has no registry with a password: make stack-down stack")
    repository = f"{stack.secured_registry}/check-test/{uuid.uuid4().hex[:8]}"
    client = open_as(repository, Login(*SECURED_LOGIN))
    for tag, architecture in (("1", "amd64"), ("arm", "arm64")):
        content = {"architecture": architecture, "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}
        configuration, layer = json.dumps(content).encode(), os.urandom(10)
        for blob in (configuration, layer):
            client.upload(repository, digest_of(blob), len(blob), lambda one=blob: io.BytesIO(one), lambda _: None)  # type: ignore[misc]
        descriptors = [
            {"mediaType": "application/octet-stream", "digest": digest_of(blob), "size": len(blob)}
            for blob in (configuration, layer)
        ]
        manifest = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": descriptors[0], "layers": descriptors[1:]}
        client.put_manifest(f"{repository}:{tag}", json.dumps(manifest).encode(), OCI_MANIFEST)
    return repository


def pull_secret(kubectl: Kubectl, name: str, place: str, password: str) -> None:
    login = {"auth": base64.b64encode(f"{SECURED_LOGIN[0]}:{password}".encode()).decode()}
    held = json.dumps({"auths": {place: login}})
    kubectl(
        "create", "secret", "generic", name, "--type=kubernetes.io/dockerconfigjson",
        f"--from-literal=.dockerconfigjson={held}",
    )  # fmt: skip


def pulling(stack: Stack, image: str, *secrets: str, **spec: Any) -> Object:
    item = deployment(stack)
    pod = item["spec"]["template"]["spec"]
    pod["containers"][0]["image"] = image
    pod |= {"imagePullSecrets": [{"name": name} for name in secrets], **spec}
    return item


def found(cluster: KubernetesCluster, *objects: Object, upcoming: Upcoming | None = None) -> tuple[Finding, ...]:
    return cluster.preflight(objects, upcoming, thorough=True).findings


def test_a_registry_is_asked_with_the_logins_that_the_pods_have(
    cluster: KubernetesCluster, secured: str, stack: Stack, kubectl: Kubectl
) -> None:
    pull_secret(kubectl, "good", stack.secured_registry, SECURED_LOGIN[1])
    pull_secret(kubectl, "path", f"https://{secured}", SECURED_LOGIN[1])
    pull_secret(kubectl, "wrong", stack.secured_registry, "planted-canary")
    pull_secret(kubectl, "other", "ghcr.io", "planted-canary")
    kubectl("create", "serviceaccount", "puller")
    kubectl("patch", "serviceaccount", "puller", "--patch", '{"imagePullSecrets": [{"name": "good"}]}')
    image = f"{secured}:1"

    for secrets in (("good",), ("path",), ("wrong", "good"), ("other", "good")):
        assert found(cluster, pulling(stack, image, *secrets)) == ()
    assert found(cluster, pulling(stack, image, serviceAccountName="puller")) == ()
    (nobody,) = found(cluster, pulling(stack, image))
    (wrong,) = found(cluster, pulling(stack, image, "wrong"))
    (other,) = found(cluster, pulling(stack, image, "other"))
    (missing,) = found(cluster, pulling(stack, f"{secured}:nosuch", "good"))
    beside = pulling(stack, f"{stack.registry}/library/python:3.11-slim", "wrong")
    beside["spec"]["template"]["spec"]["initContainers"] = [
        {**beside["spec"]["template"]["spec"]["containers"][0], "name": "first", "image": image}
    ]
    (first,) = found(cluster, beside)

    assert not nobody.fatal
    assert "Deployment/web has no pull secret for it: only nodes with a login of their own" in nobody.problem
    assert wrong.fatal
    assert "doesn't accept the credentials of Secret/wrong" in wrong.problem
    assert not other.fatal
    assert "its pull secret other holds a login for ghcr.io" in other.problem
    assert missing.fatal
    assert f"doesn't hold {secured}:nosuch" in missing.problem
    assert first.fatal
    assert first.problem == wrong.problem
    assert "planted-canary" not in repr((nobody, wrong, other, missing, first))


def test_an_image_that_is_still_to_be_built_needs_only_a_login(
    cluster: KubernetesCluster, secured: str, stack: Stack, kubectl: Kubectl
) -> None:
    pull_secret(kubectl, "good", stack.secured_registry, SECURED_LOGIN[1])
    pull_secret(kubectl, "wrong", stack.secured_registry, "wrong-word")
    new = f"{stack.secured_registry}/check-test/never-pushed"
    upcoming = Upcoming(new, "linux/amd64")

    assert found(cluster, pulling(stack, f"{new}:set-by-deploy", "good"), upcoming=upcoming) == ()
    (wrong,) = found(cluster, pulling(stack, f"{new}:set-by-deploy", "wrong"), upcoming=upcoming)
    (platform,) = found(
        cluster, pulling(stack, f"{new}:set-by-deploy", "good"), upcoming=Upcoming(new, "linux/riscv64")
    )

    assert wrong.fatal
    assert "doesn't accept the credentials of Secret/wrong" in wrong.problem
    assert platform.fatal
    assert platform.problem.startswith(f"{new} is for")
    assert platform.problem.endswith("is for linux/riscv64, and the nodes that Deployment/web may run on are "
                                     "linux/amd64, which can't start it")  # fmt: skip


def test_an_image_for_other_machines_is_told(
    cluster: KubernetesCluster, secured: str, stack: Stack, kubectl: Kubectl
) -> None:
    pull_secret(kubectl, "good", stack.secured_registry, SECURED_LOGIN[1])

    (wrong,) = found(cluster, pulling(stack, f"{secured}:arm", "good"))
    elsewhere = found(cluster, pulling(stack, f"{secured}:arm", "good", nodeSelector={"kubernetes.io/arch": "arm64"}))

    assert wrong.fatal
    assert "is for linux/arm64, and the nodes that Deployment/web may run on are linux/amd64" in wrong.problem
    assert elsewhere == ()


@pytest.fixture
def denying(kubectl: Kubectl) -> Iterator[str]:
    """Policies for the namespace alone: no ConfigMap called `bad`, no pod without the label `team`."""
    name = kubectl.namespace
    for what, group, resource, expression in (
        ("maps", "", "configmaps", "object.metadata.name != 'bad'"),
        ("pods", "", "pods", "has(object.metadata.labels.team)"),
    ):
        policy = {
            "failurePolicy": "Fail",
            "matchConstraints": {
                "resourceRules": [
                    {"apiGroups": [group], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": [resource]}
                ]
            },
            "validations": [{"expression": expression, "message": f"not as the {what} shall be"}],
        }
        selector = {"matchLabels": {"kubernetes.io/metadata.name": name}}
        binding = {
            "policyName": f"{name}-{what}",
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": selector},
        }
        head = {"apiVersion": "admissionregistration.k8s.io/v1", "metadata": {"name": f"{name}-{what}"}}
        kubectl.apply({**head, "kind": "ValidatingAdmissionPolicy", "spec": policy})
        kubectl.apply({**head, "kind": "ValidatingAdmissionPolicyBinding", "spec": binding})
    yield name
    for what in ("maps", "pods"):
        kubectl("delete", "validatingadmissionpolicybinding,validatingadmissionpolicy", f"{name}-{what}")


def test_policies_on_objects_stop_a_deploy_and_those_on_pods_are_told(
    cluster: KubernetesCluster, denying: str, stack: Stack
) -> None:
    good, bad = config_map("good"), config_map("bad")
    end = iter(range(100))
    while not (findings := found(cluster, good, bad, deployment(stack))) or len(findings) < 2:
        assert next(end) < 50  # the API server reads policies anew about once a second

    assert [(finding.subject, finding.fatal) for finding in findings] == [("admission", True), ("admission", False)]
    assert f"ValidatingAdmissionPolicy {denying}-maps" in findings[0].problem
    assert "not as the maps shall be" in findings[0].problem
    assert "pods of Deployment/web" in findings[1].problem
    assert "not as the pods shall be" in findings[1].problem
    with pytest.raises(MissingPrecondition, match="not as the maps shall be"):
        cluster.compare([bad])


def test_pod_security_without_a_warning_is_asked_with_a_pod(
    cluster: KubernetesCluster, stack: Stack, kubectl: Kubectl
) -> None:
    kubectl("label", "namespace", kubectl.namespace, "pod-security.kubernetes.io/warn-")
    web = deployment(stack)
    del web["spec"]["template"]["spec"]["securityContext"]

    (finding,) = found(cluster, web)

    assert finding.fatal
    assert finding.subject == "admission"
    assert "runAsNonRoot" in finding.problem


@pytest.fixture
def gizmos(kubectl: Kubectl) -> Iterator[Object]:
    """A kind that nobody knows yet."""
    group = f"{kubectl.namespace}.example.com"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": "Gizmo", "plural": "gizmos", "singular": "gizmo"}
    yield {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"gizmos.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
    }
    kubectl("delete", "crd", f"gizmos.{group}", "--ignore-not-found")


def test_a_kind_is_deployed_together_with_its_definition(cluster: KubernetesCluster, gizmos: Object) -> None:
    gizmo = {"apiVersion": f"{gizmos['spec']['group']}/v1", "kind": "Gizmo", "metadata": {"name": "one"}}

    checked = cluster.preflight([gizmo, gizmos])
    changes = cluster.compare([gizmo, gizmos], seen=checked.seen)
    applied(cluster, gizmo, gizmos)

    assert checked.findings == ()
    assert [str(change.ref) for change in changes] == [
        "Gizmo/one",
        f"CustomResourceDefinition/{gizmos['metadata']['name']}",
    ]
    assert not cluster.compare([gizmo, gizmos])


def test_a_class_of_pods_that_is_not_there_is_told(cluster: KubernetesCluster, stack: Stack) -> None:
    web = deployment(stack)
    web["spec"]["template"]["spec"] |= {
        "priorityClassName": "urgent",
        "runtimeClassName": "gvisor",
        "volumes": [{"name": "media", "persistentVolumeClaim": {"claimName": "media"}}],
    }

    findings = {finding.subject: finding for finding in found(cluster, web)}

    assert set(findings) == {"persistentvolumeclaim", "priorityclass", "runtimeclass"}
    assert all(finding.fatal for finding in findings.values())
