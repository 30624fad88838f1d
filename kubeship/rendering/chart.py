"""What is the Helm chart of a Plan's objects? charts/kubeship-app, filled."""

import json
import re
from typing import Any

from kubeship import yaml_io
from kubeship.model.objects import COMPONENT_LABEL, RELEASE_ANNOTATION, Object, is_release_step
from kubeship.rendering import locations
from kubeship.rendering.slots import SLOTS, Path, Slot, Values

AS_THEY_ARE = ("templates/NOTES.txt", "templates/_helpers.tpl")
"""Files of the skeleton that no app changes."""
HOOK = {
    "helm.sh/hook": "pre-install,pre-upgrade",
    # Helm deletes the Job of the last release first, since a Job's template can't be changed.
    "helm.sh/hook-delete-policy": "before-hook-creation",
}
VALUES_HEADER = "# What can be set; defaults are kubeship.yaml's. values.schema.json says which values fit.\n"


def chart(name: str, objects: dict[str, Object], header: str) -> dict[str, str]:
    """Text by path in the chart. `header` begins each template; `objects` are named by file."""
    skeleton = locations.charts() / "kubeship-app"
    values: Values = {}
    templates = {}
    for file_name, item in objects.items():
        values = _merged(values, _values(item))
        templates[f"templates/{file_name}"] = header + _template(_with_hook(item))
    about = yaml_io.load((skeleton / "Chart.yaml").read_text(encoding="utf-8"), "Chart.yaml")
    schema = json.loads((skeleton / "values.schema.json").read_text(encoding="utf-8"))
    return {
        "Chart.yaml": header + yaml_io.dump({**about, "name": name}),
        "values.yaml": VALUES_HEADER + yaml_io.dump(values),
        "values.schema.json": json.dumps(_schema(schema, values), indent=2, ensure_ascii=False) + "\n",
        **{path: (skeleton / path).read_text(encoding="utf-8") for path in AS_THEY_ARE},
        **templates,
    }


def _with_hook(item: Object) -> Object:
    """Helm runs release steps as hooks, in order of their weight, before it changes anything else."""
    if not is_release_step(item):
        return item
    metadata = item["metadata"]
    annotations = metadata["annotations"]
    weight = {"helm.sh/hook-weight": annotations[RELEASE_ANNOTATION]}
    return {**item, "metadata": {**metadata, "annotations": {**annotations, **HOOK, **weight}}}


def _values(item: Object) -> Values:
    """The part of values.yaml that comes from one object."""
    values: Values = {}
    for slot in SLOTS:
        if slot.applies(item):
            found = _at(item, slot.path)
            values = _merged(values, slot.shared(found) if slot.shared else {})
            values = _merged(values, _nested(_branch(item), slot.own(found)) if slot.own else {})
    return values


def _template(item: Object) -> str:
    """The object as YAML, with Helm's expressions in its slots and `{{` of its own escaped."""
    mark = "SLOT"
    while mark in yaml_io.dump(item):
        mark += "T"
    slots = {f"{mark}{place}": slot for place, slot in enumerate(SLOTS) if slot.applies(item)}
    branch = _expression(_branch(item))
    for word, slot in slots.items():
        item = _put(item, slot.path, _marked(word, slot, _at(item, slot.path)))
    text = yaml_io.dump(item).replace("{{", '{{ "{{" }}')
    return re.sub(
        rf"^(?P<lead>[ -]*)(?:(?P<key>\w+:) )?(?P<word>{mark}\d+)(?P<part>[a-z]*)$",
        lambda line: _written(line, slots[line["word"]], branch),
        text,
        flags=re.MULTILINE,
    )


def _marked(word: str, slot: Slot, found: Any) -> Any:
    """What stands in the slot while the object is written."""
    if slot.form == "each":
        return [f"{word}begin", {**found[0], "host": f"{word}item"}, f"{word}end"]
    return word


def _written(line: re.Match[str], slot: Slot, branch: str) -> str:
    """The line of a slot as Helm's template has it."""
    lead, key = line["lead"], line["key"]
    column = len(lead)
    expression = slot.expression.replace("OWN", branch)
    match slot.form, line["part"]:
        case "each", "begin":
            return f"{' ' * (column - 2)}{{{{- range {expression} }}}}"
        case "each", "item":
            return f"{lead}{key} {{{{ . | quote }}}}"
        case "each", _:
            return f"{' ' * (column - 2)}{{{{- end }}}}"
        case "block", _:
            return f"{lead}{key}\n{' ' * (column + 2)}{{{{- {expression} | nindent {column + 2} }}}}"
        case "entry", _:
            return f"{lead}{{{{- {expression} | nindent {column} }}}}"
        case _:
            return f"{lead}{key} {{{{ {expression} }}}}"


def _branch(item: Object) -> tuple[str, ...]:
    """Where the component of an object stands in values.yaml."""
    component = item["metadata"]["labels"].get(COMPONENT_LABEL, "")
    return ("release" if is_release_step(item) else "processes", component)


def _expression(branch: tuple[str, ...]) -> str:
    """A branch in Go's template language, whose dots take no dashes."""
    parent, name = branch
    return f".Values.{parent}.{name}" if name.isidentifier() else f'(index .Values.{parent} "{name}")'


def _schema(skeleton: dict[str, Any], values: Values) -> dict[str, Any]:
    """The skeleton's schema with the components that there are, so that a misspelt one is an error."""
    branches = {parent: _components_schema(values.get(parent, {})) for parent in ("processes", "release")}
    return {**skeleton, "properties": {**skeleton["properties"], **branches}}


def _components_schema(components: dict[str, Values]) -> dict[str, Any]:
    return _closed(
        {name: _closed({key: {"$ref": f"#/definitions/{key}"} for key in own}) for name, own in components.items()}
    )


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


def _are_mappings(*values: Any) -> bool:
    return all(isinstance(value, dict) for value in values)
