"""Are pods that are thrown out, can't be set up, or hold their StatefulSet up, known for what they are?"""

from dataclasses import replace
from typing import Any

import pytest

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.model.verdict import Failed, Waiting
from kubeship.rollout.causes import conclude
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.lost import pods_lost
from kubeship.rollout.pods import pod_snapshot
from kubeship.rollout.stuck import stuck_pods
from kubeship.rollout.verdict import judge
from tests.unit.rollout.builders import CREATING, NOW, RUNNING, crash_looping, event, pod, rollout, status

DISK = "Pod ephemeral local storage usage exceeds the total limit of containers 10Mi. "
NODE = "The node was low on resource: memory. Threshold quantity: 100Mi, available: 90Mi."
SYSCTL = 'Pod was rejected: forbidden sysctl: "kernel.msgmax" not allowlisted'


def thrown_out(count: int, reason: str, message: str) -> Snapshot:
    pods = tuple(pod(name=f"shop-web-2-{number}") for number in range(count))
    for each in pods:
        each["status"] |= {"phase": "Failed", "reason": reason, "message": message}
    return replace(rollout(), pods=pods)


def lost(snapshot: Snapshot) -> Conclusion:
    found = pods_lost(snapshot.workloads[0], snapshot)
    assert found
    return found


@pytest.mark.parametrize(
    ("reason", "message", "cause", "certain"),
    [
        ("Evicted", DISK, "more than their limit of ephemeral storage (10Mi)", True),
        ("Evicted", 'Usage of EmptyDir volume "cache" exceeds the limit "10Mi". ', "emptyDir volume cache", True),
        ("Evicted", NODE, "the node is short of memory and evicts it", False),
        ("OutOfcpu", "Pod was rejected: Node didn't have enough resource: cpu", "has not enough cpu", False),
        ("SysctlForbidden", SYSCTL, "don't allow to set the sysctl kernel.msgmax", True),
        (
            "AppArmor",
            "Pod was rejected: Cannot enforce AppArmor: AppArmor is not enabled on the host",
            "of this kind",
            True,
        ),
        ("SupplementalGroupsPolicyNotSupported", "Pod was rejected: Strict is not supported", "of this kind", True),
        ("NodeAffinity", "Pod was rejected: Predicate NodeAffinity failed", "doesn't match what it asks for", False),
        ("SomethingNew", "Pod was rejected: for a reason of tomorrow", "the node gives it up", False),
    ],
)
def test_reason_is_named_and_the_third_pod_is_certain_if_it_lies_in_the_pod(
    reason: str, message: str, cause: str, certain: bool
) -> None:
    second, third = lost(thrown_out(2, reason, message)), lost(thrown_out(3, reason, message))

    assert cause in third.diagnosis.cause
    assert third.diagnosis.evidence == f"{reason}: {message.strip()}"
    assert not second.certain
    assert third.certain is certain


def test_twenty_pods_in_a_row_are_certain_whatever_it_is() -> None:
    verdict = judge(thrown_out(20, "OutOfcpu", "Pod was rejected: Node didn't have enough resource: cpu"))

    assert isinstance(verdict, Failed)


def test_pod_that_failed_by_itself_is_not_thrown_out() -> None:
    snapshot = replace(rollout(), pods=(pod(status(RUNNING)),))
    snapshot.pods[0]["status"]["phase"] = "Failed"

    assert pods_lost(snapshot.workloads[0], snapshot) is None


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ('no runtime for "gvisor" is configured', "the node has no container runtime gvisor"),
        ('plugin type="bridge" failed (add): no IP addresses available in range set', "no address left"),
        ("cni plugin not initialized", "the node's network plugin fails"),
    ],
)
def test_pod_without_a_sandbox_says_what_the_node_lacks_and_may_still_come(message: str, cause: str) -> None:
    failing = event("FailedCreatePodSandBox", f"Failed to create pod sandbox: rpc error: {message}", 3, container="")

    snapshot = rollout(status(CREATING), failing)
    conclusion = conclude(pod_snapshot(snapshot.pods[0], snapshot))

    assert conclusion
    assert cause in conclusion.diagnosis.cause
    assert not conclusion.certain


