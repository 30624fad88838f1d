"""What do live objects look like? As a 1.35 cluster has them, trimmed to what anybody reads."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from kubeship.model.objects import Object
from kubeship.model.snapshot import LogRef, Snapshot

NOW = datetime(2026, 11, 20, 23, 5, 0, tzinfo=UTC)
STARTED = "2026-11-20T23:03:51Z"
IMAGE = "registry.example.com/shop@sha256:" + "1" * 64
POD = "shop-web-74b4c47b76-4fgfr"

RUNNING = {"running": {"startedAt": STARTED}}
CREATING = {"waiting": {"reason": "ContainerCreating"}}


def waiting(reason: str, message: str = "") -> Object:
    """A container's state."""
    return {"waiting": {"reason": reason, "message": message}}


def ended(code: int, reason: str = "Error", finished: str = "2026-11-20T23:03:55Z", message: str = "") -> Object:
    """A container's state; it started at STARTED."""
    end = {"exitCode": code, "reason": reason, "startedAt": STARTED, "finishedAt": finished}
    return {"terminated": {**end, **({"message": message} if message else {})}}


CRASH_LOOP = waiting(
    "CrashLoopBackOff", f"back-off 10s restarting failed container=web pod={POD}_shop(c0ba22c0-d5fd-4f1b-be11)"
)


def status(state: Object, last: Object | None = None, restarts: int = 0, ready: bool = False) -> Object:
    """A ContainerStatus of `web`."""
    return {
        "name": "web",
        "state": state,
        "lastState": last or {},
        "restartCount": restarts,
        "ready": ready,
        "started": ready,
    }


def crash_looping(code: int, reason: str = "Error") -> Object:
    """The ContainerStatus after the second end."""
    return status(CRASH_LOOP, ended(code, reason), restarts=1)


def pod(
    container: Object | None = None,
    name: str = POD,
    owner: str = "rs-2",
    spec: Object | None = None,
    conditions: tuple[Object, ...] = (),
    **metadata: Any,
) -> Object:
    """A pod with one container, `web`; `container` is its status and `spec` what its spec has beside name and image."""
    ready = bool(container and container["ready"])
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": "shop",
            "uid": f"uid-{name}",
            "creationTimestamp": STARTED,
            "ownerReferences": [{"kind": "ReplicaSet", "uid": owner}],
            **metadata,
        },
        "spec": {"containers": [{"name": "web", "image": IMAGE, **(spec or {})}]},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": str(ready)}, *conditions],
            "containerStatuses": [container] if container else [],
        },
    }


def replica_set(revision: int = 2, status: Object | None = None) -> Object:
    """`rs-<revision>`, owned by the Deployment."""
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"shop-web-{revision}",
            "namespace": "shop",
            "uid": f"rs-{revision}",
            "annotations": {"deployment.kubernetes.io/revision": str(revision)},
            "ownerReferences": [{"kind": "Deployment", "uid": "deployment"}],
        },
        "status": status or {},
    }


def deployment(replicas: int = 2, conditions: tuple[Object, ...] = (), observed: int = 3, **status: int) -> Object:
    """`shop-web`, at generation 3 and revision 2. `status`: updated, available, replicas."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "shop-web",
            "namespace": "shop",
            "uid": "deployment",
            "generation": 3,
            "labels": {"app.kubernetes.io/name": "shop"},
            "annotations": {"deployment.kubernetes.io/revision": "2"},
        },
        "spec": {
            "replicas": replicas,
            "progressDeadlineSeconds": 600,
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": []}},
        },
        "status": {
            "observedGeneration": observed,
            "replicas": status.get("replicas", replicas),
            "updatedReplicas": status.get("updated", replicas),
            "availableReplicas": status.get("available", 0),
            "conditions": list(conditions),
        },
    }


def ready_deployment() -> Object:
    """All of its two replicas updated and available."""
    return deployment(available=2)


def job(conditions: tuple[Object, ...] = (), active: int = 1) -> Object:
    """A release Job."""
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "shop-release", "namespace": "shop", "uid": "job", "generation": 1},
        "spec": {"backoffLimit": 0},
        "status": {"active": active, "conditions": list(conditions)},
    }


def job_failed() -> Object:
    """The condition of a Job whose pod failed."""
    message = "Job has reached the specified backoff limit"
    return {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": message}


def event(
    reason: str,
    message: str,
    count: int = 1,
    *,
    about: Object | None = None,
    container: str = "web",
    first: str = STARTED,
    last: str = "2026-11-20T23:04:27Z",
) -> Object:
    """An event about the pod's container, or about another object."""
    subject = about or pod()
    involved = {"kind": subject["kind"], "name": subject["metadata"]["name"], "uid": subject["metadata"]["uid"]}
    if about is None and container:
        involved["fieldPath"] = f"spec.containers{{{container}}}"
    return {
        "kind": "Event",
        "involvedObject": involved,
        "type": "Warning",
        "reason": reason,
        "message": message,
        "count": count,
        "firstTimestamp": first,
        "lastTimestamp": last,
    }


def service(target_port: int | str = 8000, **selector: str) -> Object:
    """The Service `shop-web`."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "shop-web", "namespace": "shop", "labels": {"app.kubernetes.io/name": "shop"}},
        "spec": {"selector": selector or {"app": "web"}, "ports": [{"port": 80, "targetPort": target_port}]},
    }


def endpoint_slice(ready: bool = True, ports: bool = True) -> Object:
    """Of the Service `shop-web`."""
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": "shop-web-x2v9k", "labels": {"kubernetes.io/service-name": "shop-web"}},
        "endpoints": [{"addresses": ["10.160.0.89"], "conditions": {"ready": ready, "serving": ready}}],
        "ports": [{"name": "", "port": 8000, "protocol": "TCP"}] if ports else None,
    }


def rollout(
    container: Object | None = None,
    *events: Object,
    spec: Object | None = None,
    log: str = "",
    previous: str = "",
    workload: Object | None = None,
) -> Snapshot:
    """A Deployment whose only new pod has a container in the given state."""
    return Snapshot(
        taken=NOW,
        workloads=(workload or deployment(updated=1),),
        replica_sets=(replica_set(1), replica_set(2)),
        pods=(pod(container, spec=spec),),
        events=events,
        logs=_logs(log, previous),
    )


def _logs(log: str, previous: str) -> Mapping[LogRef, str]:
    texts = {LogRef(POD, "web", previous=False): log, LogRef(POD, "web", previous=True): previous}
    return {name: text for name, text in texts.items() if text}
