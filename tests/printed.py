"""Does what `--json` prints fit docs/events.schema.json, and hold nothing that isn't documented there?"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

PUBLISHED = Path(__file__).parents[1] / "docs" / "events.schema.json"
INSPECTION = Path(__file__).parents[1] / "docs" / "inspection.schema.json"


def documents(out: str) -> list[Any]:
    """What was printed: one document over several lines, or one a line."""
    try:
        return [json.loads(out)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in out.splitlines()]


def complaints(document: Any) -> list[str]:
    """Why it doesn't fit; empty when it does."""
    name = _definition(document)
    if name == "result-inspection":
        return _errors(Draft202012Validator(json.loads(INSPECTION.read_text())), document)
    if name not in _schema()["$defs"]:
        return [f"{name} is not documented: {document}"]
    return _errors(_validator(name), document)


def _errors(validator: Draft202012Validator, document: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def _definition(document: Any) -> str:
    if "error" in document:
        return "error"
    if document.get("schema") == "kubeship.event/1":
        return f"event-{document.get('event')}"
    return f"result-{document.get('schema', '').removeprefix('kubeship.').removesuffix('/1')}"


@cache
def _schema() -> Any:
    """Closed: a consumer bears new fields, but this kubeship prints none that isn't documented."""
    return _closed(json.loads(PUBLISHED.read_text()))


@cache
def _validator(name: str) -> Draft202012Validator:
    whole = {key: value for key, value in _schema().items() if key != "oneOf"}
    return Draft202012Validator(
        {**whole, "$ref": f"#/$defs/{name}"}, format_checker=Draft202012Validator.FORMAT_CHECKER
    )


def _closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    return {**closed, "additionalProperties": False} if "properties" in closed else closed
