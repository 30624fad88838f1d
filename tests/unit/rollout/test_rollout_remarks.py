"""Is what stays behind a healthy rollout told, and what somebody else changed in the middle of it?"""

from copy import deepcopy
from dataclasses import replace

import pytest

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.rollout.remarks import changed_meanwhile, remarks
from kubeship.rollout.suspects import unheard
from tests.unit.rollout.builders import (
    NOW,
    RUNNING,
    endpoint_slice,
    pod,
    ready_deployment,
    replica_set,
    rollout,
    service,
    status,
)


def stateful_set(strategy: Object) -> Object:
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "db", "namespace": "shop", "uid": "set", "generation": 1},
        "spec": {"replicas": 2, "updateStrategy": strategy},
        "status": {"observedGeneration": 1, "replicas": 2, "availableReplicas": 2, "updateRevision": "new"},
    }


def of_revision(number: int, revision: str) -> Object:
    labels = {"controller-revision-hash": revision}
    return pod(status(RUNNING, ready=True), name=f"db-{number}", owner="set", labels=labels)


def told(strategy: Object) -> list[str]:
    pods = (of_revision(0, "old"), of_revision(1, "new"))
    return [each.message for each in remarks(Snapshot(NOW, workloads=(stateful_set(strategy),), pods=pods))]


def test_pods_that_stay_on_the_older_version_are_told_with_the_reason() -> None:
    partition = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}

    assert told({"type": "OnDelete"}) == [
        "StatefulSet/db: 1 of 2 pods still run an older version: updateStrategy is OnDelete"
    ]
    assert told(partition) == ["StatefulSet/db: 1 of 2 pods still run an older version: `partition` keeps them"]
    assert told({"type": "RollingUpdate"}) == []


def test_daemon_set_that_no_node_matches_is_told() -> None:
    live = {**stateful_set({}), "kind": "DaemonSet", "status": {"desiredNumberScheduled": 0}}

    (caution,) = remarks(Snapshot(NOW, workloads=(live,)))

    assert caution.message.startswith("DaemonSet/db runs nowhere")


CELERY = """\
[2026-11-20 23:05:00,000: INFO/MainProcess] tasks: shop.mail
[2026-11-20 23:05:01,000: ERROR/MainProcess] consumer: Cannot connect to amqp://shop:**@broker:5672//: [Errno 111] \
Connection refused.
Trying again in 4.00 seconds... (2/100)

"""


def test_worker_that_nothing_asks_and_that_finds_no_broker_is_told() -> None:
    live = rollout(status(RUNNING, ready=True), workload=ready_deployment())
    (log,) = unheard(live)

    (caution,) = remarks(replace(live, logs={log: CELERY}))

    assert caution.message.startswith("web counts as ready because nothing asks it, but it can't reach a server")
    assert remarks(replace(live, logs={log: CELERY + "Connected to amqp\ntask 1\n"})) == ()


def test_container_that_is_asked_speaks_for_itself() -> None:
    probe = {"readinessProbe": {"httpGet": {"path": "/", "port": 8000}}}

    assert unheard(rollout(status(RUNNING, ready=True), workload=ready_deployment(), spec=probe)) == ()


def test_port_that_leads_nowhere_beside_one_that_serves_is_told() -> None:
    two = service()
    two["spec"]["ports"] = [
        {"name": "", "port": 80, "targetPort": "http"},
        {"name": "m", "port": 81, "targetPort": "metrics"},
    ]
    web = pod(status(RUNNING, ready=True), spec={"ports": [{"name": "http", "containerPort": 8000}]})
    snapshot = Snapshot(
        NOW,
        workloads=(ready_deployment(),),
        replica_sets=(replica_set(2),),
        pods=(web,),
        services=(two,),
        endpoint_slices=(endpoint_slice(),),
    )

    (caution,) = remarks(snapshot)

    assert caution.message.startswith("Service shop-web: its targetPort metrics leads nowhere")


@pytest.mark.parametrize(
    ("target", "spec", "told"),
    [
        (8080, {}, "Service shop-web leads to port 8080 of its pods, and nothing listens there (only on 5000)"),
        (5000, {}, ""),
        (8080, {"readinessProbe": {"tcpSocket": {"port": 8080}}}, ""),
        ("http", {"ports": [{"name": "http", "containerPort": 8080}]}, "leads to port 8080"),
    ],
)
def test_port_that_no_probe_asks_and_on_which_nothing_listens_is_told(
    target: int | str, spec: Object, told: str
) -> None:
    web = pod(status(RUNNING, ready=True), spec=spec)
    snapshot = Snapshot(
        NOW,
        workloads=(ready_deployment(),),
        replica_sets=(replica_set(2),),
        pods=(web,),
        services=(service(target),),
        endpoint_slices=(endpoint_slice(),),
        sockets={web["metadata"]["name"]: "   1: 00000000:1388 00000000:0000 0A 0:0"},
    )

    messages = [caution.message for caution in remarks(snapshot)]

    assert any(told in message for message in messages) if told else not messages


def test_change_by_somebody_else_in_the_middle_is_told_with_its_place() -> None:
    before = Snapshot(NOW, workloads=(ready_deployment(),))
    before.workloads[0]["spec"]["template"]["spec"]["containers"] = [{"name": "web", "image": "a"}]
    other = deepcopy(before.workloads[0])
    other["spec"]["template"]["spec"]["containers"][0]["image"] = "b"
    scaled = deepcopy(before.workloads[0])
    scaled["spec"]["replicas"] = 7

    (caution,) = changed_meanwhile(before, replace(before, workloads=(other,)))

    assert "Deployment/shop-web was changed by somebody else" in caution.message
    assert "(spec.template.spec.containers[web].image)" in caution.message
    assert changed_meanwhile(before, replace(before, workloads=(scaled,))) == ()


def test_workload_that_somebody_scales_to_nothing_meanwhile_is_told() -> None:
    before = Snapshot(NOW, workloads=(ready_deployment(),))
    now = deepcopy(before)
    now.workloads[0]["spec"]["replicas"] = 0

    (caution,) = changed_meanwhile(before, now)

    assert "was scaled to 0 by somebody else" in caution.message
    assert changed_meanwhile(now, now) == ()
