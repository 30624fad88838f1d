"""Does a status tell what runs, also where somebody changed it after the deploy?"""

from copy import deepcopy
from dataclasses import replace

from kubeship.workflows.status import processes, still_serving, stopped
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

    found = stopped(snapshot, [applied])

    assert found
    assert found.worries[0].subject == "Deployment/shop-web"
    assert found.worries[0].evidence == "spec.replicas: 0; the revision has 2"
    assert stopped(snapshot, [live]) is None
    assert stopped(replace(snapshot, workloads=(applied,)), [applied]) is None


def test_pods_of_an_older_version_that_still_serve_are_told() -> None:
    broken = rollout(crash_looping(1))
    old = tuple(pod(status(RUNNING, ready=True), name=f"shop-web-old-{n}", owner="rs-1") for n in range(2))

    assert still_serving(replace(broken, pods=(*broken.pods, *old))) == (
        "shop-web: 2 pods of an older version still ready",
    )
    assert still_serving(broken) == ()
