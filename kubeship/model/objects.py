"""What is a Kubernetes object here? A mapping as the API has it, and the few questions that rooms ask of one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]
"""An object with apiVersion, kind and metadata.name; never changed in place."""

APP_LABEL = "app.kubernetes.io/name"
COMPONENT_LABEL = "app.kubernetes.io/component"
RELEASE_ANNOTATION = "kubeship.dev/release"
"""On a Job: its place among the release steps, from 1. Such a Job runs before any workload changes."""

ROLLBACK_ANNOTATION = "kubeship.dev/rollback"
"""On a release Job: `safe`, `never`, or the command line that undoes what it did."""

SCALED = frozenset({"Deployment", "StatefulSet"})
"""What has a number of pods of its own, which an autoscaler may change; of what kubeship writes."""


@dataclass(frozen=True, order=True)
class ObjectRef:
    """Names one object of a cluster."""

    api_version: str
    kind: str
    namespace: str
    """Empty for a cluster-scoped object."""
    name: str

    def __str__(self) -> str:
        """`Deployment/shop-web`."""
        return f"{self.kind}/{self.name}"

    @property
    def group(self) -> str:
        """The API group without its version; empty for the core group."""
        return self.api_version.rpartition("/")[0]


def ref(item: Object) -> ObjectRef:
    """The name of an object."""
    metadata = item["metadata"]
    return ObjectRef(item["apiVersion"], item["kind"], metadata.get("namespace", ""), metadata["name"])


def is_release_step(item: Object) -> bool:
    """Whether the object is a Job that must succeed before any workload changes."""
    return item["kind"] == "Job" and RELEASE_ANNOTATION in (item["metadata"].get("annotations") or {})


def pod_template(item: Object) -> Object | None:
    """The pod template (`metadata`, `spec`) of a workload; None for anything else."""
    match item["kind"]:
        case "Deployment" | "StatefulSet" | "DaemonSet" | "Job" | "ReplicaSet":
            template: Object | None = (item.get("spec") or {}).get("template")
            return template
        case "CronJob":
            job = (item.get("spec") or {}).get("jobTemplate") or {}
            return pod_template({"kind": "Job", "spec": job.get("spec")})
        case "Pod":
            return item
        case _:
            return None


def pod_spec(item: Object) -> Object:
    """The `spec` of the pods that a workload makes; empty for anything else."""
    spec: Object = (pod_template(item) or {}).get("spec") or {}
    return spec


def process_of(workload: Object) -> str:
    """The process' name in kubeship.yaml, as its label has it; else the workload's own name."""
    labels = workload["metadata"].get("labels") or {}
    return str(labels.get(COMPONENT_LABEL) or workload["metadata"]["name"])


def containers(item: Object) -> Iterator[Object]:
    """Init containers first, then containers, of a workload."""
    spec = pod_spec(item)
    yield from spec.get("initContainers") or ()
    yield from spec.get("containers") or ()


def repository(reference: str) -> str:
    """`registry:5000/team/shop` of `registry:5000/team/shop:1.2@sha256:...`."""
    name = reference.partition("@")[0]
    head, slash, tail = name.rpartition("/")
    return head + slash + tail.partition(":")[0]


def with_image(objects: Iterable[Object], name: str, reference: str) -> tuple[Object, ...]:
    """The objects with `reference` wherever a container's image is of the repository `name`."""

    def replaced(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {k: replaced(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [replaced(v) for v in value]
        if key == "image" and isinstance(value, str) and repository(value) == name:
            return reference
        return value

    return tuple({**item, "spec": replaced(item["spec"])} if pod_template(item) else item for item in objects)


def claim_names(pod: Object) -> tuple[str, ...]:
    """The PersistentVolumeClaims that it mounts; one that it has made for itself is named after pod and volume.

    https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#persistentvolumeclaim-naming
    """
    return tuple(
        claim["claimName"] if claim else f"{pod['metadata']['name']}-{volume['name']}"
        for volume in pod.get("spec", {}).get("volumes") or ()
        if (claim := volume.get("persistentVolumeClaim")) or volume.get("ephemeral")
    )
