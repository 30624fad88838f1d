"""What may kubeship.yaml say of edits that each render makes anew?"""

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from kubeship.config.kinds import DnsLabel
from kubeship.config.strict import Strict

NEEDS = {"add": "value", "copy": "from", "move": "from", "remove": None, "replace": "value", "test": "value"}
"""The operations of RFC 6902, with what each needs beside its path."""
POINTERS = ("path", "from")


def _patch(value: Any) -> Any:
    if isinstance(value, dict) and value:
        return value
    if not isinstance(value, list) or not value:
        raise ValueError("expected operations (a list, as in RFC 6902) or a strategic merge patch (a mapping)")
    wrong = [f"operation {place}: {words}" for place, each in enumerate(value) for words in _wrong(each)]
    if wrong:
        raise ValueError("; ".join(wrong))
    return value


def _wrong(operation: Any) -> Iterator[str]:
    if not isinstance(operation, dict):
        yield "expected a mapping with op and path"
        return
    name = operation.get("op")
    if name not in NEEDS:
        yield f"op must be one of {', '.join(NEEDS)}"
        return
    needed = ["path", *([NEEDS[name]] if NEEDS[name] else [])]
    yield from (f"{name} needs {key}" for key in needed if key not in operation)
    yield from (f"unknown key {key}" for key in operation if key not in {"op", *POINTERS, "value"})
    for key in POINTERS:
        pointer = operation.get(key, "")
        if not isinstance(pointer, str) or (pointer and not pointer.startswith("/")):
            yield f"{key} must begin with / (a JSON Pointer such as /spec/replicas)"


OPERATION_SCHEMA = {
    "type": "object",
    "properties": {
        "op": {"enum": sorted(NEEDS)},
        "path": {"type": "string", "pattern": "^(/|$)"},
        "from": {"type": "string", "pattern": "^(/|$)"},
        "value": {},
    },
    "required": ["op", "path"],
    "additionalProperties": False,
}
Edits = Annotated[
    Any,
    PlainValidator(_patch),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "minItems": 1, "items": OPERATION_SCHEMA},
                {"type": "object", "minProperties": 1},
            ]
        }
    ),
]


class PatchTarget(Strict):
    """Which objects are meant."""

    kind: str | None = None
    name: str | None = None
    """`*` and `?` stand for any characters."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.kind is None and self.name is None:
            raise ValueError("needs kind, name or both")
        return self


class PatchOf(Strict):
    """An edit of rendered objects."""

    target: PatchTarget
    patch: Edits
    environments: Annotated[list[DnsLabel], Field(min_length=1)] | None = None
    """All of them where it is left out."""
