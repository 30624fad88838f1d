"""Which objects do the files of an environment hold?"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kubeship.errors import InvalidInput
from kubeship.model.objects import Object, ObjectRef, ref
from kubeship.yaml_io import Node, parse_all


def objects(texts: Mapping[str, str]) -> tuple[Object, ...]:
    """All objects of the files (path -> text), by path and then as they stand in it; Lists are flattened.

    Raises InvalidInput with `file:line` for what is no object, and for an object that stands there twice.
    """
    seen: dict[ObjectRef, str] = {}
    found = []
    for path in sorted(texts):
        for item, line in _objects(parse_all(texts[path], path), path):
            place = f"{path}:{line}"
            name = ref(item)
            if name in seen:
                raise InvalidInput(
                    f"{place}: {name} stands in {seen[name]} already", hint=f"delete one of {seen[name]} and {place}"
                )
            seen[name] = place
            found.append(item)
    return tuple(found)


def _objects(documents: Iterable[Node], path: str) -> Iterator[tuple[Object, int]]:
    for document in documents:
        value = document.value
        if isinstance(value, dict) and isinstance(value.get("items"), list) and str(value.get("kind")).endswith("List"):
            items = next((node for key, node in document.entries if key.value == "items"), None)
            yield from _objects(items.items if items else (), path)
        else:
            _require_object(value, f"{path}:{document.line}")
            yield value, document.line


def _require_object(value: Any, place: str) -> None:
    missing = "apiVersion, kind and metadata.name"
    if isinstance(value, dict):
        metadata = value.get("metadata")
        stated = {
            "apiVersion": value.get("apiVersion"),
            "kind": value.get("kind"),
            "metadata.name": metadata.get("name") if isinstance(metadata, dict) else None,
        }
        missing = " and ".join(key for key, each in stated.items() if not (isinstance(each, str) and each))
    if missing:
        raise InvalidInput(
            f"{place}: a Kubernetes object needs {missing}", hint=f"correct {place}, or move the file out of deploy/"
        )
