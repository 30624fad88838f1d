"""Which JSON Patch (RFC 6902) makes one value of another? The one that a person would write, not the shortest."""

from collections.abc import Iterator
from typing import Any


def operations(before: Any, after: Any) -> list[dict[str, Any]]:
    """`add`, `replace` and `remove` at the deepest places that differ; lists of different lengths are replaced."""
    return list(_operations("", before, after))


def _operations(pointer: str, before: Any, after: Any) -> Iterator[dict[str, Any]]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from ({"op": "remove", "path": _below(pointer, key)} for key in before if key not in after)
        for key, value in after.items():
            if key in before:
                yield from _operations(_below(pointer, key), before[key], value)
            else:
                yield {"op": "add", "path": _below(pointer, key), "value": value}
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _operations(_below(pointer, str(place)), old, new)
    elif type(before) is not type(after) or before != after:
        yield {"op": "replace", "path": pointer, "value": after}


def _below(pointer: str, key: str) -> str:
    """The pointer of a member; `~` and `/` are escaped (RFC 6901)."""
    return f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
