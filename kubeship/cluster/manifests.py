"""What is sent for an object, in which order, and what is left to a HorizontalPodAutoscaler?"""

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from kubeship.errors import InvalidInput
from kubeship.model.objects import Object, ref

ORDER: tuple[tuple[str, ...], ...] = (
    ("CustomResourceDefinition", "Namespace"),
    ("LimitRange", "NetworkPolicy", "PriorityClass", "ResourceQuota", "ServiceAccount"),
    ("ClusterRole", "Role"),
    ("ClusterRoleBinding", "RoleBinding"),
    ("ConfigMap", "Secret"),
    ("PersistentVolume", "PersistentVolumeClaim", "StorageClass"),
    ("Service",),
    ("CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "StatefulSet"),
    ("HorizontalPodAutoscaler", "PodDisruptionBudget"),
    ("HTTPRoute", "Ingress"),
)
"""What is applied before what: nothing refers to a later row while it starts. Kinds that aren't here come last."""
PRECIOUS = frozenset({"CustomResourceDefinition", "Namespace", "PersistentVolume", "PersistentVolumeClaim"})
"""Kinds that take data, or everything in them, along: left to a person."""


def sendable(item: Object) -> Object:
    """The object without nulls, which a server-side apply would take for `this field shall be empty`.

    Raises InvalidInput when a value isn't JSON (YAML's dates, for one).
    """

    def unspeakable(value: object) -> None:
        raise InvalidInput(
            f"{ref(item)} holds {value!r} ({type(value).__name__}), which JSON can't express",
            hint="put it in quotes in the manifest",
        )

    def whole(digits: str) -> int:
        # The server takes a larger one for 0 (seen on 1.35: `replicas: 99999999999999999999`).
        if not -(2**63) <= int(digits) < 2**63:
            raise InvalidInput(f"{ref(item)} holds {digits}, which is out of range", hint="correct it in the manifest")
        return int(digits)

    plain: Object = json.loads(json.dumps(item, default=unspeakable), parse_int=whole)
    return {key: _without_nulls(value) for key, value in plain.items() if value is not None and key != "status"}


def phases(objects: Iterable[Object]) -> list[list[Object]]:
    """The objects in the order in which they are applied; those of one phase don't need one another."""
    ordered = sorted(objects, key=lambda item: rank(item["kind"]))
    return [list(group) for _, group in groupby(ordered, key=lambda item: rank(item["kind"]))]


def rank(kind: str) -> int:
    """Its row in ORDER."""
    return next((row for row, kinds in enumerate(ORDER) if kind in kinds), len(ORDER))


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value if item is not None]
    return value
