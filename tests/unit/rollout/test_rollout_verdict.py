"""Is a rollout judged by its newest pods alone, early, and never wrongly?"""

from dataclasses import replace

from kubeship.model.objects import Object, ObjectRef
from kubeship.model.snapshot import LogRef, Snapshot
from kubeship.model.verdict import Failed, Ready, Waiting
from kubeship.rollout.verdict import judge, out_of_time
from tests.unit.rollout.builders import (
    CREATING,
    NOW,
    RUNNING,
    crash_looping,
    deployment,
    endpoint_slice,
    event,
    job,
    job_failed,
    pod,
    ready_deployment,
    replica_set,
    rollout,
    service,
    status,
    waiting,
)

DEADLINE = {
    "type": "Progressing",
    "status": "False",
    "reason": "ProgressDeadlineExceeded",
    "message": 'ReplicaSet "shop-web-2" has timed out progressing.',
}


def test_only_new_pod_of_a_surge_that_is_doomed_fails_the_deployment() -> None:
    old = pod(status(RUNNING, ready=True), name="shop-web-1-abc", owner="rs-1")
    snapshot = rollout(crash_looping(1))

    verdict = judge(replace(snapshot, pods=(*snapshot.pods, old)))

    assert isinstance(verdict, Failed)
    assert [str(failed) for failed in verdict.workloads] == ["Deployment/shop-web"]
    assert verdict.diagnoses[0].subject == "Deployment/shop-web"


def test_old_pod_that_crashes_is_no_failure_of_the_new_version() -> None:
    old = pod(crash_looping(1), name="shop-web-1-abc", owner="rs-1")
    new = pod(status(CREATING), name="shop-web-2-def")

    verdict = judge(replace(rollout(), pods=(old, new)))

    assert isinstance(verdict, Waiting)
    assert verdict.worries == ()


def test_one_healthy_new_pod_keeps_the_deployment_alive() -> None:
    healthy = pod(status(RUNNING, ready=True), name="shop-web-2-def")
    snapshot = rollout(crash_looping(1))

    verdict = judge(replace(snapshot, pods=(*snapshot.pods, healthy)))

    assert isinstance(verdict, Waiting)
    assert [worry.cause for worry in verdict.worries] == ["web crashes with exit code 1"]


def test_pods_that_fail_alike_are_one_diagnosis() -> None:
    twins = (pod(crash_looping(1), name="shop-web-2-a"), pod(crash_looping(1), name="shop-web-2-b"))

    verdict = judge(replace(rollout(), pods=twins))

    assert isinstance(verdict, Failed)
    assert len(verdict.diagnoses) == 1


def test_pod_that_is_being_deleted_or_was_evicted_decides_nothing() -> None:
    deleted = pod(crash_looping(1), name="shop-web-2-a", deletionTimestamp="2026-11-20T23:04:00Z")
    evicted = pod(crash_looping(1), name="shop-web-2-b")
    evicted["status"]["phase"] = "Failed"

    assert isinstance(judge(replace(rollout(), pods=(deleted, evicted))), Waiting)


def test_crashes_of_a_status_that_is_out_of_date_decide_nothing() -> None:
    verdict = judge(rollout(crash_looping(1), workload=deployment(observed=2)))

    assert verdict == Waiting(("shop-web: waiting for the controller to see the change",))


def test_exceeded_deadline_fails_with_the_worry_as_its_cause() -> None:
    late = {**DEADLINE, "lastTransitionTime": "2026-11-20T23:04:30Z"}
    answer = event("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 404", 20)
    spec = {"readinessProbe": {"httpGet": {"path": "/nope", "port": 8000}}}

    verdict = judge(rollout(status(RUNNING), answer, spec=spec, workload=deployment(conditions=(late,))))

    assert isinstance(verdict, Failed)
    assert "GET /nope on port 8000" in verdict.diagnoses[0].cause
    assert verdict.diagnoses[0].rule == "no progress for 600 s (progressDeadlineSeconds)"


