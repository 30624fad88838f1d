"""Does a pod without a node, or whose claims aren't there, get a remedy for exactly that?"""

from dataclasses import replace

import pytest

from kubeship.model.objects import Object, claim_names
from kubeship.model.snapshot import Snapshot
from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes import conclude
from kubeship.rollout.pods import pod_snapshot
from tests.unit.rollout.builders import CREATING, STARTED, event, pod, rollout, status, waiting

CLAIM: Object = {"kind": "PersistentVolumeClaim", "metadata": {"name": "media", "uid": "claim"}}
MEDIA: Object = {"name": "media", "persistentVolumeClaim": {"claimName": "media"}}
FRAME = "0/3 nodes are available: {}. no new claims to deallocate, preemption: 0/3 nodes are available."


def concluded(snapshot: Snapshot) -> Diagnosis:
    found = conclude(pod_snapshot(snapshot.pods[0], snapshot))
    assert found
    assert not found.certain
    return found.diagnosis


def unplaced(why: str, *events: Object) -> Diagnosis:
    condition: Object = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": why}
    live = pod(conditions=({**condition, "lastTransitionTime": STARTED},))
    live["spec"]["volumes"] = [MEDIA]
    return concluded(replace(rollout(None, *events), pods=(live,)))


@pytest.mark.parametrize(
    ("why", "remedy"),
    [
        ('persistentvolumeclaim "media" is being deleted', "make it anew then"),
        (
            "1 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by "
            "another pod",
            "one pod at a time may have that claim",
        ),
        ("3 node(s) didn't find available persistent volumes to bind", "make a PersistentVolume that fits the claim"),
        ("pod has unbound immediate PersistentVolumeClaims", "the PersistentVolume (volumeName) or StorageClass"),
        ("3 node(s) didn't match pod affinity rules", "(podAffinity) aren't there"),
        ("3 node(s) didn't match pod anti-affinity rules", "run fewer replicas"),
    ],
)
def test_remedy_is_for_what_is_short(why: str, remedy: str) -> None:
    assert remedy in unplaced(FRAME.format(why)).remedy


def test_claim_that_is_not_bound_is_named_and_an_event_about_another_trouble_is_not_blamed() -> None:
    said = event("FailedBinding", "no persistent volumes available for this claim", about=CLAIM)

    silent = unplaced(FRAME.format("pod has unbound immediate PersistentVolumeClaims"))
    deleted = unplaced(FRAME.format('persistentvolumeclaim "media" is being deleted'), said)

    assert silent.cause.endswith("unbound immediate PersistentVolumeClaims (media)")
    assert "no persistent volumes" not in deleted.cause


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ('volume "pv-1" already bound to a different claim.', "take the claimRef out"),
        ('storageclass.storage.k8s.io "fast" not found', "large enough"),
    ],
)
def test_what_is_said_of_the_claim_has_its_own_remedy(words: str, remedy: str) -> None:
    said = event("FailedBinding", words, about=CLAIM)

    assert remedy in unplaced(FRAME.format("pod has unbound immediate PersistentVolumeClaims"), said).remedy


def test_claims_are_those_that_it_names_and_those_made_for_it() -> None:
    live = pod()
    live["spec"]["volumes"] = [MEDIA, {"name": "scratch", "ephemeral": {"a": 1}}, {"name": "cache", "emptyDir": {}}]

    assert claim_names(live) == ("media", f"{live['metadata']['name']}-scratch")


def test_device_that_is_not_claimed_yet_is_named_instead_of_the_scheduler() -> None:
    failing = event("FailedResourceClaimCreation", 'template "gpu" not found', 4, container="")
    live = pod()
    live["spec"]["resourceClaims"] = [{"name": "gpu", "resourceClaimTemplateName": "one-gpu"}]
    live["status"] = {"phase": "Pending"}

    told, silent = (concluded(replace(rollout(None, *events), pods=(live,))) for events in ((failing,), ()))

    assert told.cause == silent.cause == "the pod waits for its resource claims (one-gpu)"
    assert told.evidence == 'FailedResourceClaimCreation: template "gpu" not found'


def test_kind_of_volume_that_the_cluster_has_given_up_is_told() -> None:
    words = 'MountVolume.SetUp failed for volume "data" : git-repo volume plugin has been disabled'

    found = concluded(rollout(status(CREATING), event("FailedMount", words, 4, container="")))

    assert "doesn't have this kind of volume any more" in found.cause
    assert "pvc" not in found.remedy


@pytest.mark.parametrize(
    ("state", "cause"),
    [
        (
            waiting(
                "CreateContainerConfigError",
                'failed to resolve recursive read-only mode: volume "data" requested recursive read-only mode, but it '
                "is not supported by the runtime",
            ),
            "can't mount the volume data read-only",
        ),
        (
            waiting("CreateContainerError", 'failed to generate spec: failed to mkdir "": mkdir : no such file'),
            "too old for volumes that are images",
        ),
    ],
)
def test_what_an_old_runtime_can_not_do_is_told(state: Object, cause: str) -> None:
    snapshot = rollout(status(state))

    found = conclude(pod_snapshot(snapshot.pods[0], snapshot))

    assert found
    assert cause in found.diagnosis.cause
    assert "newer runtime" in found.diagnosis.remedy
