"""Is what holds a rollout up beside its new pods named: a pause, pods that don't go, gates, silent nodes, volumes?"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.model.verdict import Diagnosis, Ready, Waiting
from kubeship.rollout.causes import conclude
from kubeship.rollout.causes.held_up import kept_by_a_sidecar
from kubeship.rollout.pods import pod_snapshot
from kubeship.rollout.verdict import judge
from tests.unit.rollout.builders import (
    CREATING,
    NOW,
    RUNNING,
    STARTED,
    crash_looping,
    deployment,
    event,
    job,
    pod,
    ready_deployment,
    replica_set,
    rollout,
    status,
)

SCHEDULED = {"type": "PodScheduled", "status": "True", "lastTransitionTime": STARTED}


def stateful_set(strategy: Object | None = None, available: int = 0) -> Object:
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "db", "namespace": "shop", "uid": "set", "generation": 1},
        "spec": {"replicas": 1, "updateStrategy": strategy or {}},
        "status": {"observedGeneration": 1, "replicas": 1, "availableReplicas": available, "updateRevision": "new"},
    }


def of_the_set(container: Object, **metadata: Any) -> Object:
    return pod(container, name="db-0", owner="set", labels={"controller-revision-hash": "old"}, **metadata)


def worry(snapshot: Snapshot) -> Diagnosis:
    verdict = judge(snapshot)
    assert isinstance(verdict, Waiting)
    (found,) = verdict.worries
    return found


def test_ready_pods_that_do_not_count_yet_are_told_with_what_they_wait_for() -> None:
    waiting_for_time = deployment(1, updated=1)
    waiting_for_time["spec"]["minReadySeconds"] = 120
    ready = {"type": "Ready", "status": "True", "lastTransitionTime": STARTED}
    live = pod(status(RUNNING, ready=True))
    live["status"]["conditions"] = [ready]

    found = worry(Snapshot(NOW, workloads=(waiting_for_time,), replica_sets=(replica_set(2),), pods=(live,)))

    assert found.cause == "shop-web's pods are ready, and each counts only after 120 s of that (minReadySeconds)"
    assert found.evidence.endswith("Ready for 69 s")


def test_paused_deployment_is_told_with_what_resumes_it() -> None:
    paused = deployment(updated=0)
    paused["spec"]["paused"] = True

    found = worry(Snapshot(NOW, workloads=(paused,), replica_sets=(replica_set(2),)))

    assert found.cause == "Deployment shop-web is paused, so that nothing of it is rolled out"
    assert "kubectl rollout resume deployment/shop-web" in found.remedy


def test_deployment_that_was_paused_when_all_of_it_was_there_is_ready() -> None:
    paused = ready_deployment()
    paused["spec"]["paused"] = True

    assert judge(Snapshot(NOW, workloads=(paused,), replica_sets=(replica_set(2),))) == Ready()


def test_suspended_job_is_told() -> None:
    suspended = job(active=0)
    suspended["spec"]["suspend"] = True

    assert worry(Snapshot(NOW, workloads=(suspended,))).evidence == "spec.suspend: true"


@pytest.mark.parametrize(("code", "finished", "told"), [(0, 40, True), (0, 5, False), (1, 40, False)])
def test_job_that_another_container_keeps_running_is_told(code: int, finished: int, told: bool) -> None:
    end = (NOW - timedelta(seconds=finished)).isoformat()
    live = pod(status({"terminated": {"exitCode": code, "finishedAt": end}}), owner="job")
    live["status"]["containerStatuses"].append({**status(RUNNING), "name": "proxy"})

    found = kept_by_a_sidecar(job(), Snapshot(NOW, workloads=(job(),), pods=(live,)))

    assert bool(found) is told
    assert not found or "has done its work (web), but proxy keeps its pod running" in found.diagnosis.cause


def test_pod_that_a_finalizer_keeps_holds_up_its_stateful_set() -> None:
    ending = of_the_set(
        status(RUNNING),
        deletionTimestamp="2026-11-20T23:04:30Z",
        deletionGracePeriodSeconds=30,
        finalizers=["example.com/hold"],
    )

    found = worry(Snapshot(NOW, workloads=(stateful_set(),), pods=(ending,)))

    assert found.cause == (
        "db-0 doesn't go, and what is to replace it has to wait: its finalizers (example.com/hold) keep it"
    )
    assert "60 s ago with a grace period of 30 s" in found.evidence


@pytest.mark.parametrize(
    ("due", "grace", "why"),
    [
        ("2026-11-20T23:04:50Z", 30, "its node node-2 doesn't report that it has ended"),
        ("2026-11-20T23:05:30Z", 60, "its processes take their time to end"),
    ],
)
def test_pod_that_takes_long_to_end_is_told_by_where_it_hangs(due: str, grace: int, why: str) -> None:
    ending = of_the_set(status(RUNNING), deletionTimestamp=due, deletionGracePeriodSeconds=grace)
    ending["spec"]["nodeName"] = "node-2"

    assert worry(Snapshot(NOW, workloads=(stateful_set(),), pods=(ending,))).cause.endswith(why)


def test_pod_that_has_just_begun_to_end_is_nothing_bad() -> None:
    ending = of_the_set(status(RUNNING), deletionTimestamp="2026-11-20T23:05:25Z", deletionGracePeriodSeconds=30)

    assert judge(Snapshot(NOW, workloads=(stateful_set(),), pods=(ending,))).worries == ()  # type: ignore[union-attr]


def test_deployment_that_surges_does_not_wait_for_pods_to_go() -> None:
    ending = pod(status(RUNNING), owner="rs-1", deletionTimestamp=STARTED, finalizers=["example.com/hold"])

    assert judge(replace(rollout(status(CREATING)), pods=(ending,))).worries == ()  # type: ignore[union-attr]


def test_older_pod_that_nobody_replaces_and_that_is_unwell_is_told() -> None:
    live = stateful_set({"type": "OnDelete"})

    found = worry(Snapshot(NOW, workloads=(live,), pods=(of_the_set(crash_looping(1)),)))

    assert found.cause == "db-0 isn't ready; it runs an older version and is not to be replaced"
    assert found.evidence.startswith("web: CrashLoopBackOff")


def waiting_pod(*conditions: Object, **spec: Any) -> Object:
    made = pod(conditions=conditions)
    made["spec"] |= spec
    made["status"] = {"phase": "Pending", "conditions": list(conditions)}
    return made


GATED = {"type": "PodScheduled", "status": "False", "reason": "SchedulingGated", "message": "Scheduling is blocked"}
CLOSED = {"type": "Ready", "status": "False", "reason": "ReadinessGatesNotReady", "message": "lb does not exist"}
CONTAINERS_READY = {"type": "ContainersReady", "status": "True", "lastTransitionTime": STARTED}


@pytest.mark.parametrize(
    ("waits", "cause"),
    [
        (waiting_pod(schedulerName="gpu"), "no scheduler has looked at the pod: it waits for gpu"),
        (waiting_pod(GATED, schedulingGates=[{"name": "x.io/q"}]), "the pod waits for its scheduling gates x.io/q"),
        (waiting_pod(SCHEDULED, nodeName="node-2"), "the node node-2 hasn't begun with the pod"),
        (
            waiting_pod(SCHEDULED, CONTAINERS_READY, CLOSED, readinessGates=[{"conditionType": "lb"}], nodeName="n"),
            "the pod's containers are ready, and it waits for its readiness gate lb",
        ),
    ],
)
def test_pod_that_waits_for_somebodys_word_says_for_whose(waits: Object, cause: str) -> None:
    snapshot = replace(rollout(), pods=(waits,))

    found = conclude(pod_snapshot(waits, snapshot))
    at_once = conclude(pod_snapshot({**waits, "metadata": {**waits["metadata"], "creationTimestamp": ""}}, snapshot))

    assert found
    assert found.diagnosis.cause.startswith(cause)
    assert not found.certain
    assert at_once is None or not at_once.certain


def test_pod_bound_to_a_node_that_does_not_exist_says_so() -> None:
    bound = waiting_pod(nodeName="gone")

    found = conclude(pod_snapshot(bound, replace(rollout(), pods=(bound,))))

    assert found
    assert found.diagnosis.evidence == "nodeName: gone, and nothing from there"


def test_volume_that_a_provisioner_is_to_make_is_not_the_schedulers_silence() -> None:
    waits = waiting_pod(volumes=[{"name": "media", "persistentVolumeClaim": {"claimName": "media"}}])
    claim = {"kind": "PersistentVolumeClaim", "metadata": {"name": "media", "uid": "claim"}}
    said = event("ExternalProvisioning", "Waiting for a volume to be created by 'example.com/none'", about=claim)

    found = conclude(pod_snapshot(waits, replace(rollout(), pods=(waits,), events=(said,))))

    assert found
    assert "the volume of its claim media" in found.diagnosis.cause
    assert "example.com/none" in found.diagnosis.evidence


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        (
            "EvictionByEvictionAPI",
            "it is evicted: somebody drains its node, or an autoscaler or descheduler wants it elsewhere",
        ),
        ("PreemptionByScheduler", "a more important pod takes its place"),
        ("Tomorrow", "it is ended from outside"),
    ],
)
def test_pod_that_is_taken_away_says_by_whom(reason: str, why: str) -> None:
    target = {"type": "DisruptionTarget", "status": "True", "reason": reason, "message": "by somebody"}
    ending = pod(status(RUNNING), conditions=(target,), deletionTimestamp="2026-11-20T23:05:25Z")

    found = worry(replace(rollout(), pods=(ending,)))

    assert found.cause == f"shop-web loses a pod: {why}"
    assert found.evidence.endswith(f"{reason}: by somebody")


def with_claim(*events: Object) -> Snapshot:
    snapshot = rollout(status(CREATING), *events)
    made = snapshot.pods[0]
    made["spec"] |= {
        "nodeName": "node-2",
        "volumes": [{"name": "media", "persistentVolumeClaim": {"claimName": "media"}}],
    }
    made["status"]["startTime"] = STARTED
    return snapshot


def test_volumes_that_do_not_come_are_told_before_anybody_complains() -> None:
    assert worry(with_claim()).cause == "the pod waits for its volumes (media) to be attached to node-2"


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        (
            'AttachVolume.Attach failed for volume "pv" : timed out waiting for external-attacher of disk.example.com '
            "CSI driver to attach volume x",
            "volume pv isn't mounted: the CSI driver disk.example.com isn't on the node, or doesn't answer",
        ),
        (
            'MountVolume.MountDevice failed for volume "pv" : kubernetes.io/csi: attacher.MountDevice failed to create '
            "newCsiDriverClient: driver name disk.example.com not found in the list of registered CSI drivers",
            "volume pv isn't mounted: the CSI driver disk.example.com isn't on the node, or doesn't answer",
        ),
        (
            'MountVolume.SetUp failed for volume "pv" : hostPath type check failed: /srv/media is not a directory',
            "volume pv isn't mounted: the node hasn't got what it is made of (/srv/media is not a directory)",
        ),
        (
            'MountVolume.SetUp failed for volume "pv" : mount failed: exit status 32 mount.nfs: Connection timed out',
            "volume pv isn't mounted: the storage's server can't be reached from the node",
        ),
        (
            'MountVolume.SetUp failed for volume "pv" : rpc error: secretproviderclasses.secrets-store.csi.x-k8s.io '
            '"vault" not found',
            "volume pv isn't mounted: the secrets store doesn't hand out what it names vault",
        ),
        (
            'MountVolume.SetUp failed for volume "pv" : stat /x: stale NFS file handle',
            "volume pv isn't mounted: the storage under it has failed",
        ),
        ('MountVolume.SetUp failed for volume "pv" : news', "volume pv isn't mounted: it can't be attached or mounted"),
    ],
)
def test_words_about_volumes_are_explained(message: str, cause: str) -> None:
    found = worry(with_claim(event("FailedMount", message, 3, container="")))

    assert found.cause == cause
    assert found.evidence == message


def test_copy_of_a_secret_that_the_kubelet_has_not_read_yet_is_no_trouble_of_a_volume() -> None:
    message = (
        'MountVolume.SetUp failed for volume "s" : failed to sync secret cache: timed out waiting for the condition'
    )

    conclusion = conclude(
        pod_snapshot(pod(status(CREATING)), rollout(None, event("FailedMount", message, container="")))
    )

    assert conclusion is None
