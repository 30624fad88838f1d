"""Does a status tell what runs, also where somebody changed it after the deploy?"""

from copy import deepcopy

from kubeship.workflows.status import processes
from tests.unit.rollout.builders import RUNNING, rollout, status


def test_an_image_that_was_set_after_the_deploy_is_named() -> None:
    snapshot = rollout(status(RUNNING, ready=True))
    workload = snapshot.workloads[0]
    workload["spec"]["template"]["spec"] = {"containers": [{"name": "web", "image": "registry.example/shop:hotfix"}]}
    applied = deepcopy(workload)
    applied["spec"]["template"]["spec"]["containers"][0]["image"] = "registry.example/shop:1"

    (process,) = processes(snapshot, [applied])

    assert process.other_images == ("registry.example/shop:hotfix",)
    assert processes(snapshot, snapshot.workloads)[0].other_images == ()
