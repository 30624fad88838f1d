"""Are pods that the API server refuses named by what refuses them, also when some of them were let in?"""

from dataclasses import replace
from typing import Any

import pytest

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.creation import pods_refused
from tests.unit.rollout.builders import NOW, RUNNING, deployment, event, pod, replica_set, status

QUOTA = 'pods "shop-web-2-j6v9m" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2'
FAILING = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": QUOTA}
LONG_AGO = {"lastTransitionTime": "2026-11-20T23:03:51Z"}
LATER = "2026-11-20T23:04:30Z"


def partly(*pods: Object, failing: bool = True) -> Snapshot:
    """One pod of two runs, and the second is refused for 39 s."""
    live = replica_set(2, status={"conditions": [{**FAILING, **LONG_AGO}]} if failing else {})
    refused = event("FailedCreate", f"Error creating: {QUOTA}", about=live, last=LATER)
    first = pod(status(RUNNING, ready=True))
    workload = deployment(updated=1)
    return Snapshot(NOW, (workload,), replica_sets=(replica_set(1), live), pods=(first, *pods), events=(refused,))


def concluded(snapshot: Snapshot) -> Conclusion:
    found = pods_refused(snapshot.workloads[0], snapshot)
    assert found
    return found


def test_pods_that_are_missing_beside_those_that_were_let_in_are_named() -> None:
    found = concluded(partly())

    assert found.diagnosis.cause == (
        "shop-web doesn't get all of its pods: the namespace's quota q leaves no room for its pods"
    )
    assert found.certain


def test_refusal_that_the_replica_set_has_overcome_is_over() -> None:
    snapshot = partly(failing=False)

    assert pods_refused(snapshot.workloads[0], snapshot) is None


def test_condition_that_a_pod_has_outlived_says_nothing_certain() -> None:
    come = pod(status(RUNNING), name="shop-web-come")
    come["metadata"]["creationTimestamp"] = "2026-11-20T23:04:59Z"

    assert not concluded(replace(partly(come), events=())).certain


@pytest.mark.parametrize("metadata", [{"owner": "rs-1"}, {"owner": "rs-2", "deletionTimestamp": LATER}])
def test_quota_is_only_slow_while_pods_of_the_rollout_are_to_go(metadata: dict[str, Any]) -> None:
    leaving = pod(status(RUNNING, ready=True), name="shop-web-leaving", **metadata)

    assert not concluded(partly(leaving)).certain


def test_quota_is_only_slow_after_pods_of_the_rollout_have_gone_since_it_is_counted_late() -> None:
    assert not concluded(replace(partly(), pods_left=True)).certain


def test_what_was_refused_before_a_pod_was_let_in_does_not_count() -> None:
    snapshot = partly(pod(status(RUNNING), name="shop-web-2-new", creationTimestamp="2026-11-20T23:04:25Z"))

    assert not concluded(snapshot).certain


def test_what_no_leaving_pod_can_heal_is_certain_during_a_surge() -> None:
    old = pod(status(RUNNING, ready=True), name="shop-web-1-abc", owner="rs-1")
    words = 'pods "x" is forbidden: error looking up service account shop/shop: serviceaccount "shop" not found'
    refused = event("FailedCreate", f"Error creating: {words}", about=replica_set(2), last=LATER)

    found = concluded(replace(partly(old), events=(refused,)))

    assert found.diagnosis.cause.endswith("its ServiceAccount shop doesn't exist")
    assert found.certain


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (
            'Pod "x" is invalid: spec.containers[0].resources.requests: Invalid value: "128Mi": must be less than or '
            "equal to memory limit of 64Mi",
            "they ask for more memory than the limit that the namespace's LimitRange gives",
        ),
        ('Pod "x" is invalid: spec.containers[0].image: Required value', "their spec.containers[0].image is invalid"),
        (
            'pods "x" is forbidden: unable to validate against any security context constraint: [provider "anyuid"]',
            "none of the security context constraints",
        ),
        ('pods "x" is forbidden: no PriorityClass with name gold was found', "its PriorityClass gold doesn't exist"),
        ('pods "x" is forbidden: pod rejected: RuntimeClass "gvisor" not found', "its RuntimeClass gvisor doesn't"),
        (
            'pods "x" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 4',
            "its limit of cpu is too far above its request",
        ),
        (
            'Internal error occurred: failed calling webhook "inject.example.com": x509: certificate has expired',
            "doesn't trust the certificate of the admission webhook inject.example.com",
        ),
        ("Internal error occurred: something of tomorrow", "the API server refuses them"),
    ],
)
def test_words_of_admission_are_explained(words: str, cause: str) -> None:
    refused = event("FailedCreate", f"Error creating: {words}", about=replica_set(2), last=LATER)

    assert cause in concluded(replace(partly(), pods=(), events=(refused,))).diagnosis.cause


def test_claim_of_a_stateful_set_that_is_refused_is_told_without_the_controllers_frame() -> None:
    live = {
        "kind": "StatefulSet",
        "metadata": {"name": "shop-db", "uid": "set", "generation": 1},
        "spec": {"replicas": 1},
        "status": {"observedGeneration": 1},
    }
    words = 'persistentvolumeclaims "media-db-0" is forbidden: exceeded quota: q'
    frame = "Create Claim media-db-0 for Pod db-0 in StatefulSet db failed error: "
    refused = event("FailedCreate", frame + words, about=live, last=LATER)

    found = concluded(Snapshot(NOW, workloads=(live,), events=(refused,)))

    assert found.diagnosis.evidence == words


def test_name_that_is_too_long_for_labels_is_named_at_once_and_no_webhook_blamed() -> None:
    words = 'Pod "a-0" is invalid: metadata.labels: Invalid value: "a-64b588c6b6": must be no more than 63 bytes'
    refused = event("FailedCreate", f"create Pod a-0 in StatefulSet a failed error: {words}", about=replica_set(2))
    workload = deployment(updated=0)
    snapshot = Snapshot(NOW, (workload,), replica_sets=(replica_set(2),), events=(refused,))

    found = concluded(snapshot)

    assert "its name is too long" in found.diagnosis.cause
    assert "52" in found.diagnosis.remedy
    assert found.certain