def test_limit_that_leaves_no_room_for_a_sandbox_is_certain_at_the_third_attempt() -> None:
    words = "runc create failed: container init was OOM-killed (memory limit too low?)"
    failing = event("FailedCreatePodSandBox", words, 3, container="")

    snapshot = rollout(status(CREATING), failing)
    conclusion = conclude(pod_snapshot(snapshot.pods[0], snapshot))

    assert conclusion
    assert "limit of memory is too low" in conclusion.diagnosis.cause
    assert conclusion.certain


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("can't set `spec.hostUsers: false`, runtime does not support user namespaces", "has no user namespaces"),
        ("failed to construct FQDN from pod hostname, FQDN web.shop is too long (64 characters is the max)", "64 char"),
    ],
)
def test_sandbox_that_the_manifest_forbids_is_certain_at_the_third_attempt(message: str, cause: str) -> None:
    failing = event("FailedCreatePodSandBox", f"Failed to create pod sandbox: {message}", 3, container="")

    conclusion = conclude(pod_snapshot(pod(), rollout(status(CREATING), failing)))

    assert conclusion
    assert cause in conclusion.diagnosis.cause
    assert "kubectl describe node" not in conclusion.diagnosis.remedy
    assert conclusion.certain


def test_first_failed_sandbox_is_nothing_bad() -> None:
    snapshot = rollout(status(CREATING), event("FailedCreatePodSandBox", "cni plugin not initialized", container=""))

    assert conclude(pod_snapshot(snapshot.pods[0], snapshot)) is None


def test_lost_node_is_named_while_its_pod_is_not_ready() -> None:
    snapshot = rollout(status(RUNNING), event("NodeNotReady", "Node is not ready", container=""))
    snapshot.pods[0]["spec"]["nodeName"] = "worker-3"

    conclusion = conclude(pod_snapshot(snapshot.pods[0], snapshot))

    assert conclusion
    assert conclusion.diagnosis.cause.startswith("the node worker-3 doesn't report any more")
    assert not conclusion.certain


def stateful(container: Object, **spec: Any) -> Snapshot:
    """A set that is to go from revision `bad` to `good`; its first pod is still of the bad one."""
    live = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "shop-db", "namespace": "shop", "uid": "set", "generation": 2},
        "spec": {"replicas": 1, **spec},
        "status": {"observedGeneration": 2, "replicas": 1, "currentRevision": "good", "updateRevision": "good"},
    }
    first = pod(container, name="shop-db-0", owner="set", labels={"controller-revision-hash": "bad"})
    return Snapshot(NOW, workloads=(live,), pods=(first,))


def names(snapshot: Snapshot, *, given_up: bool) -> list[str]:
    return [each["metadata"]["name"] for each in stuck_pods(snapshot, given_up=given_up)]


def test_pod_that_crashes_holds_its_stateful_set_up() -> None:
    assert names(stateful(crash_looping(1)), given_up=False) == ["shop-db-0"]


def test_pod_that_only_starts_holds_it_up_when_its_revision_was_given_up() -> None:
    starting = stateful(status(RUNNING))

    assert names(starting, given_up=True) == ["shop-db-0"]
    assert names(starting, given_up=False) == []


def test_nothing_is_deleted_where_it_serves_or_the_controller_does_it_or_a_person() -> None:
    crashing = crash_looping(1)
    newest = stateful(crashing)
    newest.pods[0]["metadata"]["labels"]["controller-revision-hash"] = "good"
    unseen = stateful(crashing)
    unseen.workloads[0]["metadata"]["generation"] = 3
    spared = (
        stateful(status(RUNNING, ready=True)),
        stateful(crashing, podManagementPolicy="Parallel"),
        stateful(crashing, updateStrategy={"type": "OnDelete"}),
        stateful(crashing, updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}),
        newest,
        unseen,
    )

    assert [names(each, given_up=True) for each in spared] == [[]] * len(spared)


def test_container_without_a_probe_must_have_run_for_a_moment() -> None:
    ready = rollout(workload={**rollout().workloads[0], "spec": {"replicas": 1}})
    ready.workloads[0]["status"] |= {"replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}

    def started(moment: str, spec: Object | None = None) -> Snapshot:
        return replace(ready, pods=(pod(status({"running": {"startedAt": moment}}, ready=True), spec=spec),))

    fresh = judge(started("2026-11-20T23:04:58Z"))

    assert isinstance(fresh, Waiting)
    assert "unless it ends within 10 s" in fresh.summaries[0]
    assert not isinstance(judge(started("2026-11-20T23:04:49Z")), Waiting)
    assert not isinstance(
        judge(started("2026-11-20T23:04:58Z", {"readinessProbe": {}, "startupProbe": {"a": 1}})), Waiting
    )
