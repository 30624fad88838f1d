"""Are missing configuration, missing room and refused pods named, and called certain only when they are?"""

from dataclasses import replace

import pytest

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.model.verdict import Failed
from kubeship.rollout.causes import conclude
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.creation import pods_refused
from kubeship.rollout.pods import pod_snapshot
from kubeship.rollout.verdict import judge
from tests.unit.rollout.builders import CREATING, NOW, deployment, event, pod, replica_set, rollout, status, waiting

QUOTA = 'pods "shop-web-2-j6v9m" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2'
SECURITY = 'pods "shop-web-2-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true'


def concluded(snapshot: Snapshot) -> Conclusion | None:
    return conclude(pod_snapshot(snapshot.pods[0], snapshot))


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ('secret "shop" not found', "web: the Secret shop doesn't exist in the namespace"),
        ('configmap "shop" not found', "web: the ConfigMap shop doesn't exist in the namespace"),
        ("couldn't find key DATABASE_URL in Secret shop/settings", "web: the Secret settings has no key DATABASE_URL"),
        ("couldn't find key A in ConfigMap shop/settings", "web: the ConfigMap settings has no key A"),
    ],
)
def test_missing_secret_or_key_is_certain_at_the_third_attempt(message: str, cause: str) -> None:
    refused = status(waiting("CreateContainerConfigError", message))

    second = concluded(rollout(refused, event("Failed", f"Error: {message}", 2)))
    third = concluded(rollout(refused, event("Failed", f"Error: {message}", 3)))

    assert second
    assert second.diagnosis.cause == cause
    assert not second.certain
    assert third
    assert third.certain


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ('container has runAsNonRoot and image will run as root (pod: "p", container: web)', "runs as root"),
        ("container has runAsNonRoot and image has non-numeric user (app), cannot verify", "user (app)"),
        ("container nosuch not found", "a resourceFieldRef names the container nosuch"),
    ],
)
def test_what_lies_in_the_pod_alone_is_certain_at_once(message: str, cause: str) -> None:
    conclusion = concluded(rollout(status(waiting("CreateContainerConfigError", message))))

    assert conclusion
    assert cause in conclusion.diagnosis.cause
    assert conclusion.certain


def test_kubelet_that_has_not_read_the_secret_yet_is_nothing_bad() -> None:
    message = "failed to sync secret cache: timed out waiting for the condition"

    assert concluded(rollout(status(waiting("CreateContainerConfigError", message)))) is None


@pytest.mark.parametrize(("count", "certain"), [(5, False), (6, True)])
def test_volume_of_a_missing_config_map_is_certain_after_six_attempts(count: int, certain: bool) -> None:
    message = 'MountVolume.SetUp failed for volume "settings" : configmap "shop-1f2e" not found'

    conclusion = concluded(rollout(status(CREATING), event("FailedMount", message, count, container="")))

    assert conclusion
    assert conclusion.diagnosis.cause == "volume settings: the ConfigMap shop-1f2e doesn't exist in the namespace"
    assert conclusion.certain is certain


def test_volume_that_another_node_holds_may_still_come() -> None:
    message = 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) shop-db-0'

    conclusion = concluded(rollout(status(CREATING), event("FailedAttachVolume", message, 20, container="")))

    assert conclusion
    assert conclusion.diagnosis.cause == "volume pvc-1 isn't mounted: another node still holds it"
    assert not conclusion.certain


@pytest.mark.parametrize(
    ("message", "shortage"),
    [
        (
            "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are "
            "available: 1 Preemption is not helpful for scheduling.",
            "1 Insufficient cpu",
        ),
        (
            "0/3 nodes are available: 1 node(s) had untolerated taint {gpu: true}, 2 Insufficient memory. preemption: "
            "0/3 nodes are available: 3 No preemption victims found for incoming pod.",
            "1 node(s) had untolerated taint {gpu: true}, 2 Insufficient memory",
        ),
        (
            '0/1 nodes are available: persistentvolumeclaim "media" not found. not found',
            'persistentvolumeclaim "media" not found',
        ),
    ],
)
def test_pod_without_a_node_names_the_shortage_and_stays_a_worry(message: str, shortage: str) -> None:
    conclusion = concluded(unscheduled(message, since="2026-11-20T23:03:51Z"))

    assert conclusion
    assert conclusion.diagnosis.cause == f"no node takes the pod: {shortage}"
    assert not conclusion.certain


