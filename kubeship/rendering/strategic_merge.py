"""What does a strategic merge patch make of an object? As the Kubernetes API does it.

Source: kubernetes/community, contributors/devel/sig-api-machinery/strategic-merge-patch.md.
"""

from collections.abc import Mapping
from typing import Any

from kubeship.rendering.merge_keys import REPLACE, SET, FieldPath

DIRECTIVE = "$patch"
RETAIN = "$retainKeys"
ORDER = "$setElementOrder/"
FROM_SET = "$deleteFromPrimitiveList/"


class NotMergeable(Exception):
    """A patch that can't be applied: where in it, and why."""

    def __init__(self, path: FieldPath, why: str) -> None:
        super().__init__(f"{'.'.join(path) or 'the patch'}: {why}")


def merged(target: Any, patch: Any, keys: Mapping[FieldPath, str], path: FieldPath = ()) -> Any:
    """The value with the patch merged in. `keys` say how lists are merged. Raises NotMergeable.

    `null` removes a field; `$patch: replace` and `delete`, `$retainKeys` and `$deleteFromPrimitiveList/...` do what
    they do in the API. `$setElementOrder/...` is left aside: lists keep their order, and new items come last.
    """
    if isinstance(patch, Mapping):
        if keys.get(path) == REPLACE:
            target = None
        return _mapping(target if isinstance(target, dict) else {}, patch, keys, path)
    if isinstance(patch, list):
        return _list(target if isinstance(target, list) else [], patch, keys, path)
    return patch


def _mapping(
    target: dict[str, Any], patch: Mapping[str, Any], keys: Mapping[FieldPath, str], path: FieldPath
) -> dict[str, Any]:
    match patch.get(DIRECTIVE):
        case None | "merge":
            result = dict(target)
        case "replace":
            result = {}
        case "delete":
            return {}
        case other:
            raise NotMergeable(path, f"$patch is {other}, expected merge, replace or delete")
    for key, value in patch.items():
        if key.startswith(FROM_SET):
            field = key.removeprefix(FROM_SET)
            result[field] = [each for each in result.get(field) or () if each not in (value or ())]
        elif key in {DIRECTIVE, RETAIN} or key.startswith(ORDER):
            continue
        elif value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value, keys, (*path, key))
    retained = patch.get(RETAIN)
    return result if retained is None else {key: value for key, value in result.items() if key in retained}


def _list(target: list[Any], patch: list[Any], keys: Mapping[FieldPath, str], path: FieldPath) -> list[Any]:
    key = keys.get(path)
    directives = [_directive(item) for item in patch]
    if key is None or "replace" in directives:
        return [merged(None, item, keys, path) for item in patch if _directive(item) != "replace"]
    if key == SET:
        return [*target, *(item for item in patch if item not in target)]
    result = list(target)
    for item, directive in zip(patch, directives, strict=True):
        if not isinstance(item, Mapping) or key not in item:
            raise NotMergeable(path, f"each item needs {key}, by which the API merges this list")
        place = next((at for at, each in enumerate(result) if _value(each, key) == item[key]), None)
        if directive == "delete":
            result = [each for each in result if _value(each, key) != item[key]]
        elif place is None:
            result.append(merged(None, item, keys, path))
        else:
            result[place] = merged(result[place], item, keys, path)
    return result


def _directive(item: Any) -> Any:
    return item.get(DIRECTIVE) if isinstance(item, Mapping) else None


def _value(item: Any, key: str) -> Any:
    return item.get(key) if isinstance(item, Mapping) else None
