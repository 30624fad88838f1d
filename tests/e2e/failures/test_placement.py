"""Are pods that no node takes, nobody may create, or a node throws out, named on a real cluster?"""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from kubeship.model.objects import Object
from tests.e2e.conftest import POD_SECURITY, Kubectl
from tests.e2e.failures.checks import assert_named, parameters, wanted
from tests.e2e.failures.moments import refused, refused_for_long, refused_for_long_by_a_webhook
from tests.e2e.failures.rollouts import (
    Case,
    Watched,
    after_events,
    container,
    deployment,
    named,
    on_one_node,
    pod_spec,
    put,
    run_all,
    stateful_set,
)
from tests.stack.addresses import Stack
from tests.stack.addresses import load as stack_of

pytestmark = pytest.mark.e2e

SOAK = {
    "bound-to-full-node",
    "claim-of-unknown-class",
    "gpu",
    "limit-range",
    "memory",
    "no-claim",
    "priority-class",
    "quota-wants-limits",
    "replica-sets",
    "runtime",
    "second-of-a-set",
    "selector",
}
"""Much like others."""

UNSCHEDULED = 30
"""Seconds: no node is worth a word after 15, and never certain."""


def claim(**spec: object) -> Object:
    wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **spec}
    return named("v1", "PersistentVolumeClaim", "media", spec=wanted)


def quota(**hard: str) -> Object:
    return named("v1", "ResourceQuota", "small", spec={"hard": hard})


def limit_range(**maximum: str) -> Object:
    return named("v1", "LimitRange", "limits", spec={"limits": [{"type": "Container", "max": maximum}]})


