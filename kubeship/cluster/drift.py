"""What did somebody change without kubeship since its last deploy?"""

from collections.abc import Iterator, Sequence
from typing import Any

from kubeship.cluster.compare import field_changes, masked_value
from kubeship.cluster.managed_fields import owned_paths, unstated
from kubeship.cluster.requests import FIELD_MANAGER
from kubeship.model.changes import Drift, FieldChange
from kubeship.model.objects import Object

CONTROLLERS = frozenset(
    {"cloud-controller-manager", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet"}
)
"""Managers of Kubernetes' own programs (k8s.io/kubernetes/cmd), whose fields are their business."""
THEIR_OWN = frozenset({"metadata", "status"})
"""Top-level fields in which controllers and tools leave their notes."""
RESTARTED = "kubectl.kubernetes.io/restartedAt"
"""`kubectl rollout restart` leaves it in the pod template: no change of anything."""


def drifts(live: Object, wanted: Object, changes: Sequence[FieldChange], applied: Object | None) -> tuple[Drift, ...]:
    """First what a deploy puts back, then what stays since the manifest says nothing of it.

    `changes` are what a deploy would change; of these, the ones that its manifest doesn't ask for since the last deploy
    (`applied`) were caused by somebody else.
    """
    return (*_put_back(live, wanted, changes, applied), *_left(live, wanted))


def _put_back(live: Object, wanted: Object, changes: Sequence[FieldChange], applied: Object | None) -> Iterator[Drift]:
    if applied is None or not changes:
        return
    asked = [change.path for change in field_changes(applied, wanted)]
    for change in changes:
        if not any(_overlap(change.path, path) for path in asked):
            manager, since = _writer(live, change.path)
            yield Drift(change.path, change.before, change.after, manager, since)


def _left(live: Object, wanted: Object) -> Iterator[Drift]:
    for entry in _others(live):
        fields = {key: inner for key, inner in (entry.get("fieldsV1") or {}).items() if key[2:] not in THEIR_OWN}
        for path, found in unstated(fields, live, wanted):
            if RESTARTED in path or RESTARTED in str(found):
                continue
            shown = masked_value(path, found, kind=live["kind"])
            yield Drift(path, shown, None, str(entry.get("manager", "")), str(entry.get("time", "")))


def _writer(live: Object, path: str) -> tuple[str, str]:
    """Who owns what stands there, and since when; nothing where nobody does."""
    for entry in _others(live):
        for owned in owned_paths(entry.get("fieldsV1") or {}, live):
            if _overlap(owned, path):
                return str(entry.get("manager", "")), str(entry.get("time", ""))
    return "", ""


def _others(live: Object) -> Iterator[dict[str, Any]]:
    for entry in live["metadata"].get("managedFields") or ():
        manager = entry.get("manager")
        if manager != FIELD_MANAGER and manager not in CONTROLLERS and entry.get("subresource") != "status":
            yield entry


def _overlap(one: str, other: str) -> bool:
    """Whether one path is the other, or stands below it."""
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and (len(long) == len(short) or long[len(short)] in ".[ ")
