"""Which fields does an entry of managedFields name, and what stands there?"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kubeship.cluster.compare import below

Fields = dict[str, Any]
"""FieldsV1 of meta/v1: `f:NAME`, `k:{KEYS}` and `v:VALUE` nested in one another."""


def union(one: Fields, other: Fields) -> Fields:
    """What is named in either."""
    return {key: union(one.get(key) or {}, other.get(key) or {}) for key in dict.fromkeys((*one, *other))}


def step(path: str, key: str, value: Any) -> tuple[str, Any]:
    """The path below `path` that a key of FieldsV1 stands for, and what stands there; None where nothing does."""
    kind, _, name = key.partition(":")
    if kind == "f":
        return below(path, name), value.get(name) if isinstance(value, Mapping) else None
    items: Sequence[Any] = value if isinstance(value, list) else ()
    wanted = json.loads(name)
    if kind == "k":
        shown = next((each for field, each in wanted.items() if field != "protocol"), "")
        # A manifest may leave out a key that has a default (`protocol`).
        matching = (
            each
            for each in items
            if isinstance(each, dict) and wanted.keys() & each.keys() and {**wanted, **each}.items() >= wanted.items()
        )
        return f"{path}[{shown}]", next(matching, None)
    return f"{path}[{wanted}]", wanted if wanted in items else None


def unstated(fields: Fields, live: Any, stated: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The fields that are there and of which `stated` (a manifest) says nothing, whole items and subtrees at once."""
    for key, inner in fields.items():
        if key == ".":
            continue
        place, found = step(path, key, live)
        _, said = step(path, key, stated)
        if found is None:
            continue
        if said is None:
            yield place, found
        elif inner:
            yield from unstated(inner, found, said, place)


def owned_paths(fields: Fields, live: Any, path: str = "") -> Iterator[str]:
    """Of every field that is named and there: what has no fields of its own, or is replaced as a whole."""
    for key, inner in fields.items():
        if key == ".":
            continue
        place, found = step(path, key, live)
        if found is None:
            continue
        if inner and set(inner) != {"."}:
            yield from owned_paths(inner, found, place)
        else:
            yield place
