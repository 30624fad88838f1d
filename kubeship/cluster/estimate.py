"""What would the server change where an admission webhook keeps it from trying? As much as can be told from here."""

from collections.abc import Mapping
from typing import Any

from kubeship.cluster.compare import MERGE_KEYS, field_changes, masked_value
from kubeship.cluster.errors import Refusal
from kubeship.cluster.managed_fields import owned_paths, unstated
from kubeship.model.changes import FieldChange
from kubeship.model.objects import Object

NO_DRY_RUN = "does not support dry run"
"""k8s.io/apiserver/pkg/admission/plugin/webhook/errors: a webhook whose sideEffects aren't None or NoneOnDryRun."""


def keeps_from_trying(refusal: Refusal) -> bool:
    """Whether the refusal is about the dry run itself, and not about the object."""
    return refusal.status == 400 and NO_DRY_RUN in refusal.words


def estimated(live: Object, wanted: Object, manager: str) -> tuple[FieldChange, ...]:
    """What the manifest says otherwise, and what `manager` alone applied before and no longer states."""
    entries = live["metadata"].get("managedFields") or ()
    own = [entry for entry in entries if entry.get("manager") == manager and entry.get("operation") == "Apply"]
    shared = {path for entry in entries if entry not in own for path in owned_paths(entry.get("fieldsV1") or {}, live)}
    gone = (
        FieldChange(path, masked_value(path, found, kind=live["kind"]), None)
        for entry in own
        for path, found in unstated(entry.get("fieldsV1") or {}, live, wanted)
        if path not in shared
    )
    return (*field_changes(live, _merged(live, wanted)), *gone)


def _merged(live: Any, wanted: Any, field: str = "") -> Any:
    """Maps by key, lists by the API's merge keys, all else as wanted."""
    if isinstance(live, Mapping) and isinstance(wanted, Mapping):
        return {**live, **{key: _merged(live.get(key), value, key) for key, value in wanted.items()}}
    if not isinstance(live, list) or not isinstance(wanted, list):
        return wanted
    names = MERGE_KEYS.get(field, ())
    key = next((name for name in names if all(isinstance(i, dict) and name in i for i in (*live, *wanted))), None)
    if key is None:
        return wanted
    ours = {item[key]: item for item in wanted}
    merged = [_merged(item, ours.pop(item[key]), field) if item[key] in ours else item for item in live]
    return [*merged, *ours.values()]
