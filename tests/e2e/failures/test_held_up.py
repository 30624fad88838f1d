"""Is what holds a rollout up from outside of its containers named on a real cluster, and what stays behind told?"""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kubeship.model.events import Caution
from kubeship.model.objects import Object
from kubeship.model.verdict import Ready
from tests.e2e.conftest import Kubectl
from tests.e2e.failures.checks import assert_named, parameters, wanted
from tests.e2e.failures.moments import available, refused_for_long
from tests.e2e.failures.rollouts import (
    Case,
    Watched,
    after,
    container,
    daemon_set,
    deployment,
    dumped,
    named,
    on_one_node,
    put,
    rolled_out,
    run_all,
    running_before,
    stateful_set,
)
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e

NAMES = (
    "some-refused",
    "account-of-an-update",
    "paused",
    "finalizer",
    "scheduler",
    "scheduling-gate",
    "readiness-gate",
    "anti-affinity",
    "spread",
    "volume-of-a-gone-node",
    "storage-driver",
    "port-name",
    "no-progress",
    "old-pods-keep-the-quota",
    "old-pod-keeps-the-port",
    "device",
    "start-hook",
)
SOAK = set(NAMES) - {"some-refused", "finalizer", "port-name", "old-pods-keep-the-quota"}
BRIEF = 30
"""Seconds: each is worth a word after 5 to 20, and never certain."""
READY: dict[str, Any] = {"readinessProbe": {"exec": {"command": ["true"]}, "periodSeconds": 1}}


def hold(kubectl: Kubectl) -> None:
    """Put a finalizer onto the StatefulSet's pod."""
    kubectl("patch", "pod", "shop-web-0", "--type=merge", "-p", '{"metadata": {"finalizers": ["example.com/hold"]}}')


def release(kubectl: Kubectl) -> None:
    kubectl("patch", "pod", "shop-web-0", "--type=merge", "-p", '{"metadata": {"finalizers": null}}', check=False)


def each_of(*steps: Callable[[Kubectl], None]) -> Callable[[Kubectl], None]:
    def one_after_the_other(kubectl: Kubectl) -> None:
        for step in steps:
            step(kubectl)

    return one_after_the_other


