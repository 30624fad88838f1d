"""Does the cluster room keep its word against a real API server, real controllers and a real kubelet?"""

import copy as copies
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kubeship.cluster.client import KubernetesCluster
from kubeship.cluster.connect import connect
from kubeship.errors import ApplyFailed, InvalidInput, LeaseHeld, MissingPrecondition
from kubeship.model.changes import Action, FieldChange
from kubeship.model.events import Event, LogLine
from kubeship.model.objects import Object, ObjectRef, ref
from kubeship.model.revision import Outcome, Revision
from kubeship.model.snapshot import LogRef
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e

US = f"ann@here:{os.getpid()}"


@pytest.fixture
def cluster(stack: Stack, kubectl: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> KubernetesCluster:
    monkeypatch.setenv("KUBECONFIG", stack.kubeconfig)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return connect(stack.context, kubectl.namespace, print)


def config_map(name: str, **data: str) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def pod_spec(stack: Stack, script: str) -> Object:
    """A container of a base image that the stack's registry serves; admitted by `restricted`."""
    return {
        "containers": [
            {
                "name": "main",
                "image": f"{stack.registry}/library/python:3.11-slim",
                "command": ["python", "-u", "-c", script],
                "env": [{"name": "A", "value": "1"}],
                "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
            }
        ],
        "securityContext": {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}},
        "terminationGracePeriodSeconds": 1,
    }


def deployment(stack: Stack, script: str = "import time; time.sleep(600)") -> Object:
    labels = {"app": "web"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "labels": labels},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod_spec(stack, script)},
        },
    }


def job(stack: Stack, script: str) -> Object:
    template = {"spec": {**pod_spec(stack, script), "restartPolicy": "Never"}}
    spec = {"backoffLimit": 0, "template": template}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "migrate"}, "spec": spec}


def applied(cluster: KubernetesCluster, *objects: Object) -> None:
    with cluster.lease("shop", US) as lease:
        cluster.apply(objects, lease, lambda _: None)


def until(true: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.1)
    assert found
    return found


def test_comparison_finds_exactly_the_change_and_nothing_afterwards(cluster: KubernetesCluster, stack: Stack) -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8000}]},
    }
    objects = [deployment(stack), service, config_map("settings", a="1")]
    edited = copies.deepcopy(objects)
    edited[0]["spec"]["template"]["spec"]["containers"][0]["env"][0]["value"] = "2"

    before = [change.action for change in cluster.compare(objects)]
    applied(cluster, *objects)
    after = cluster.compare(objects)
    (change,) = cluster.compare(edited)

    assert before == [Action.CREATE] * 3
    assert not after
    assert (change.action, change.fields) == (
        Action.UPDATE,
        (FieldChange("spec.template.spec.containers[main].env[A].value", "1", "2"),),
    )


def test_missing_namespace_compares_and_is_made(cluster: KubernetesCluster, stack: Stack, kubectl: Any) -> None:
    absent = connect(stack.context, f"{kubectl.namespace}-absent", print)

    assert [change.action for change in absent.compare([config_map("a")])] == [Action.CREATE]
    assert [finding.subject for finding in absent.preflight([config_map("a")]).findings] == ["namespace"]
    with pytest.raises(MissingPrecondition, match="doesn't exist"), absent.lease("shop", US):
        pass

    absent.create_namespace()
    absent.create_namespace()
    applied(absent, config_map("a"))
    absent.delete(ObjectRef("v1", "Namespace", "", absent.namespace))
    assert absent.get(ObjectRef("v1", "Namespace", "", absent.namespace)) is None


