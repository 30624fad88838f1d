"""Does a status tell what runs, also where somebody changed it after the deploy?"""

from copy import deepcopy
from dataclasses import replace

from kubeship.model.verdict import Failed
from kubeship.workflows.status import judged, processes, still_serving
from tests.unit.rollout.builders import RUNNING, crash_looping, deployment, pod, rollout, status


def test_an_image_that_was_set_after_the_deploy_is_named() -> None:
    snapshot = rollout(status(RUNNING, ready=True))
    workload = snapshot.workloads[0]
    workload["spec"]["template"]["spec"] = {"containers": [{"name": "web", "image": "registry.example/shop:hotfix"}]}
    applied = deepcopy(workload)
    applied["spec"]["template"]["spec"]["containers"][0]["image"] = "registry.example/shop:1"

    (process,) = processes(snapshot, [applied])

    assert process.other_images == ("registry.example/shop:hotfix",)
    assert processes(snapshot, snapshot.workloads)[0].other_images == ()


def test_what_somebody_has_scaled_to_nothing_is_not_healthy() -> None:
    applied = deployment()
    live = deployment(replicas=0)
    snapshot = replace(rollout(), workloads=(live,))

    found = judged(snapshot, [applied])

    assert isinstance(found, Failed)
    assert found.diagnoses[0].subject == "Deployment/shop-web"
    assert found.diagnoses[0].evidence == "spec.replicas: 0; the revision has 2"
    assert not isinstance(judged(snapshot, [live]), Failed)
    assert [(each.ready, each.wanted) for each in processes(snapshot, [applied])] == [(0, 2)]


def test_what_else_is_wrong_is_told_beside_what_was_scaled_to_nothing() -> None:
    idle = deployment(replicas=0)
    idle["metadata"] |= {"name": "shop-worker", "uid": "idle"}
    crashing = rollout(crash_looping(1))

    found = judged(replace(crashing, workloads=(*crashing.workloads, idle)), [{**idle, "spec": {"replicas": 1}}])

    assert isinstance(found, Failed)
    assert [diagnosis.subject for diagnosis in found.diagnoses] == ["Deployment/shop-worker", "Deployment/shop-web"]


def test_pods_of_an_older_version_that_still_serve_are_told() -> None:
    broken = rollout(crash_looping(1))
    old = tuple(pod(status(RUNNING, ready=True), name=f"shop-web-old-{n}", owner="rs-1") for n in range(2))

    assert still_serving(replace(broken, pods=(*broken.pods, *old))) == (
        "shop-web: 2 pods of an older version still ready",
    )
    assert still_serving(broken) == ()
