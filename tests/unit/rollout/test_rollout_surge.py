"""Is it known which older pods a Deployment keeps until a new one is ready, and what that one lacks through them?"""

from dataclasses import replace
from typing import Any

import pytest

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.model.verdict import Failed, Waiting
from kubeship.rollout.surge import max_unavailable, staying
from kubeship.rollout.verdict import judge
from tests.unit.rollout.builders import NOW, RUNNING, deployment, event, pod, replica_set, status

PENDING = "0/1 nodes are available: 1 {}. no new claims to deallocate, preemption: 0/1 nodes are available."
QUOTA = 'Error creating: pods "a" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1'


def rolling(replicas: int = 1, **strategy: Any) -> Object:
    found = deployment(replicas, updated=0)
    found["spec"]["strategy"] = {"rollingUpdate": strategy} if strategy else {}
    return found


def older(number: int = 1, *, ready: bool = True) -> tuple[Object, ...]:
    return tuple(pod(status(RUNNING, ready=ready), name=f"shop-web-1-{n}", owner="rs-1") for n in range(number))


def pictured(workload: Object, *pods: Object, events: tuple[Object, ...] = ()) -> Snapshot:
    return Snapshot(NOW, (workload,), replica_sets=(replica_set(1), replica_set(2)), pods=pods, events=events)


def unplaced(why: str) -> Object:
    condition: Object = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
    since = {"lastTransitionTime": "2026-11-20T23:03:51Z", "message": PENDING.format(why)}
    return pod(name="shop-web-2-x", conditions=({**condition, **since},))


@pytest.mark.parametrize(
    ("replicas", "strategy", "missing"),
    [
        (1, {}, 0),
        (4, {}, 1),
        (10, {"maxUnavailable": "25%"}, 2),
        (3, {"maxUnavailable": 2}, 2),
        (2, {"maxSurge": 0, "maxUnavailable": "10%"}, 1),
        (2, {"maxSurge": "10%", "maxUnavailable": "10%"}, 0),
    ],
)
def test_shares_are_rounded_as_the_controller_does(replicas: int, strategy: Object, missing: int) -> None:
    assert max_unavailable(rolling(replicas, **strategy)) == missing


def test_older_pods_stay_unless_one_may_be_missing_or_is_not_ready() -> None:
    recreated = rolling()
    recreated["spec"]["strategy"] = {"type": "Recreate"}

    assert len(staying(rolling(2), pictured(rolling(2), *older(2)))) == 2
    assert staying(rolling(2, maxUnavailable=1), pictured(rolling(2, maxUnavailable=1), *older(2))) == ()
    assert len(staying(rolling(2, maxUnavailable=1), pictured(rolling(2, maxUnavailable=1), *older(1)))) == 1
    assert staying(rolling(), pictured(rolling(), *older(ready=False))) == ()
    assert staying(recreated, pictured(recreated, *older())) == ()


@pytest.mark.parametrize(
    ("why", "remedy"),
    [
        ("node(s) didn't match pod anti-affinity rules", "let the rollout end an old pod first"),
        ("node(s) didn't have free ports for the requested pod ports", "let the rollout end an old pod first"),
        ("Insufficient memory", "or add nodes; or let the rollout end an old pod first"),
    ],
)
def test_new_pod_that_needs_what_an_older_one_keeps_is_told_so(why: str, remedy: str) -> None:
    verdict = judge(pictured(rolling(), *older(), unplaced(why)))

    assert isinstance(verdict, Waiting)
    (worry,) = verdict.worries
    assert "shop-web-1-0, of the version before, keeps its place until a new pod is ready" in worry.cause
    assert remedy in worry.remedy


def test_what_no_older_pod_keeps_has_its_own_remedy() -> None:
    verdict = judge(pictured(rolling(), *older(), unplaced("node(s) didn't match Pod's node affinity/selector")))

    assert isinstance(verdict, Waiting)
    assert "version before" not in verdict.worries[0].cause


def test_quota_that_only_pods_use_which_wait_for_the_new_one_is_certain() -> None:
    refused = event("FailedCreate", QUOTA, about=replica_set(2))

    stuck = judge(pictured(rolling(), *older(), events=(refused,)))
    crashing = judge(pictured(rolling(), *older(ready=False), events=(refused,)))
    may_be_missing = rolling(2, maxUnavailable=1)
    one_has_gone = judge(pictured(may_be_missing, *older(1), events=(refused,)))

    assert isinstance(stuck, Failed)
    assert "keeps its place" in stuck.diagnoses[0].cause
    assert isinstance(crashing, Waiting)
    assert isinstance(one_has_gone, Waiting)
    assert isinstance(judge(replace(pictured(rolling(), *older(), events=(refused,)), pods_left=True)), Waiting)