def test_conflict_names_the_other_manager_and_nothing_is_taken(cluster: KubernetesCluster, kubectl: Any) -> None:
    theirs = json.dumps(config_map("settings", a="theirs"))
    kubectl("apply", "--server-side", "--field-manager=helm", "-f", "-", text=theirs)

    (change,) = cluster.compare([config_map("settings", a="ours")])
    with pytest.raises(ApplyFailed, match="helm"):
        applied(cluster, config_map("settings", a="ours"))

    assert [(conflict.path, conflict.manager) for conflict in change.conflicts] == [("data.a", "helm")]
    assert change.fields == (FieldChange("data.a", "theirs", "ours"),)
    assert json.loads(kubectl("get", "configmap", "settings", "-o", "json"))["data"] == {"a": "theirs"}


def test_wrong_field_value_kind_and_immutable_field_are_input_errors(cluster: KubernetesCluster, stack: Stack) -> None:
    applied(cluster, deployment(stack))
    unknown, negative, other = (deployment(stack) for _ in range(3))
    unknown["spec"]["replicsa"] = 2
    negative["spec"]["replicas"] = -1
    other["spec"]["selector"]["matchLabels"] = other["spec"]["template"]["metadata"]["labels"] = {"app": "other"}

    for wrong, words in (
        (unknown, "no field spec.replicsa"),
        (negative, "replicas"),
        (other, "spec.selector can't be"),
    ):
        with pytest.raises(InvalidInput, match=words):
            cluster.compare([wrong])
    with pytest.raises(InvalidInput, match="has no Gizmo in example"):
        cluster.compare([{**config_map("a"), "apiVersion": "example.com/v1", "kind": "Gizmo"}])


def test_replicas_stay_with_the_autoscaler(cluster: KubernetesCluster, stack: Stack, kubectl: Any) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    scaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"},
        "spec": {"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": 5},
    }
    bare = deployment(stack)
    del bare["spec"]["replicas"]
    applied(cluster, deployment(stack), scaler)
    kubectl("scale", "deployment/web", "--replicas=3")

    applied(cluster, deployment(stack), scaler)
    applied(cluster, bare, scaler)

    assert not cluster.compare([bare, scaler])
    assert json.loads(kubectl("get", "deployment", "web", "-o", "json"))["spec"]["replicas"] == 3


def test_held_lease_is_refused_and_freed_at_the_end(cluster: KubernetesCluster) -> None:
    with cluster.lease("shop", US) as held:
        held.check()
        with pytest.raises(LeaseHeld, match=rf"{US} is deploying shop \(since 2"), cluster.lease("shop", "bob@ci:1"):
            pass

    with cluster.lease("shop", "bob@ci:1") as freed:
        freed.check()


