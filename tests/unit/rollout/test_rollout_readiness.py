"""Is a workload called ready exactly when it is?"""

import pytest

from kubeship.model.objects import Object
from kubeship.rollout.readiness import progress
from tests.unit.rollout.builders import deployment, job, job_failed


def test_status_of_an_older_generation_is_not_believed() -> None:
    stale = deployment(available=2, observed=2)

    found = progress(stale)

    assert not found.ready
    assert found.summary == "shop-web: waiting for the controller to see the change"


@pytest.mark.parametrize(
    ("live", "summary"),
    [
        (deployment(updated=1, available=2), "shop-web: 1 of 2 pods updated"),
        (deployment(replicas=2, updated=2, available=2) | {}, "shop-web: ready"),
        (deployment(available=1), "shop-web: 1 of 2 updated pods available"),
        (
            {**deployment(), "status": {**deployment(available=2)["status"], "replicas": 3}},
            "shop-web: waiting for 1 old pod to end",
        ),
        (deployment(replicas=0), "shop-web: ready"),
    ],
)
def test_deployment_needs_every_replica_updated_and_available_and_no_old_one(live: Object, summary: str) -> None:
    found = progress(live)

    assert found.summary == summary
    assert found.ready == summary.endswith("ready")


def test_paused_deployment_says_so() -> None:
    live = deployment(updated=0)
    live["spec"]["paused"] = True

    found = progress(live)

    assert "spec.paused" in found.summary


@pytest.mark.parametrize(
    ("updated", "available", "partition", "ready"),
    [(2, 2, 0, True), (1, 2, 0, False), (1, 2, 1, True), (2, 1, 0, False)],
)
def test_stateful_set_respects_its_partition(updated: int, available: int, partition: int, ready: bool) -> None:
    live = {
        "kind": "StatefulSet",
        "metadata": {"name": "shop-db", "generation": 1},
        "spec": {"replicas": 2, "updateStrategy": {"rollingUpdate": {"partition": partition}}},
        "status": {
            "observedGeneration": 1,
            "replicas": 2,
            "updatedReplicas": updated,
            "readyReplicas": available,
            "availableReplicas": available,
        },
    }

    assert progress(live).ready == ready


@pytest.mark.parametrize(("updated", "available", "ready"), [(3, 3, True), (2, 3, False), (3, 2, False)])
def test_daemon_set_needs_every_node(updated: int, available: int, ready: bool) -> None:
    live = {
        "kind": "DaemonSet",
        "metadata": {"name": "agent", "generation": 1},
        "spec": {},
        "status": {
            "observedGeneration": 1,
            "desiredNumberScheduled": 3,
            "updatedNumberScheduled": updated,
            "numberAvailable": available,
        },
    }

    assert progress(live).ready == ready


def test_running_job_is_not_ready_and_a_complete_one_is() -> None:
    complete = job(({"type": "Complete", "status": "True"},), active=0)

    assert progress(complete).ready
    assert progress(job()).summary == "shop-release: running"
    assert not progress(job((job_failed(),), active=0)).ready