@pytest.mark.parametrize(
    ("reasons", "remedies"),
    [
        ("1 node(s) had untolerated taint(s), 2 node(s) didn't match pod anti-affinity rules", ("replicas", "taint")),
        ("1 node(s) had untolerated taint(s), 2 Insufficient cpu", ("resources", "taint")),
        ("3 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }", ("what is short there", "")),
        ("1 node(s) didn't match PersistentVolume's node affinity", ("the volume lies in a zone", "")),
    ],
)
def test_remedy_speaks_of_the_nodes_that_could_take_the_pod_before_taints(
    reasons: str, remedies: tuple[str, str]
) -> None:
    conclusion = concluded(unscheduled(f"0/3 nodes are available: {reasons}.", since="2026-11-20T23:03:51Z"))

    assert conclusion
    first, _, last = conclusion.diagnosis.remedy.partition("; or ")
    assert remedies[0] in first
    assert (remedies[1] in last) if remedies[1] else not last


def test_pod_without_a_node_for_ten_seconds_is_nothing_bad() -> None:
    assert concluded(unscheduled("0/1 nodes are available: 1 Too many pods.", since="2026-11-20T23:04:50Z")) is None


@pytest.mark.parametrize(
    ("message", "last", "certain"),
    [
        (QUOTA, "2026-11-20T23:03:55Z", False),
        (QUOTA, "2026-11-20T23:04:02Z", True),
        (SECURITY, "2026-11-20T23:03:51Z", True),
        ('admission webhook "policy.example.com" denied the request: no', "2026-11-20T23:03:51Z", True),
        ('failed calling webhook "policy.example.com": connection refused', "2026-11-20T23:04:12Z", False),
        ('failed calling webhook "policy.example.com": connection refused', "2026-11-20T23:04:22Z", True),
        ("etcdserver: request timed out", "2026-11-20T23:04:59Z", False),
        ('pods "x" is forbidden: namespace shop is being terminated', "2026-11-20T23:03:51Z", True),
    ],
)
def test_refused_pods_are_certain_at_once_or_after_ten_seconds(message: str, last: str, certain: bool) -> None:
    conclusion = pods_refused(deployment(updated=0), refused(message, last))

    assert conclusion
    assert conclusion.certain is certain
    assert conclusion.diagnosis.evidence == message


def test_quota_that_old_pods_use_is_only_slow_but_a_forbidden_pod_is_not() -> None:
    old = pod(status({}, ready=True), name="shop-web-1-abc", owner="rs-1")
    later = "2026-11-20T23:04:30Z"
    ends_old_pods = deployment(updated=0)
    ends_old_pods["spec"]["strategy"] = {"rollingUpdate": {"maxUnavailable": 1}}

    quota = pods_refused(ends_old_pods, replace(refused(QUOTA, later), pods=(old,), workloads=(ends_old_pods,)))
    security = pods_refused(deployment(updated=0), replace(refused(SECURITY, later), pods=(old,)))

    assert quota
    assert not quota.certain
    assert security
    assert security.certain


def test_refused_pod_beside_one_that_was_created_is_nothing_bad() -> None:
    surge = replace(refused(QUOTA, "2026-11-20T23:04:30Z"), pods=(pod(status(CREATING)),))

    assert pods_refused(deployment(updated=1), surge) is None


def test_condition_of_the_replica_set_tells_when_the_events_have_gone() -> None:
    failure = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": QUOTA}
    since = {"lastTransitionTime": "2026-11-20T23:03:52Z"}
    live = replica_set(2, status={"conditions": [{**failure, **since}]})

    conclusion = pods_refused(deployment(updated=0), Snapshot(NOW, replica_sets=(live,)))

    assert conclusion
    assert conclusion.certain
    assert "quota q" in conclusion.diagnosis.cause


def unscheduled(message: str, since: str) -> Snapshot:
    condition: Object = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": message,
        "lastTransitionTime": since,
    }
    return replace(rollout(), pods=(pod(conditions=(condition,)),))