def test_lease_of_a_killed_process_is_taken_over_at_once(cluster: KubernetesCluster, kubectl: Any) -> None:
    script = (
        "import os, sys, time\n"
        "from kubeship.cluster.connect import connect\n"
        f"with connect(None, {cluster.namespace!r}, print).lease('shop', f'bob@here:{{os.getpid()}}'):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(600)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"

    with pytest.raises(LeaseHeld, match=f"bob@here:{holder.pid}"), cluster.lease("shop", US):
        pass
    holder.kill()
    holder.wait()
    with cluster.lease("shop", US) as lease:
        lease.check()

    (live,) = kubectl.objects("lease")
    assert live["spec"]["leaseTransitions"] >= 1


def test_lease_that_was_deleted_stops_the_writes(cluster: KubernetesCluster, kubectl: Any) -> None:
    with cluster.lease("shop", US) as lease:
        kubectl("delete", "lease", "kubeship-shop")
        lease.renew()
        with pytest.raises(LeaseHeld, match="was deleted"):
            cluster.apply([config_map("a")], lease, lambda _: None)

    assert kubectl.names("configmap") <= {"ConfigMap/kube-root-ca.crt"}


def test_revisions_are_kept_read_and_trimmed(cluster: KubernetesCluster, stack: Stack) -> None:
    first = Revision(
        number=1,
        app="shop",
        environment="production",
        outcome=Outcome.STARTED,
        image="registry/shop@sha256:1",
        objects=(deployment(stack), config_map("settings", a="ä")),
        started=datetime.now(UTC),
    )

    with cluster.lease("shop", US) as lease:
        cluster.record(first, lease)
        cluster.record(replace(first, outcome=Outcome.SUCCEEDED, finished=datetime.now(UTC)), lease)
        for number in range(2, 24):
            cluster.record(replace(first, number=number, outcome=Outcome.FAILED), lease)
    found = cluster.revisions("shop")
    cluster.delete_records("shop")

    assert [revision.number for revision in found] == [*range(23, 3, -1), 1]
    assert found[-1].succeeded_with(first.objects)
    assert cluster.revisions("shop") == ()
    assert cluster.get(ObjectRef("coordination.k8s.io/v1", "Lease", "", "kubeship-shop")) is None


def test_prune_spares_what_others_own(cluster: KubernetesCluster, kubectl: Any) -> None:
    theirs = json.dumps(config_map("theirs", a="1"))
    kubectl("apply", "--server-side", "--field-manager=helm", "-f", "-", text=theirs)
    applied(cluster, config_map("ours", a="1"), config_map("handed-over", a="1"))
    taken = json.dumps(config_map("handed-over", a="1"))
    kubectl("apply", "--server-side", "--force-conflicts", "--field-manager=kubeship", "-f", "-", text=taken)
    kubectl(
        "patch",
        "configmap",
        "handed-over",
        "--type=json",
        "-p",
        '[{"op": "replace", "path": "/metadata/managedFields", "value": [{}]}]',
    )

    candidates = [ref(config_map(name)) for name in ("ours", "theirs", "handed-over", "absent")]
    with cluster.lease("shop", US) as lease:
        went = cluster.prune(candidates, lease, lambda _: None)

    assert [str(name) for name in went] == ["ConfigMap/ours"]
    assert {"ConfigMap/theirs", "ConfigMap/handed-over"} <= kubectl.names("configmap")


def test_observation_sees_a_rollout_from_its_beginning_to_its_end(cluster: KubernetesCluster, stack: Stack) -> None:
    web = deployment(stack)

    with cluster.observe([web]) as observer:
        assert observer.snapshot().workloads == ()
        applied(cluster, web)
        seen = []
        end = time.monotonic() + 90
        while time.monotonic() < end:
            observer.wait(5)
            snapshot = observer.snapshot()
            seen.append((len(snapshot.workloads), len(snapshot.replica_sets), len(snapshot.pods)))
            if any((item.get("status") or {}).get("readyReplicas") for item in snapshot.workloads):
                break
        quiet = time.monotonic()
        observer.snapshot()
        leaving = time.monotonic()
    left = time.monotonic()

    assert seen[-1] == (1, 1, 1)
    assert {event["reason"] for event in snapshot.events} >= {"ScalingReplicaSet", "SuccessfulCreate", "Scheduled"}
    assert left - leaving < 1.5
    assert leaving - quiet < 0.5
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("kubeship-watch")] == []


def test_observation_tells_a_crash_and_its_last_words(cluster: KubernetesCluster, stack: Stack) -> None:
    web = deployment(stack, "import requests_that_is_not_there")

    applied(cluster, web)
    with cluster.observe([web]) as observer:

        def crashed() -> LogRef | None:
            observer.wait(1)
            for pod in observer.snapshot().pods:
                for status in (pod.get("status") or {}).get("containerStatuses") or ():
                    if status.get("restartCount"):
                        return LogRef(pod["metadata"]["name"], "main", previous=True)
            return None

        crash = until(crashed)
        logs = observer.logs([crash, LogRef("absent", "main", previous=False)])

    assert list(logs) == [crash]
    assert "ModuleNotFoundError: No module named 'requests_that_is_not_there'" in logs[crash]


def test_log_of_a_job_is_followed_from_its_first_line_to_its_last(cluster: KubernetesCluster, stack: Stack) -> None:
    script = "import time\nfor n in range(5): print('line', n); time.sleep(0.3)"
    heard: list[Event] = []

    applied(cluster, job(stack, script))
    with cluster.observe([job(stack, script)]) as observer:
        pod = until(lambda: observer.snapshot().pods)[0]["metadata"]["name"]
        cluster.follow_log(pod, "main", heard.append, "release")
    cluster.delete(ref(job(stack, script)))

    assert heard == [LogLine("release", f"line {number}") for number in range(5)]
    assert cluster.get(ref(job(stack, script))) is None


