"""Which JSON Schema do all lines and documents of `--json` fit? Made from the values that are printed."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from kubeship.errors import ExitCode
from kubeship.model.events import Event
from kubeship.model.logs import LogEntry
from kubeship.ui.document import EVENT_SCHEMA, event_name
from kubeship.ui.documents import LINES, RESULTS

Schema = dict[str, Any]

TIME: Schema = {"type": "string", "format": "date-time", "description": "When the line was printed."}
SCALARS: Mapping[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    NoneType: {"type": "null"},
    datetime: {"type": "string", "format": "date-time"},
    Any: {},
}
FAILURE: Mapping[str, Schema] = {
    "error": {"type": "string", "description": "What happened, a sentence."},
    "hint": {"type": "string", "description": "What to do next."},
    "details": {"type": "string", "description": "The last words of whoever said it; may be empty."},
    "exit_code": {"enum": [int(code) for code in ExitCode if code], "description": "See docs/commands.md."},
}


def json_schema() -> Schema:
    """The JSON Schema (2020-12). New fields may come, so it allows those that it doesn't name."""
    definitions: dict[str, Schema] = {}
    events = (*get_args(Event), LogEntry)
    top: dict[str, Schema] = {f"event-{event_name(kind)}": _event(kind, definitions) for kind in events}
    top |= {f"result-{command}": _result(command, kind, definitions) for command, kind in RESULTS.items()}
    top["error"] = _error()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "kubeship --json",
        "description": "A line or document of kubeship's: an event, the result of a command, or the error that it "
        "ended in. A new field may appear in any of them; one that goes or changes its meaning makes it /2.",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in top],
        "$defs": {**top, **dict(sorted(definitions.items()))},
    }


def _event(kind: type, definitions: dict[str, Schema]) -> Schema:
    own = _fields(kind, definitions)
    head: dict[str, Schema] = {"schema": {"const": EVENT_SCHEMA}, "time": TIME, "event": {"const": event_name(kind)}}
    return _object(kind, {**head, **own}, [*head, *own])


def _result(command: str, kind: type, definitions: dict[str, Schema]) -> Schema:
    own = _fields(kind, definitions)
    head: dict[str, Schema] = {"schema": {"const": f"kubeship.{command}/1"}}
    if command in LINES:
        head |= {"time": TIME, "event": {"const": "result"}}
    return _object(kind, {**head, **own}, [*head, *own])


def _error() -> Schema:
    head: dict[str, Schema] = {
        "schema": {
            "type": "string",
            "pattern": r"^kubeship\.[a-z]+/1$",
            "description": "Of the command; kubeship.error/1 where none is known by the name that was given.",
        },
        "time": TIME,
        "event": {"const": "error"},
    }
    return {
        "description": "What a command ended in, in place of its result; with time and event where it is a line.",
        "type": "object",
        "properties": {**head, **FAILURE},
        "required": ["schema", *FAILURE],
    }


def _object(kind: type, properties: Mapping[str, Schema], required: Sequence[str]) -> Schema:
    described = inspect.cleandoc(kind.__doc__ or "").replace("\n", " ")
    return {
        "description": described,
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
    }


def _fields(kind: type, definitions: dict[str, Schema]) -> dict[str, Schema]:
    hints = get_type_hints(kind)
    names = [item.name for item in fields(kind)] if is_dataclass(kind) else list(hints)
    words = dict(_words(kind))
    return {name: _described(_schema(hints[name], definitions), words.get(name)) for name in names}


def _described(schema: Schema, words: str | None) -> Schema:
    return {**schema, "description": words} if words else schema


def _schema(kind: Any, definitions: dict[str, Schema]) -> Schema:
    if kind in SCALARS:
        return dict(SCALARS[kind])
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    if is_dataclass(kind) or is_typeddict(kind):
        return _reference(kind, definitions)
    return _composed(kind, definitions)


def _composed(kind: Any, definitions: dict[str, Schema]) -> Schema:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in {Union, UnionType}:
        return {"anyOf": [_schema(each, definitions) for each in arguments]}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema(arguments[1], definitions)}
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return {"type": "array", "items": _schema(arguments[0], definitions)}
    raise TypeError(f"no JSON Schema for {kind}")


def _reference(kind: type, definitions: dict[str, Schema]) -> Schema:
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}  # it may hold values of its own kind
        own = _fields(kind, definitions)
        definitions[kind.__name__] = _object(kind, own, list(own))
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _words(kind: type) -> Iterator[tuple[str, str]]:
    """The fields that have a docstring of their own, those of its bases included."""
    for base in (*getattr(kind, "__orig_bases__", ()), *kind.__bases__, kind):
        if not isinstance(base, type) or base.__module__.split(".")[0] != "kubeship":
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
        assert isinstance(body, ast.ClassDef)
        for field, text in zip(body.body, body.body[1:], strict=False):
            if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
                yield ast.unparse(field.target), inspect.cleandoc(str(text.value.value)).replace("\n", " ")
