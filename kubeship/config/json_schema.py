"""What may stand in kubeship.yaml, for editors? A JSON Schema made from the models."""

from typing import Any

from kubeship.config.schema import Configuration, Target

SHARED_BY_ENVIRONMENTS = (
    "build",
    "dependencies",
    "environments",
    "import_root",
    "name",
    "platform",
    "python",
    "root",
    "static",
    "system_packages",
    "version",
)
"""What an environment can't change: one image, and one app, for all of them."""

DEMANDS = frozenset({"default", "minProperties", "required"})


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of kubeship.yaml, overlays of environments included."""
    schema = Configuration.model_json_schema(by_alias=True)
    definitions = schema["$defs"]
    definitions["Replicas"] = {"anyOf": [{"type": "integer", "minimum": 0}, definitions["Replicas"]]}
    properties = {key: value for key, value in schema["properties"].items() if key not in SHARED_BY_ENVIRONMENTS}
    overlays = {f"{name}Overlay": _overlay(definition) for name, definition in definitions.items()}
    target = Target.model_json_schema()
    environment = _overlay({"type": "object", "properties": properties, "additionalProperties": False})
    environment["properties"] = {**target["properties"], **environment["properties"]}
    environment["required"] = target["required"]
    schema["properties"]["environments"]["additionalProperties"] = {"$ref": "#/$defs/Environment"}
    schema["$defs"] = dict(sorted({**definitions, **overlays, "Environment": environment}.items()))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "kubeship.yaml",
    }


def _overlay(schema: Any) -> Any:
    """The schema of what may be laid over a value: nothing is required, and null removes a key."""
    if isinstance(schema, list):
        return [_overlay(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    laid = {key: _overlay(value) for key, value in schema.items() if key not in DEMANDS}
    if "items" in schema:
        laid["items"] = schema["items"]  # a list replaces the one below it as a whole
    if "$ref" in laid:
        laid["$ref"] = f"{laid['$ref']}Overlay"
    if "properties" in laid:
        laid["properties"] = {key: _or_null(value) for key, value in laid["properties"].items()}
    if isinstance(laid.get("additionalProperties"), dict):
        laid["additionalProperties"] = _or_null(laid["additionalProperties"])
    return laid


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}