def test_preflight_names_everything_at_once(cluster: KubernetesCluster, stack: Stack) -> None:
    web = deployment(stack)
    container = web["spec"]["template"]["spec"]["containers"][0]
    container["env"].append({"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "shop", "key": "KEY"}}})
    del container["securityContext"]
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    route = {"host": "shop.example.com", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    ingress = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": "web"},
        "spec": {"ingressClassName": "nosuch", "rules": [route]},
    }

    findings = cluster.preflight([web, ingress]).findings

    assert {(finding.subject, finding.fatal) for finding in findings} == {
        ("ingress-class", True),
        ("route", False),
        ("secret", True),
        ("admission", True),
    }


def connected(stack: Stack, folder: Path, monkeypatch: pytest.MonkeyPatch, namespace: str, **changed: Any) -> Any:
    """Connect with the stack's kubeconfig, but another user or server."""
    config = json.loads(Path(stack.kubeconfig).read_text())
    (entry,) = (context["context"] for context in config["contexts"] if context["name"] == stack.context)
    for user in config["users"]:
        if user["name"] == entry["user"] and "user" in changed:
            user["user"] = changed["user"]
    for server in config["clusters"]:
        if server["name"] == entry["cluster"] and "server" in changed:
            server["cluster"]["server"] = changed["server"]
    (folder / "other").write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", str(folder / "other"))
    return connect(stack.context, namespace, print)


def test_missing_rights_are_explained_with_the_role_that_cures_them(
    cluster: KubernetesCluster, stack: Stack, kubectl: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kubectl("create", "serviceaccount", "ci")
    token = kubectl("create", "token", "ci").strip()
    poor = connected(stack, tmp_path, monkeypatch, kubectl.namespace, user={"token": token})

    words = f"may not get leases.coordination.k8s.io in namespace {kubectl.namespace}"
    with pytest.raises(MissingPrecondition, match=words), poor.lease("shop", US):
        pass
    findings = poor.preflight([deployment(stack)]).findings
    fatal = next(finding for finding in findings if finding.fatal and finding.subject == "permission")
    role = fatal.remedy.partition("\n")[2]
    kubectl("apply", "-f", "-", text=role)
    kubectl("create", "rolebinding", "ci", "--role=kubeship", f"--serviceaccount={kubectl.namespace}:ci")

    assert [
        finding for finding in until(lambda: [poor.preflight([deployment(stack)])])[0].findings if finding.fatal
    ] == []
    applied(poor, deployment(stack))
    with poor.observe([deployment(stack)]) as observer:
        assert len(observer.snapshot().workloads) == 1


def test_token_that_is_not_accepted_says_to_log_in(
    stack: Stack, kubectl: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MissingPrecondition, match="doesn't accept the credentials") as raised:
        connected(stack, tmp_path, monkeypatch, kubectl.namespace, user={"token": "expired"})

    assert "log in again" in raised.value.hint


def test_no_credentials_at_all_are_noticed(
    stack: Stack, kubectl: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With a cached discovery the first request is refused, without one the discovery itself.
    with pytest.raises(MissingPrecondition, match="went out without credentials"):
        connected(stack, tmp_path, monkeypatch, kubectl.namespace, user={}).get(ref(config_map("a")))


def test_server_that_is_not_there_says_what_listens_and_where(
    stack: Stack, kubectl: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.monotonic()

    with pytest.raises(MissingPrecondition, match=r"can't reach https://127\.0\.0\.1:9: nothing listens there"):
        connected(stack, tmp_path, monkeypatch, kubectl.namespace, server="https://127.0.0.1:9")

    assert time.monotonic() - began < 3