def test_deadline_that_an_earlier_version_exceeded_is_not_this_ones() -> None:
    earlier = {**DEADLINE, "lastTransitionTime": "2026-11-20T22:00:00Z"}

    verdict = judge(rollout(status(CREATING), workload=deployment(conditions=(earlier,))))

    assert isinstance(verdict, Waiting)


def test_any_doomed_pod_of_the_current_revision_fails_a_stateful_set() -> None:
    live = stateful_set()
    doomed = pod(crash_looping(1), name="shop-db-1", owner="set", labels={"controller-revision-hash": "new"})
    healthy = pod(
        status(RUNNING, ready=True), name="shop-db-0", owner="set", labels={"controller-revision-hash": "old"}
    )

    verdict = judge(Snapshot(NOW, workloads=(live,), pods=(healthy, doomed)))

    assert isinstance(verdict, Failed)


def test_doomed_pod_of_an_older_revision_does_not_fail_a_stateful_set() -> None:
    doomed = pod(crash_looping(1), name="shop-db-1", owner="set", labels={"controller-revision-hash": "old"})

    assert isinstance(judge(Snapshot(NOW, workloads=(stateful_set(),), pods=(doomed,))), Waiting)


def test_failed_job_is_told_by_its_pods_traceback() -> None:
    snapshot = rollout(
        status({"terminated": {"exitCode": 1, "reason": "Error"}}),
        workload=job((job_failed(),), active=0),
        log='Traceback (most recent call last):\n  File "/app/m.py", line 2, in <module>\nRuntimeError: no table\n',
    )
    pods = tuple({**p, "metadata": {**p["metadata"], "ownerReferences": [{"uid": "job"}]}} for p in snapshot.pods)

    verdict = judge(replace(snapshot, pods=pods))

    assert isinstance(verdict, Failed)
    assert verdict.diagnoses[0].cause == "web crashes: RuntimeError: no table (m.py:2)"
    assert verdict.diagnoses[0].rule == "the Job has failed (BackoffLimitExceeded)"


def test_job_without_a_pod_left_says_what_the_controller_says() -> None:
    verdict = judge(Snapshot(NOW, workloads=(job((job_failed(),), active=0),)))

    assert isinstance(verdict, Failed)
    assert "reached the specified backoff limit" in verdict.diagnoses[0].cause


def test_job_that_only_waits_for_the_end_of_its_pods_has_failed_already() -> None:
    ending = {"type": "FailureTarget", "status": "True", "reason": "DeadlineExceeded", "message": "too long"}

    verdict = judge(Snapshot(NOW, workloads=(job((ending,)),)))

    assert isinstance(verdict, Failed)
    assert verdict.diagnoses[0].evidence == "DeadlineExceeded: too long"


def test_job_whose_pod_can_never_start_does_not_wait_for_the_timeout() -> None:
    stuck = pod(status(waiting("InvalidImageName", "invalid reference format")), owner="job")

    assert isinstance(judge(Snapshot(NOW, workloads=(job(),), pods=(stuck,))), Failed)


def test_job_that_crashed_once_is_left_to_its_own_counting() -> None:
    crashing = pod(crash_looping(1), owner="job")

    assert isinstance(judge(Snapshot(NOW, workloads=(job(),), pods=(crashing,))), Waiting)


def test_ready_workload_serves_only_with_ready_endpoints() -> None:
    workloads = (ready_deployment(),)

    without = judge(Snapshot(NOW, workloads=workloads, services=(service(),)))
    unready = judge(snapshot_of_slice(endpoint_slice(ready=False)))
    ready = judge(snapshot_of_slice(endpoint_slice()))

    assert isinstance(without, Waiting)
    assert isinstance(unready, Waiting)
    assert ready == Ready()


