"""Does an object have the shape that kubeship relies on? All the rest of a manifest is the API server's to judge."""

from collections.abc import Iterator
from typing import Any

EACH = "*"
"""In a shape: whatever the key is."""

Shape = type[str] | dict[str, Any] | list[Any]
"""A type; a mapping with the shapes of some of its keys; a list with the shape of each item."""

CONTAINER: Shape = {
    "env": [{"name": str, "valueFrom": {EACH: {"key": str, "name": str}}}],
    "envFrom": [{"configMapRef": {"name": str}, "secretRef": {"name": str}}],
    "image": str,
    "name": str,
}
POD_SPEC: Shape = {
    "containers": [CONTAINER],
    "imagePullSecrets": [{"name": str}],
    "initContainers": [CONTAINER],
    "serviceAccountName": str,
    "volumes": [
        {
            "configMap": {"items": [{}], "name": str},
            "projected": {"sources": [{"configMap": {"items": [{}]}, "secret": {"items": [{}]}}]},
            "secret": {"items": [{}], "secretName": str},
        }
    ],
}
WORKLOAD: Shape = {"template": {"metadata": {}, "spec": POD_SPEC}}
METADATA: Shape = {"annotations": {EACH: str}, "labels": {EACH: str}, "name": str, "namespace": str}
SPECS: dict[str, Shape] = {
    "CronJob": {"jobTemplate": {"spec": WORKLOAD}},
    "DaemonSet": WORKLOAD,
    "Deployment": WORKLOAD,
    "HorizontalPodAutoscaler": {"scaleTargetRef": {"kind": str, "name": str}},
    "Ingress": {
        "rules": [{"host": str, "http": {"paths": [{"path": str}]}}],
        "tls": [{"hosts": [str], "secretName": str}],
    },
    "Job": WORKLOAD,
    "Pod": POD_SPEC,
    "ReplicaSet": WORKLOAD,
    "Service": {"ports": [{}], "selector": {EACH: str}},
    "StatefulSet": WORKLOAD,
}
"""Kind -> its `spec`, as far as kubeship reads it. From the API's OpenAPI."""

WORDS: dict[type, str] = {dict: "a mapping", list: "a list", str: "a string"}


def misshapen(item: dict[str, Any]) -> str | None:
    """The first place that isn't of the shape, and what was expected: `spec.template: expected a mapping`."""
    spec = {"spec": SPECS[item["kind"]]} if item["kind"] in SPECS else {}  # a custom resource's may be anything
    return next(_differences(item, {"metadata": METADATA, **spec}, ""), None)


def _differences(value: Any, shape: Shape, path: str) -> Iterator[str]:
    expected: type = shape if isinstance(shape, type) else type(shape)
    if not isinstance(value, expected):
        yield f"{path}: expected {WORDS[expected]}"
    elif isinstance(value, dict) and isinstance(shape, dict):
        for key, inner in value.items():
            wanted = shape.get(key, shape.get(EACH))
            # What is null is left out; whether it may be is the server's to say.
            if wanted is not None and inner is not None:
                yield from _differences(inner, wanted, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and isinstance(shape, list):
        for index, inner in enumerate(value):
            yield from _differences(inner, shape[0], f"{path}[{index}]")
