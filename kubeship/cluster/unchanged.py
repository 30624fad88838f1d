"""Does a live object show by itself that applying the manifest would change nothing?

Server-side apply changes something only where the manifest says another value than the live object has, or says more or
less than kubeship says already (kubernetes.io/docs/reference/using-api/server-side-apply, `managedFields`). Where
neither is so, the server needn't be asked. In every doubt (a quantity that is written in another way, say) it is asked.
"""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from kubeship.model.objects import Object

NAMED_BY = frozenset({"name", "namespace"})
"""Metadata that managedFields don't list."""


def is_unchanged(live: Object, wanted: Object, manager: str) -> bool:
    """Whether `manager` applied exactly the fields of `wanted`, and each of them still has that value."""
    entries = [
        entry
        for entry in live["metadata"].get("managedFields") or ()
        if entry.get("manager") == manager and entry.get("operation") == "Apply" and not entry.get("subresource")
    ]
    if live["metadata"].get("deletionTimestamp"):
        return False  # soon it is gone, and what was applied with it
    if len(entries) != 1 or entries[0].get("apiVersion") != wanted["apiVersion"]:
        return False
    metadata = {key: value for key, value in wanted["metadata"].items() if key not in NAMED_BY}
    stated = {key: value for key, value in wanted.items() if key not in {"apiVersion", "kind", "metadata"}}
    if metadata:
        stated["metadata"] = metadata
    return _same(entries[0].get("fieldsV1") or {}, stated, live)


def _same(fields: Mapping[str, Any], wanted: Any, live: Any) -> bool:
    """Whether `fields` (FieldsV1 of meta/v1) lists what `wanted` holds, and `live` holds it too."""
    keys = [key for key in fields if key != "."]
    if not keys:  # a scalar, or what is replaced as a whole
        return _equal(wanted, live)
    if isinstance(wanted, dict) and isinstance(live, dict):
        return {f"f:{key}" for key in wanted} == set(keys) and all(
            key in live and _same(fields[f"f:{key}"], value, live[key]) for key, value in wanted.items()
        )
    if isinstance(wanted, list) and isinstance(live, list) and len(keys) == len(wanted):
        return _same_items(fields, keys, wanted, live)
    return False


def _same_items(fields: Mapping[str, Any], keys: Sequence[str], wanted: list[Any], live: list[Any]) -> bool:
    """Each key names one item of both lists, and the items stand in the same order in both."""
    places = []
    for key in keys:
        kind, _, name = key.partition(":")
        if kind == "v":
            ours, theirs = (
                [place for place, item in enumerate(items) if _equal(item, json.loads(name))]
                for items in (wanted, live)
            )
        elif kind == "k":
            named = json.loads(name)
            ours, theirs = _named(wanted, named, whole=False), _named(live, named, whole=True)
        else:
            return False
        if len(ours) != 1 or len(theirs) != 1:
            return False
        if kind == "k" and not _same_item(fields[key], wanted[ours[0]], live[theirs[0]]):
            return False
        places.append((ours[0], theirs[0]))
    # As many keys as items, so that no two name the same one.
    return len({ours for ours, _ in places}) == len(wanted) and _ascending([theirs for _, theirs in sorted(places)])


def _same_item(fields: Mapping[str, Any], wanted: Any, live: Any) -> bool:
    """An item of which nothing is listed beside that it is there may only be empty."""
    return _same(fields, wanted, live) if set(fields) != {"."} else wanted == {}


def _named(items: list[Any], name: Mapping[str, Any], *, whole: bool) -> list[int]:
    """Where the items with the key stand; a manifest may leave out what the API has a default for (`protocol`)."""
    return [
        place
        for place, item in enumerate(items)
        if isinstance(item, dict)
        and all(_equal(item[key], value) if key in item else not whole for key, value in name.items())
    ]


def _equal(one: Any, other: Any) -> bool:
    """As JSON: true isn't 1, and 1.0 isn't either."""
    if isinstance(one, dict | list):
        return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    return type(one) is type(other) and bool(one == other)


def _ascending(places: Sequence[int]) -> bool:
    return all(before < after for before, after in pairwise(places))
