"""What is wrong in kubeship.yaml, where, and what was expected? pydantic's errors in words a person can act on."""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from kubeship.yaml_io import Path, flow


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong."""

    path: Path
    """Where: the key itself, or the mapping that a key is missing in."""
    message: str


def complaints(errors: Iterable[ErrorDetails], model: type[BaseModel]) -> tuple[Complaint, ...]:
    """pydantic's errors about a value that was to be a `model`, in its own order."""
    schema = model.model_json_schema(by_alias=True)
    return tuple(_complaint(error, schema) for error in errors)


def unknown_key(key: str, known: Iterable[str]) -> str:
    """`unknown key, did you mean port?`, or the known ones where none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(key, names, n=1)
    return f"unknown key, did you mean {near[0]}?" if near else f"unknown key; known are {', '.join(names)}"


def _complaint(error: ErrorDetails, schema: dict[str, Any]) -> Complaint:
    path: Path = tuple(part for part in error["loc"] if part != "[key]")
    given = error["input"]
    match error["type"]:
        case "extra_forbidden":
            known = _schema_at(schema, path[:-1]).get("properties", {})
            return Complaint(path, unknown_key(str(path[-1]), known))
        case "missing":
            return Complaint(path, "is missing")
        case "value_error":
            # The validators' own words; mappings are too long to repeat.
            words = str(error["ctx"]["error"])
            return Complaint(path, words if isinstance(given, dict | BaseModel) else f"{words}, got {_shown(given)}")
        case "string_type" if isinstance(given, int | float) and path == ("python",):
            # YAML reads 3.10 as the number 3.1.
            return Complaint(path, f'expected a version in quotes such as "3.12", got the number {_shown(given)}')
        case "string_type" if isinstance(given, int | float):
            return Complaint(path, f"expected a string, got {_shown(given)}; put it in quotes")
        case _:
            return Complaint(path, f"expected {_expected(_schema_at(schema, path), schema)}, got {_shown(given)}")


def _schema_at(schema: dict[str, Any], path: Path) -> dict[str, Any]:
    """The part of a JSON Schema that speaks of `path`."""
    part = schema
    for step in path:
        part = _resolved(part, schema)
        if isinstance(step, int):
            part = part.get("items", {})
        else:
            part = part.get("properties", {}).get(step) or part.get("additionalProperties") or {}
        if not isinstance(part, dict):
            return {}
    return _resolved(part, schema)


def _resolved(part: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Without `$ref`, and without the null of an optional value."""
    if "$ref" in part:
        return _resolved(schema["$defs"][part["$ref"].rpartition("/")[2]], schema)
    choices = [choice for choice in part.get("anyOf", ()) if choice.get("type") != "null"]
    return _resolved(choices[0], schema) if len(choices) == 1 else part


def _expected(part: dict[str, Any], schema: dict[str, Any]) -> str:
    if "const" in part:
        return str(part["const"])
    if "enum" in part:
        return f"one of {', '.join(part['enum'])}"
    words: dict[str, Callable[[], str]] = {
        "array": lambda: f"a list, each item {_expected(_resolved(part.get('items', {}), schema), schema)}",
        "boolean": lambda: "true or false",
        "integer": lambda: _range(part),
        "object": lambda: "a mapping" if part.get("minProperties") is None else "a mapping with at least one key",
        "string": lambda: "a string",
    }
    kind = part.get("type")
    return words[kind]() if isinstance(kind, str) and kind in words else "another kind of value"


def _range(part: dict[str, Any]) -> str:
    low, high = part.get("minimum"), part.get("maximum")
    if low is not None and high is not None:
        return f"{low}-{high}"
    return "a whole number" if low is None else f"a whole number from {low}"


def _shown(value: Any) -> str:
    words = repr(value) if isinstance(value, str) else flow(value)
    return words if len(words) <= 60 else f"{words[:57]}..."
