"""What is the Helm chart of a Plan's objects? charts/kubeship-app, filled."""

import json
import re
from collections.abc import Mapping
from typing import Any

from kubeship import yaml_io
from kubeship.model.objects import COMPONENT_LABEL, Object, is_release_step, pod_template
from kubeship.rendering import hooks, locations
from kubeship.rendering.slots import Path, Slot, Values, shared_by, slots

AS_THEY_ARE = ("templates/NOTES.txt", "templates/_helpers.tpl")
"""Files of the skeleton that no app changes."""
VALUES_HEADER = "# What can be set; defaults are kubeship.yaml's. values.schema.json says which values fit.\n"


def chart(name: str, objects: Mapping[str, Object], reference: str, header: str) -> dict[str, str]:
    """Text by path in the chart. `header` begins each template; `objects` are named by file."""
    skeleton = locations.charts() / "kubeship-app"
    shared = shared_by(objects.values(), reference)
    values: Values = {**shared.values, "processes": {}}
    templates = {}
    for file_name, item in hooks.with_hooks(objects, hooks.helm).items():
        accepted = []
        for slot in slots(item, shared):
            own = _nested(_branch(item), slot.own) if slot.own else {}
            if not _contradicts(values, own):
                values = _merged(values, own)
                accepted.append(slot)
        templates[f"templates/{file_name}"] = header + _template(item, accepted)
    about = yaml_io.load((skeleton / "Chart.yaml").read_text(encoding="utf-8"), "Chart.yaml")
    schema = json.loads((skeleton / "values.schema.json").read_text(encoding="utf-8"))
    return {
        "Chart.yaml": header + yaml_io.dump({**about, "name": name}),
        "values.yaml": VALUES_HEADER + yaml_io.dump(values),
        "values.schema.json": json.dumps(_schema(schema, values, objects), indent=2, ensure_ascii=False) + "\n",
        **{path: (skeleton / path).read_text(encoding="utf-8") for path in AS_THEY_ARE},
        **templates,
    }


def _template(item: Object, accepted: list[Slot]) -> str:
    """The object as YAML, with Helm's expressions in its slots and `{{` of its own escaped."""
    mark = "SLOT"
    while mark in yaml_io.dump(item):
        mark += "T"
    marked = {f"{mark}{place}": slot for place, slot in enumerate(accepted)}
    branch = _expression(_branch(item))
    for word, slot in marked.items():
        item = _put(item, slot.path, _marked(word, slot, _at(item, slot.path)))
    text = yaml_io.dump(item).replace("{{", '{{ "{{" }}')
    return re.sub(
        rf"^(?P<lead>[ -]*)(?:(?P<key>\w+:) )?(?P<word>{mark}\d+)(?P<part>[a-z]*)$",
        lambda line: _written(line, marked[line["word"]], branch),
        text,
        flags=re.MULTILINE,
    )


def _marked(word: str, slot: Slot, found: Any) -> Any:
    """What stands in the slot while the object is written."""
    match slot.form:
        case "each":
            return [f"{word}begin", {**found[0], "host": f"{word}item"}, f"{word}end"]
        case "items":
            before, behind = slot.rest
            return [*before, word, *behind]
        case _:
            return word


def _written(line: re.Match[str], slot: Slot, branch: str) -> str:
    """The line of a slot as Helm's template has it."""
    lead, key = line["lead"], line["key"]
    column = len(lead)
    expression = slot.expression.replace("OWN", branch)
    match slot.form, line["part"]:
        case "each", "item":
            return f"{lead}{key} {{{{ . | quote }}}}"
        case "each", part:
            return f"{' ' * (column - 2)}{{{{- {'end' if part == 'end' else f'range {expression}'} }}}}"
        case "block", _:
            return f"{lead}{key}\n{' ' * (column + 2)}{{{{- {expression} | nindent {column + 2} }}}}"
        case "entry", _:
            inner = f"{lead}{key}\n{' ' * (column + 2)}{{{{- . | nindent {column + 2} }}}}"
            return f"{lead}{{{{- with {expression} }}}}\n{inner}\n{lead}{{{{- end }}}}"
        case "items", _:
            return f"{' ' * (column - 2)}{{{{- {expression} | nindent {column - 2} }}}}"
        case _:
            return f"{lead}{key} {{{{ {expression} }}}}"


def _branch(item: Object) -> tuple[str, ...]:
    """Where the component of an object stands in values.yaml."""
    component = (item["metadata"].get("labels") or {}).get(COMPONENT_LABEL, item["metadata"]["name"])
    return ("release" if is_release_step(item) else "processes", component)


def _expression(branch: tuple[str, ...]) -> str:
    """A branch in Go's template language, whose dots take no dashes."""
    parent, name = branch
    return f".Values.{parent}.{name}" if name.isidentifier() else f'(index .Values.{parent} "{name}")'


def _schema(skeleton: dict[str, Any], values: Values, objects: Mapping[str, Object]) -> dict[str, Any]:
    """The skeleton's schema with the components that there are, so that a misspelt one is an error."""
    workloads = {_branch(item) for item in objects.values() if pod_template(item)}
    branches = {
        parent: _closed(
            {
                name: _closed(
                    {key: {"$ref": f"#/definitions/{key}"} for key in _keys(own, (parent, name) in workloads)}
                )
                for name, own in values.get(parent, {}).items()
            }
        )
        for parent in ("processes", "release")
    }
    return {**skeleton, "properties": {**skeleton["properties"], **branches}}


def _keys(own: Values, runs: bool) -> list[str]:
    """A workload takes variables of its own, also where it has none yet."""
    return [*own, *(["variables"] if runs and "variables" not in own else [])]


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _at(value: Any, path: Path) -> Any:
    """The value at a path; None where the object has no such place."""
    for step in path:
        value = value.get(step) if isinstance(value, dict) else value[step]
    return value


def _put(value: Any, path: Path, new: Any) -> Any:
    """A copy with another value at a path."""
    if not path:
        return new
    step, *rest = path
    if isinstance(value, dict):
        return {**value, step: _put(value.get(step), tuple(rest), new)}
    return [_put(item, tuple(rest), new) if place == step else item for place, item in enumerate(value)]


def _nested(path: tuple[str, ...], values: Values) -> Values:
    for step in reversed(path):
        values = {step: values}
    return values


def _merged(first: Values, second: Values) -> Values:
    """Both, deeply; `second` wins."""
    both = {
        key: _merged(first[key], second[key])
        for key in first.keys() & second.keys()
        if _are_mappings(first[key], second[key])
    }
    return {**first, **second, **both}


def _contradicts(values: Values, more: Values) -> bool:
    """Whether one place would get two values."""
    return any(
        _contradicts(values[key], more[key]) if _are_mappings(values[key], more[key]) else values[key] != more[key]
        for key in values.keys() & more.keys()
    )


def _are_mappings(*values: Any) -> bool:
    return all(isinstance(value, dict) for value in values)