def test_port_name_that_no_container_has_is_named() -> None:
    verdict = judge(replace(snapshot_of_slice(endpoint_slice(ports=False)), services=(service("web"),)))

    assert isinstance(verdict, Waiting)
    assert verdict.worries[0].cause == "Service shop-web has no ready endpoints: its pods have no port web"


def test_selector_that_matches_no_workload_of_the_app_fails_once_all_are_ready() -> None:
    verdict = judge(Snapshot(NOW, workloads=(ready_deployment(),), services=(service(app="wbe"),)))

    assert isinstance(verdict, Failed)
    assert verdict.diagnoses[0].evidence == "selector app=wbe"


def test_service_of_a_workload_scaled_to_zero_needs_no_endpoints() -> None:
    assert judge(Snapshot(NOW, workloads=(deployment(replicas=0),), services=(service(),))) == Ready()


def test_service_for_pods_of_others_is_not_asked() -> None:
    foreign = service(app="postgres")
    foreign["metadata"]["labels"] = {}

    assert judge(Snapshot(NOW, workloads=(ready_deployment(),), services=(foreign,))) == Ready()


def test_init_container_that_waits_is_named_with_its_last_words_when_time_is_up() -> None:
    snapshot = rollout(status({"waiting": {"reason": "PodInitializing"}}))
    live = snapshot.pods[0]
    live["spec"]["initContainers"] = [{"name": "wait", "image": "busybox"}]
    live["status"]["initContainerStatuses"] = [{**status(RUNNING), "name": "wait"}]
    logs = {LogRef(live["metadata"]["name"], "wait", previous=False): "no answer from db:5432\n"}

    failed = out_of_time(replace(snapshot, logs=logs), timeout=30)

    assert failed.diagnoses[0].cause == "the init container wait still runs after 69 s"
    assert failed.diagnoses[0].evidence == "no answer from db:5432"


def test_time_that_is_up_turns_worries_into_causes() -> None:
    pulled = event("Failed", 'Failed to pull image "x": not found')

    failed = out_of_time(rollout(status(waiting("ErrImagePull")), pulled), timeout=30)

    assert "doesn't exist in its registry" in failed.diagnoses[0].cause
    assert failed.diagnoses[0].rule == "not ready after 30 s (rollout.timeout)"


def test_time_that_is_up_without_a_worry_names_what_is_missing() -> None:
    pulling = event("Pulling", 'Pulling image "x"')

    failed = out_of_time(rollout(status(CREATING), pulling), timeout=30)

    assert failed.diagnoses[0].cause == "still waiting for shop-web: 1 of 2 pods updated"
    assert failed.diagnoses[0].evidence == 'Pulling: Pulling image "x"'
    assert [str(workload) for workload in failed.workloads] == ["Deployment/shop-web"]


def test_diagnosis_shows_no_secret() -> None:
    spec = {"env": [{"name": "API_TOKEN", "value": "canary-1234"}]}
    log = "can't connect to postgresql://shop:hunter2@db/shop\ncanary-1234"

    verdict = judge(rollout(crash_looping(1), spec=spec, log=log))

    assert isinstance(verdict, Failed)
    assert "canary" not in repr(verdict)
    assert "hunter2" not in repr(verdict)


def stateful_set() -> Object:
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "shop-db", "namespace": "shop", "uid": "set", "generation": 1},
        "spec": {"replicas": 2},
        "status": {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 1, "updateRevision": "new"},
    }


def snapshot_of_slice(slice_: Object) -> Snapshot:
    return Snapshot(
        NOW,
        workloads=(ready_deployment(),),
        replica_sets=(replica_set(2),),
        services=(service(),),
        endpoint_slices=(slice_,),
    )


def test_what_was_deleted_by_hand_is_no_success() -> None:
    gone = ObjectRef("batch/v1", "Job", "", "shop-release")

    verdict = judge(Snapshot(NOW, gone=(gone,)))

    assert isinstance(verdict, Failed)
    assert verdict.diagnoses[0].cause == "Job/shop-release isn't there any more: somebody deleted it"
