"""How does a new kubeship.yaml look? Blocks for what people edit, one line for small things, origins as comments."""

from collections.abc import Iterator, Mapping
from typing import Any

from kubeship.config.editing import LONGEST_LINE, KeyPath
from kubeship.yaml_io import flow

HEADING = (
    "# What kubeship builds and runs. Written by kubeship init, yours to edit; comments say where a value was found.\n"
)
BLOCKS: tuple[KeyPath, ...] = (("build",), ("environments",), ("processes",))
"""Mappings that get a line for each key, however short they are."""


def laid_out(content: Mapping[str, Any], comments: Mapping[KeyPath, str]) -> str:
    """The text of a new kubeship.yaml; `comments` by the path of the key that they stand behind."""
    return HEADING + "".join(f"{line}\n" for line in _lines(content, (), comments))


def commented(content: Mapping[str, Any], path: KeyPath) -> KeyPath:
    """The path of the key that the comment on the value at `path` stands behind: the one that starts its line."""
    for depth in range(1, len(path)):
        above: Any = content
        for key in path[:depth]:
            above = above.get(key, {}) if isinstance(above, Mapping) else {}
        if not _is_block(above, path[:depth]):
            return path[:depth]
    return path


def _lines(content: Mapping[str, Any], path: KeyPath, comments: Mapping[KeyPath, str]) -> Iterator[str]:
    indentation = "  " * len(path)
    for key, value in content.items():
        here = (*path, key)
        comment = f"  # {comments[here]}" if comments.get(here) else ""
        if _is_block(value, here):
            yield f"{indentation}{flow(key)}:{comment}"
            yield from _lines(value, here, comments)
        elif isinstance(value, list) and _too_long(value):
            yield f"{indentation}{flow(key)}:{comment}"
            yield from (f"{indentation}  - {flow(item)}" for item in value)
        else:
            yield f"{indentation}{flow(key)}: {flow(value)}{comment}"


def _is_block(value: Any, path: KeyPath) -> bool:
    if not isinstance(value, Mapping) or not value:
        return False
    web = len(path) == 2 and path[0] == "processes" and value.get("kind") == "web"
    return path in BLOCKS or web or _too_long(value)


def _too_long(value: Any) -> bool:
    return len(flow(value)) > LONGEST_LINE
