"""What do the project's YAML, TOML and JSON files say? What can't be read, or has another shape, says nothing."""

import json
from functools import lru_cache
from typing import Any

from kubeship.errors import InvalidInput
from kubeship.inspection.files.sources import Sources

Lines = dict[tuple[str | int, ...], int]
"""The line (from 1) of each key and item, by its path in the document."""


def read_yaml(sources: Sources, path: str) -> tuple[Any, Lines]:
    """A YAML file's document and the lines of its parts; empty when it can't be read."""
    return loaded(sources.text(path), path)


@lru_cache(maxsize=256)
def loaded(text: str, path: str) -> tuple[Any, Lines]:
    """The same of a text. Several questions ask about one file, and reading YAML takes long."""
    from kubeship.yaml_io.reading import load_with_lines  # noqa: PLC0415  # ruamel takes 50 ms to import

    try:
        return load_with_lines(text, path)
    except (InvalidInput, RecursionError, ValueError):
        return {}, {}


def read_toml(sources: Sources, path: str) -> dict[str, Any]:
    """A TOML file; empty when it isn't there, or can't be read (`Sources.toml` raises then)."""
    try:
        return sources.toml(path)
    except InvalidInput:
        return {}


def read_json(sources: Sources, path: str) -> dict[str, Any]:
    """A JSON file's object; empty when it can't be read, or holds something else."""
    try:
        return table(json.loads(sources.text(path)))
    except (ValueError, RecursionError):
        return {}


def is_kubeships(sources: Sources, path: str) -> bool:
    """Whether kubeship wrote the file, as its first line says: what it tells comes from elsewhere."""
    return sources.text(path).lower().startswith("# written by kubeship")


def table(document: Any, *keys: str) -> dict[str, Any]:
    """An inner mapping; empty when it isn't there or is something else."""
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def listed(value: object) -> list[Any]:
    """The items of an array; empty for anything else."""
    return list(value) if isinstance(value, list) else []
