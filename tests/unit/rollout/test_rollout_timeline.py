"""Is it told in which state a pod is, for how long, and where its time went?"""

from dataclasses import replace

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.rollout.pods import pod_snapshot
from kubeship.rollout.timeline import histories, history, pod_states
from tests.unit.rollout.builders import (
    CRASH_LOOP,
    CREATING,
    RUNNING,
    ended,
    event,
    pod,
    rollout,
    status,
    waiting,
)

SCHEDULED: Object = {"type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-11-20T23:03:53Z"}
PULLING = event("Pulling", "Pulling image", first="2026-11-20T23:03:54Z")
PULLED = event("Pulled", "Successfully pulled image", first="2026-11-20T23:04:14Z")


def told(snapshot: Snapshot) -> list[str]:
    return [str(state) for state in pod_states(snapshot)]


def placed(snapshot: Snapshot, container: Object) -> Snapshot:
    return replace(snapshot, pods=(pod(container, conditions=(SCHEDULED,)),))


def test_pod_without_a_node_waits_for_one_since_it_was_made() -> None:
    assert told(rollout(status({}))) == ["shop-web-74b4c47b76-4fgfr: waiting for a node for 69 s"]


def test_pulling_lasts_until_the_image_is_there() -> None:
    during = placed(rollout(None, PULLING), status(CREATING))
    afterwards = placed(rollout(None, PULLING, PULLED), status(CREATING))

    assert told(during) == ["shop-web-74b4c47b76-4fgfr: pulling the image for 66 s"]
    assert told(afterwards) == ["shop-web-74b4c47b76-4fgfr: preparing for 46 s"]


def test_failing_pull_is_told_since_the_first_failure() -> None:
    failed = event("Failed", 'Failed to pull image "x": not found', 2, first="2026-11-20T23:04:00Z")
    snapshot = placed(rollout(None, PULLING, failed), status(waiting("ImagePullBackOff")))

    assert told(snapshot) == ["shop-web-74b4c47b76-4fgfr: failing to pull the image for 60 s"]


def test_history_of_a_crash_adds_up() -> None:
    started = event("Started", "Started container", first="2026-11-20T23:04:15Z")
    crashed = status(CRASH_LOOP, ended(1, finished="2026-11-20T23:04:20Z"), restarts=1)
    crashed["lastState"]["terminated"]["startedAt"] = "2026-11-20T23:04:18Z"
    snapshot = placed(rollout(None, PULLING, PULLED, started), crashed)

    assert history(pod_snapshot(snapshot.pods[0], snapshot)) == (
        "shop-web-74b4c47b76-4fgfr: waiting for a node 2 s, preparing 1 s, pulling the image 20 s, preparing 1 s, "
        "starting 5 s, waiting to be started again after a crash 40 s"
    )


def test_what_a_moment_interrupts_is_told_once() -> None:
    there = event("Pulled", "Container image already present", first="2026-11-20T23:03:54Z")
    started = event("Started", "Started container", first="2026-11-20T23:04:00Z")
    snapshot = placed(rollout(None, PULLING, there, started), status(RUNNING))

    assert history(pod_snapshot(snapshot.pods[0], snapshot)).count("preparing") == 1


def test_pods_that_stand_alike_are_one_line_and_ready_ones_none() -> None:
    twins = (pod(status(RUNNING), name="shop-web-2-a"), pod(status(RUNNING), name="shop-web-2-b"))
    ready = pod(status(RUNNING, ready=True), name="shop-web-2-c")
    snapshot = replace(rollout(), pods=(*twins, ready))

    assert told(snapshot) == ["2 pods of shop-web: starting for 69 s"]
    assert [line.partition(":")[0] for line in histories(snapshot)] == ["shop-web-2-a", "shop-web-2-b"]