def refused(message: str, last: str) -> Snapshot:
    failed = event("FailedCreate", f"Error creating: {message}", about=replica_set(2), last=last)
    sets = (replica_set(1), replica_set(2))
    return Snapshot(NOW, workloads=(deployment(updated=0),), replica_sets=sets, events=(failed,))


def test_claim_that_is_not_bound_says_why() -> None:
    message = "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/1 nodes."
    why = "no persistent volumes available for this claim and no storage class is set"
    claim = {"kind": "PersistentVolumeClaim", "metadata": {"name": "media", "uid": "claim"}}
    snapshot = unscheduled(message, since="2026-11-20T23:03:51Z")
    snapshot.pods[0]["spec"]["volumes"] = [{"name": "media", "persistentVolumeClaim": {"claimName": "media"}}]

    conclusion = concluded(replace(snapshot, events=(event("FailedBinding", why, about=claim),)))

    assert conclusion
    assert conclusion.diagnosis.cause.endswith(f"media: {why}")
    assert conclusion.diagnosis.evidence == f"FailedBinding: {why}"
    assert "StorageClass" in conclusion.diagnosis.remedy


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports.", "hostPort"),
        ("0/2 nodes are available: 2 node(s) had volume node affinity conflict.", "zone"),
        ("0/2 nodes are available: 2 node(s) were unschedulable.", "uncordon"),
        ("0/2 nodes are available: 2 node(s) exceed max volume count.", "add nodes"),
    ],
)
def test_each_shortage_has_a_remedy_of_its_own(message: str, remedy: str) -> None:
    conclusion = concluded(unscheduled(message, since="2026-11-20T23:03:51Z"))

    assert conclusion
    assert remedy in conclusion.diagnosis.remedy


def test_second_pod_of_a_set_that_is_refused_is_named() -> None:
    live: Object = {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "shop-db", "namespace": "shop", "uid": "set", "generation": 1},
        "spec": {"replicas": 2},
        "status": {"observedGeneration": 1, "updateRevision": "new"},
    }
    first = pod(status({}, ready=True), name="shop-db-0", owner="set", labels={"controller-revision-hash": "new"})
    words = f"create Pod shop-db-1 in StatefulSet shop-db failed error: {QUOTA}"
    before = event("FailedCreate", words, about=live, first="2026-11-20T23:03:00Z", last="2026-11-20T23:03:50Z")
    since = event("FailedCreate", words, about=live, last="2026-11-20T23:04:30Z")

    told = pods_refused(live, Snapshot(NOW, workloads=(live,), pods=(first,), events=(since,)))
    past = pods_refused(live, Snapshot(NOW, workloads=(live,), pods=(first,), events=(before,)))

    assert told
    assert told.diagnosis.evidence == QUOTA
    assert past is None


def test_replica_set_that_can_not_be_made_is_named_though_the_controller_is_silent() -> None:
    live = deployment(observed=2)
    words = 'Failed to create new replica set "shop-web-3": replicasets.apps "x" is forbidden: exceeded quota: q'
    failed = event("ReplicaSetCreateError", words, 9, about=live)

    verdict = judge(Snapshot(NOW, workloads=(live,), events=(failed,)))

    assert isinstance(verdict, Failed)
    assert verdict.diagnoses[0].cause == "shop-web gets no ReplicaSet: the namespace's quota q leaves no room for it"


@pytest.mark.parametrize(("since", "certain"), [("2026-11-20T23:04:10Z", False), ("2026-11-20T23:03:20Z", True)])
@pytest.mark.parametrize(
    "state",
    [
        waiting("CreateContainerConfigError", 'secret "shop" not found'),
        waiting("ImagePullBackOff", 'Back-off pulling image "x": ErrImagePull: not found'),
    ],
)
def test_kubelet_that_sends_no_events_does_not_hold_up_the_verdict(state: Object, since: str, certain: bool) -> None:
    scheduled: Object = {"type": "PodScheduled", "status": "True", "lastTransitionTime": since}
    snapshot = replace(rollout(), pods=(pod(status(state), conditions=(scheduled,)),))

    conclusion = concluded(snapshot)

    assert conclusion
    assert conclusion.certain is certain
