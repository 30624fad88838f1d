"""Which objects do the files of an environment hold?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from kubeship.errors import InvalidInput
from kubeship.model.objects import RELEASE_ANNOTATION, Object, ObjectRef, ref
from kubeship.workspace.shapes import misshapen
from kubeship.yaml_io import Node, quick_documents


def objects(texts: Mapping[str, str]) -> tuple[Object, ...]:
    """All objects of the files (path -> text), by path and then as they stand in it; Lists are flattened.

    Raises InvalidInput with `file:line` for what is no object, and for an object that stands there twice.
    """
    seen: dict[ObjectRef, str] = {}
    found = []
    for path in sorted(texts):
        for item, line in _read(texts[path], path):
            place = f"{path}:{line}"
            name = ref(item)
            if name in seen:
                raise InvalidInput(
                    f"{place}: {name} stands in {seen[name]} already", hint=f"delete one of {seen[name]} and {place}"
                )
            seen[name] = place
            found.append(item)
    return tuple(found)


def _read(text: str, path: str) -> Iterator[tuple[Object, int]]:
    documents = quick_documents(text)
    if documents is None or any(_is_list(value) for value, _ in documents):
        from kubeship.yaml_io.reading import parse_all  # noqa: PLC0415 - only unusual manifests need ruamel

        yield from _objects(parse_all(text, path), path)
        return
    for value, line in documents:
        _require_object(value, f"{path}:{line}")
        yield value, line


def _is_list(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("items"), list) and str(value.get("kind")).endswith("List")


def _objects(documents: Iterable[Node], path: str) -> Iterator[tuple[Object, int]]:
    for document in documents:
        value = document.value
        if _is_list(value):
            items = next((node.items for key, node in document.entries if key.value == "items"), ())
            # An alias stands for its items without saying where they are.
            yield from _objects(items or [replace(document, value=each, entries=()) for each in value["items"]], path)
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
    name = value["metadata"]["name"]
    wrong = misshapen(value) or _misnamed(name) or _misplaced(value)
    if wrong:
        raise InvalidInput(f"{place}: {value['kind']}/{name}: {wrong}", hint=f"correct {place}")


def _misnamed(name: str) -> str | None:
    """A name is a part of the object's URL: k8s.io/apimachinery/pkg/api/validation/path."""
    wrong = name in {".", ".."} or "/" in name or "%" in name
    return f"metadata.name: {name} can't be a name" if wrong else None


def _misplaced(item: Object) -> str | None:
    place = (item["metadata"].get("annotations") or {}).get(RELEASE_ANNOTATION)
    if item["kind"] != "Job" or place is None or place.isdecimal():
        return None
    return f'{RELEASE_ANNOTATION}: expected its place among the release steps, such as "1"'
