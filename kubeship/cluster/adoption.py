"""How does an object that kubectl or Helm made become kubeship's, without a fight over each field?

As kubectl itself moves from client-side to server-side apply (k8s.io/client-go/util/csaupgrade): what the old manager
owns is handed to the new one before the first apply, so that what the new manifest leaves out goes with it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from kubeship.cluster.compare import LAST_APPLIED, masked_value
from kubeship.cluster.managed_fields import Fields, step, union
from kubeship.model.changes import FieldChange
from kubeship.model.objects import APP_LABEL, Object

HANDED_OVER = frozenset(
    {
        "before-first-apply",
        "helm",
        "kubectl",
        "kubectl-client-side-apply",
        "kubectl-create",
        "kubectl-edit",
        "kubectl-patch",
        "kubectl-replace",
        "kubectl-rollout",
        "kubectl-run",
        "kubectl-set",
    }
)
"""Managers behind which a person or a pipeline stands that now uses kubeship; controllers aren't among them.
The names are kubectl's field managers (k8s.io/kubectl/pkg/cmd/*) and Helm's (helm.sh/helm/v4/pkg/kube)."""


def adoptable(live: Object, manager: str) -> bool:
    """Whether there is something to hand over, and `manager` doesn't apply the object yet."""
    entries = _entries(live)
    ours = any(entry.get("manager") == manager and entry.get("operation") == "Apply" for entry in entries)
    return not ours and any(_handed_over(entry) for entry in entries)


def helm_release(live: Object) -> str:
    """The release that lists the object; empty where none does (helm.sh/helm/v3/pkg/action/validate.go)."""
    return str((live["metadata"].get("annotations") or {}).get("meta.helm.sh/release-name") or "")


def other_app(live: Object, wanted: Object, manager: str) -> str:
    """The app that the live object is labelled for, where `manager` applied it for another one than the manifest's."""
    ours, theirs = ((item["metadata"].get("labels") or {}).get(APP_LABEL, "") for item in (wanted, live))
    applied = any(entry.get("manager") == manager and entry.get("operation") == "Apply" for entry in _entries(live))
    return str(theirs) if applied and theirs and theirs != ours else ""


def handover(live: Object, manager: str) -> list[dict[str, Any]]:
    """The JSON Patch that makes `manager` the applier of what the old ones own; it fails on a newer object."""
    metadata = live["metadata"]
    old = [entry for entry in _entries(live) if _handed_over(entry)]
    merged: Fields = {}
    for entry in old:
        merged = union(merged, entry.get("fieldsV1") or {})
    newest = max(old, key=lambda entry: str(entry.get("time", "")))
    new = {**newest, "manager": manager, "operation": "Apply", "fieldsV1": _without_last_applied(merged)}
    kept = [entry for entry in _entries(live) if not _handed_over(entry)]
    operations = [
        {"op": "test", "path": "/metadata/resourceVersion", "value": metadata["resourceVersion"]},
        {"op": "replace", "path": "/metadata/managedFields", "value": [*kept, new]},
    ]
    if LAST_APPLIED in (metadata.get("annotations") or {}):
        operations.append({"op": "remove", "path": f"/metadata/annotations/{LAST_APPLIED.replace('/', '~1')}"})
    return operations


def left_out(live: Object, applied: Object, fresh: Object) -> tuple[FieldChange, ...]:
    """Fields of the old managers that nobody owns after the handover, and that therefore go.

    `applied` is what a dry run that forces the manifest gives, with what everybody owns then; `fresh` what the server
    would make of the manifest where there is no such object yet, so that defaults, which come back, aren't told.
    """
    remaining: Fields = {}
    for entry in _entries(applied):
        if not _handed_over(entry):
            remaining = union(remaining, entry.get("fieldsV1") or {})
    if stated := remaining.get("f:stringData"):
        # The server writes it into `data`: https://kubernetes.io/docs/reference/kubernetes-api/ (Secret v1)
        remaining = union(remaining, {"f:data": stated})
    old: Fields = {}
    for entry in _entries(live):
        if _handed_over(entry):
            old = union(old, entry.get("fieldsV1") or {})
    return tuple(
        FieldChange(path, masked_value(path, value, kind=live["kind"]), None)
        for path, value in _gone(_without_last_applied(old), remaining, live, fresh)
    )


def _gone(old: Fields, remaining: Fields, value: Any, fresh: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for key, inner in old.items():
        if key == ".":
            continue
        place, found = step(path, key, value)
        _, default = step(path, key, fresh)
        if found is None or found == default:
            continue
        kept = remaining.get(key)
        # A map may hold what others own: only an item of a list goes as a whole.
        whole = not key.startswith("f:") or not set(inner) - {"."} or not isinstance(found, dict)
        if kept is None and whole:
            yield place, found
        elif inner:
            yield from _gone(inner, kept or {}, found, default, place)


def _without_last_applied(fields: Fields) -> Fields:
    annotations = (fields.get("f:metadata") or {}).get("f:annotations") or {}
    if f"f:{LAST_APPLIED}" not in annotations:
        return fields
    kept = {key: value for key, value in annotations.items() if key not in {".", f"f:{LAST_APPLIED}"}}
    others = {key: value for key, value in fields["f:metadata"].items() if key != "f:annotations"}
    return {**fields, "f:metadata": {**others, **({"f:annotations": kept} if kept else {})}}


def _handed_over(entry: Mapping[str, Any]) -> bool:
    return entry.get("manager") in HANDED_OVER and not entry.get("subresource")


def _entries(item: Object) -> list[dict[str, Any]]:
    return list(item["metadata"].get("managedFields") or ())