def cases(stack: Stack) -> list[Case]:
    media: dict[str, Any] = {"volumes": [{"name": "media", "persistentVolumeClaim": {"claimName": "media"}}]}
    mounted = container(stack, volumeMounts=[{"name": "media", "mountPath": "/media"}])

    def asking(**requests: str) -> Object:
        return container(stack, resources={"requests": requests, "limits": requests})

    def unplaced(name: str, workload: Object, cause: str, evidence: str, **more: object) -> Case:
        return Case(name, (workload,), cause, evidence, timeout=UNSCHEDULED, **more)  # type: ignore[arg-type]

    port = container(stack, ports=[{"containerPort": 8000, "hostPort": 38123}])
    here = on_one_node(stack)
    bound: dict[str, Any] = {"nodeName": here["nodeSelector"]["kubernetes.io/hostname"]}
    neighbour = {**named("v1", "Pod", "neighbour"), "spec": pod_spec(port, **here)}
    sysctls: dict[str, Any] = {"securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "65536"}]}}
    return [
        unplaced("cpu", deployment(asking(cpu="900")), "Insufficient cpu", "Insufficient cpu"),
        unplaced("memory", deployment(asking(memory="9Ti")), "Insufficient memory", "Insufficient memory"),
        unplaced(
            "gpu", deployment(container(stack, resources={"limits": {"nvidia.com/gpu": 1}})), "nvidia.com/gpu", ""
        ),
        unplaced(
            "selector",
            deployment(container(stack), nodeSelector={"disk": "ssd"}),
            "didn't match Pod's node affinity/selector",
            "selector",
        ),
        unplaced("host-port", deployment(port, **here), "didn't have free ports", "ports", before=put(neighbour)),
        unplaced(
            "claim-without-class",
            deployment(mounted, **media),
            "no persistent volumes available for this claim and no storage class is set",
            "FailedBinding",
            before=put(claim()),
        ),
        unplaced(
            "claim-of-unknown-class",
            deployment(mounted, **media),
            'storageclass.storage.k8s.io "gone" not found',
            "ProvisioningFailed",
            before=put(claim(storageClassName="gone")),
        ),
        unplaced(
            "no-claim", deployment(mounted, **media), 'persistentvolumeclaim "media" not found', '"media" not found'
        ),
        Case(
            "quota",
            (deployment(container(stack)),),
            "the namespace's quota small leaves no room",
            "exceeded quota: small",
            refused_for_long,
            before=put(quota(pods="0")),
        ),
        Case(
            "quota-wants-limits",
            (deployment(container(stack)),),
            "the quota small wants requests and limits",
            "must specify",
            refused,
            before=put(quota(**{"limits.memory": "1Gi"})),
        ),
        Case(
            "replica-sets",
            (deployment(container(stack)),),
            "shop-web gets no ReplicaSet: the namespace's quota small",
            "exceeded quota",
            before=put(quota(**{"count/replicasets.apps": "0"})),
            timeout=40,
        ),
        Case(
            "limit-range",
            (deployment(container(stack, resources={"limits": {"memory": "64Mi"}})),),
            "its memory lies outside of the namespace's LimitRange",
            "maximum memory usage per Container",
            refused,
            before=put(limit_range(memory="32Mi")),
        ),
        Case(
            "pod-security",
            (deployment(container(stack, securityContext={"privileged": True})),),
            "the namespace's Pod Security level restricted",
            "violates PodSecurity",
            refused,
            labels=POD_SECURITY,
        ),
        Case(
            "service-account",
            (deployment(container(stack), serviceAccountName="shop"),),
            "its ServiceAccount shop doesn't exist",
            'serviceaccount "shop" not found',
            refused_for_long,
        ),
        Case(
            "priority-class",
            (deployment(container(stack), priorityClassName="nosuch"),),
            "its PriorityClass nosuch doesn't exist",
            "nosuch",
            refused_for_long,
        ),
        Case(
            "second-of-a-set",
            (stateful_set(container(stack), replicas=2),),
            "shop-web doesn't get all of its pods: the namespace's quota small",
            "exceeded quota: small",
            before=put(quota(pods="1")),
            timeout=60,
        ),
        Case(
            "sysctl",
            (deployment(container(stack), **sysctls),),
            "the nodes don't allow to set the sysctl kernel.msgmax",
            "SysctlForbidden",
            after_events("SysctlForbidden", 3),
        ),
        Case(
            "bound-to-full-node",
            (deployment(asking(cpu="900"), **bound),),
            "the node that it is bound to has not enough cpu",
            "OutOfcpu",
            timeout=20,
        ),
    ]


@pytest.fixture(scope="module")
def policies(stack: Stack) -> Iterator[tuple[Case, ...]]:
    """What acts on the whole cluster: a policy, a webhook that doesn't answer, a class of runtimes."""
    name = f"e2e-{uuid.uuid4().hex[:8]}"
    cluster = Kubectl(stack, "default")

    def only(case: str) -> Object:
        return {"matchLabels": {name: case}}

    rules = [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]
    admission = "admissionregistration.k8s.io/v1"
    validation = {"expression": "false", "message": "wear a hat"}
    policy = named(
        admission,
        "ValidatingAdmissionPolicy",
        name,
        spec={"matchConstraints": {"resourceRules": rules}, "validations": [validation]},
    )
    binding = named(
        admission,
        "ValidatingAdmissionPolicyBinding",
        name,
        spec={
            "policyName": name,
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": only("policy")},
        },
    )
    hook = {
        "name": "silent.example.com",
        "clientConfig": {"url": "https://127.0.0.1:9/"},
        "rules": rules,
        "failurePolicy": "Fail",
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "timeoutSeconds": 1,
        "namespaceSelector": only("webhook"),
    }
    webhook = named(admission, "ValidatingWebhookConfiguration", name, webhooks=[hook])
    runtime = named("node.k8s.io/v1", "RuntimeClass", name, handler="gvisor")
    everything = (policy, binding, webhook, runtime)
    put(*everything)(cluster)
    web = deployment(container(stack))
    yield (
        Case("policy", (web,), f"the admission policy {name} denies", "wear a hat", refused, labels={name: "policy"}),
        Case(
            "webhook",
            (web,),
            "the admission webhook silent.example.com doesn't answer",
            "connection refused",
            refused_for_long_by_a_webhook,
            labels={name: "webhook"},
        ),
        Case(
            "runtime",
            (deployment(container(stack), runtimeClassName=name),),
            "the node has no container runtime gvisor",
            "no runtime for",
            timeout=25,
        ),
    )
    for item in everything:
        cluster("delete", item["kind"], name, "--wait=false")


NAMES = [case.name for case in cases(stack_of())] + ["policy", "webhook", "runtime"]


@pytest.fixture(scope="module")
def outcomes(
    stack: Stack, policies: tuple[Case, ...], request: pytest.FixtureRequest
) -> dict[str, tuple[Case, Watched | BaseException]]:
    all_cases = wanted(request, [*cases(stack), *policies])
    found = run_all(stack, all_cases)
    return {case.name: (case, found[case.name]) for case in all_cases}


@pytest.mark.parametrize("name", parameters(NAMES, SOAK))
def test_pod_that_does_not_come_is_explained(
    name: str, outcomes: dict[str, tuple[Case, Watched | BaseException]]
) -> None:
    assert_named(*outcomes[name])