def cases(stack: Stack) -> list[Case]:
    asked = container(stack, **READY)
    another = container(stack, "import time; time.sleep(601)", **READY)
    quota = named("v1", "ResourceQuota", "small", spec={"hard": {"pods": "1"}})
    alone = {"labelSelector": {"matchLabels": {"app": "web"}}, "topologyKey": "kubernetes.io/hostname"}
    spread = {"maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule", **alone, "topologyKey": "example.com/zone"}
    surge = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    port: dict[str, Any] = {"ports": [{"containerPort": 8000, "hostPort": 38125}]}
    hook: dict[str, Any] = {"lifecycle": {"postStart": {"exec": {"command": ["sleep", "60"]}}}}
    paused = deployment(another)
    paused["spec"]["paused"] = True
    stuck = deployment(container(stack, readinessProbe={"exec": {"command": ["false"]}, "timeoutSeconds": 5}))
    stuck["spec"]["progressDeadlineSeconds"] = 10
    ports = [{"port": 80, "targetPort": "http"}]
    service = named("v1", "Service", "shop-web", spec={"selector": {"app": "web"}, "ports": ports})

    def slow(name: str, workload: Object, cause: str, evidence: str, **more: object) -> Case:
        return Case(name, (workload,), cause, evidence, timeout=BRIEF, **more)  # type: ignore[arg-type]

    return [
        slow(
            "some-refused",
            deployment(asked, replicas=3),
            "shop-web doesn't get all of its pods: the namespace's quota small",
            "exceeded quota: small",
            before=put(quota),
        ),
        Case(
            "account-of-an-update",
            (deployment(another, serviceAccountName="shop"),),
            "its ServiceAccount shop doesn't exist",
            'serviceaccount "shop" not found',
            certain=refused_for_long,
            before=running_before(deployment(asked)),
        ),
        slow("paused", paused, "is paused", "spec.paused: true", before=running_before(deployment(asked))),
        slow(
            "finalizer",
            stateful_set(another, replicas=1),
            "shop-web-0 doesn't go",
            "finalizers example.com/hold",
            before=each_of(running_before(stateful_set(asked, replicas=1)), hold),
            afterwards=release,
        ),
        slow(
            "scheduler",
            deployment(asked, schedulerName="nosuch"),
            "no scheduler has looked at the pod: it waits for nosuch",
            "schedulerName: nosuch",
        ),
        slow(
            "scheduling-gate",
            deployment(asked, schedulingGates=[{"name": "example.com/queue"}]),
            "its scheduling gates example.com/queue",
            "SchedulingGated",
        ),
        slow(
            "readiness-gate",
            deployment(asked, readinessGates=[{"conditionType": "example.com/balancer"}]),
            "its readiness gate example.com/balancer",
            "ReadinessGatesNotReady",
        ),
        slow(
            "anti-affinity",
            deployment(
                asked,
                replicas=2,
                affinity={"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [alone]}},
                **on_one_node(stack),
            ),
            "didn't match pod anti-affinity rules",
            "anti-affinity",
        ),
        slow(
            "spread",
            deployment(asked, topologySpreadConstraints=[spread]),
            "topology spread constraints (missing required label)",
            "topology spread",
        ),
        Case(
            "port-name",
            (deployment(asked), service),
            "Service shop-web has no ready endpoints: its pods have no port http",
            "targetPort http",
            certain=available,
        ),
        Case(
            "old-pods-keep-the-quota",
            (deployment(another, strategy=surge),),
            "of the version before, keeps its place until a new pod is ready",
            "exceeded quota: small",
            certain=refused_for_long,
            before=each_of(running_before(deployment(asked, strategy=surge)), put(quota)),
        ),
        slow(
            "old-pod-keeps-the-port",
            deployment({**another, **port}, strategy=surge, **on_one_node(stack)),
            "of the version before, keeps its place until a new pod is ready",
            "didn't have free ports",
            before=running_before(deployment({**asked, **port}, strategy=surge, **on_one_node(stack))),
        ),
        slow(
            "device",
            deployment(asked, resourceClaims=[{"name": "gpu", "resourceClaimTemplateName": "nosuch"}]),
            "the pod waits for its resource claims (nosuch)",
            'resource claim template "nosuch"',
        ),
        slow(
            "start-hook",
            deployment({**asked, **hook}),
            "web has started, and its postStart hook (sleep 60) hasn't ended",
            "still ContainerCreating",
            at_most=45,  # until the hook ends, the kubelet doesn't end the pod either
        ),
        Case(
            "no-progress",
            (stuck,),
            "",
            "",
            certain=lambda snapshot: _condition(snapshot.workloads[0], "Progressing"),
        ),
    ]


def _condition(workload: Object, kind: str) -> str:
    found = (each for each in workload["status"]["conditions"] if each["type"] == kind and each["status"] == "False")
    return next((str(each["lastTransitionTime"]) for each in found), "")


@pytest.fixture(scope="module")
def volumes(stack: Stack) -> Iterator[tuple[Case, ...]]:
    """PersistentVolumes belong to the whole cluster: one on a node that is gone, one of a driver that isn't there."""
    name, cluster = f"e2e-{uuid.uuid4().hex[:8]}", Kubectl(stack, "default")
    gone = {"key": "kubernetes.io/hostname", "operator": "In", "values": ["gone"]}
    sources: dict[str, Object] = {
        "volume-of-a-gone-node": {
            "local": {"path": "/mnt"},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [gone]}]}},
        },
        "storage-driver": {"csi": {"driver": "disk.example.com", "volumeHandle": name}},
    }
    size = {"storage": "1Mi"}

    def case(which: str, cause: str, evidence: str) -> Case:
        claim: Object = {
            "storageClassName": f"{name}-{which}",
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": size},
        }
        media = [{"name": "media", "persistentVolumeClaim": {"claimName": "media"}}]
        mounted = container(stack, volumeMounts=[{"name": "media", "mountPath": "/media"}], **READY)
        objects = (named("v1", "PersistentVolumeClaim", "media", spec=claim), deployment(mounted, volumes=media))
        return Case(which, objects, cause, evidence, timeout=25)

    for which, source in sources.items():
        spec = {"capacity": size, "accessModes": ["ReadWriteOnce"], "storageClassName": f"{name}-{which}", **source}
        cluster.apply(named("v1", "PersistentVolume", f"{name}-{which}", spec=spec))
    yield (
        case("volume-of-a-gone-node", "no node takes the pod", "didn't match PersistentVolume's node affinity"),
        case("storage-driver", "the pod waits for its volumes (media)", "no container could be made"),
    )
    cluster("delete", "pv", *(f"{name}-{which}" for which in sources), "--wait=false")


@pytest.fixture(scope="module")
def outcomes(
    stack: Stack, volumes: tuple[Case, ...], request: pytest.FixtureRequest
) -> dict[str, tuple[Case, Watched | BaseException]]:
    all_cases = wanted(request, [*cases(stack), *volumes])
    found = run_all(stack, all_cases)
    return {case.name: (case, found[case.name]) for case in all_cases}


@pytest.mark.parametrize("name", parameters(NAMES, SOAK))
def test_what_holds_a_rollout_up_is_named(name: str, outcomes: dict[str, tuple[Case, Watched | BaseException]]) -> None:
    assert_named(*outcomes[name])


def test_what_stays_behind_a_healthy_rollout_is_told(stack: Stack) -> None:
    agent = daemon_set(container(stack, **READY), nodeSelector={"disk": "ssd"})
    agent["metadata"] = {"name": "agent"}
    web = deployment(container(stack, ports=[{"name": "http", "containerPort": 8000}], **READY))
    web["spec"]["minReadySeconds"] = 6
    ports = [{"name": "web", "port": 80, "targetPort": "http"}, {"name": "m", "port": 81, "targetPort": "metrics"}]
    service = named("v1", "Service", "shop-web", spec={"selector": {"app": "web"}, "ports": ports})

    def edit(kubectl: Kubectl) -> None:
        after(2)(kubectl)
        kubectl("set", "env", "deployment/shop-web", "COLOUR=red")

    watched = rolled_out(stack, Case("remarks", (agent, web, service), meanwhile=edit))

    told = json.dumps([event.message for event in watched.events if isinstance(event, Caution)])
    assert watched.verdict == Ready(), dumped(watched)
    assert "DaemonSet/agent runs nowhere" in told
    assert "Service shop-web: its targetPort metrics leads nowhere" in told
    assert "Service shop-web leads to port 8000 of its pods, and nothing in the pod listens" in told
    assert "Deployment/shop-web was changed by somebody else" in told
