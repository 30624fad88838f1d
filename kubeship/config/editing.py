"""How is one value of a person's kubeship.yaml changed without touching anything else in it?

Pieces of the text are exchanged where the parser says that the values stand, since a round trip through any YAML
library re-formats what it didn't have to change. Every edit is read back before it counts.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from kubeship.errors import InvalidInput
from kubeship.yaml_io import Node, dump, flow, load
from kubeship.yaml_io.reading import parse

KeyPath = tuple[str, ...]
LONGEST_LINE = 80
"""Characters of a flow value in one line; longer ones become blocks."""


class Gone(Enum):
    """The value of a key that is to be removed."""

    GONE = "gone"


GONE = Gone.GONE


def edit(text: str, path: KeyPath, value: Any, *, order: Sequence[str] = (), comment: str = "") -> str:
    """The text with `value` at `path`; GONE removes the key, and a mapping that it leaves empty.

    A new key stands among its siblings as in `order`, with `comment` behind it. Raises InvalidInput where the text
    can't be changed in place (an anchored value that is used elsewhere).
    """
    root = parse(text, "kubeship.yaml")
    if root is None:
        raise InvalidInput("kubeship.yaml is empty", hint="delete kubeship.yaml and run kubeship init")
    wanted = _with(root.value, path, value)
    if wanted == root.value:
        return text
    changed = (
        _removed(text, root, path) if value is GONE else _set(text, root, path, value, order=order, comment=comment)
    )
    try:
        sound = load(changed, "kubeship.yaml") == wanted
    except InvalidInput:
        sound = False
    if not sound:
        key = ".".join(path)
        raise InvalidInput(
            f"kubeship.yaml:{root.line}: {key} can't be changed without touching the rest of the file",
            hint=f"remove {key} by hand" if value is GONE else f"set {key}: {flow(value)} by hand",
        )
    return changed


def recomment(text: str, path: KeyPath, before: str, after: str) -> str:
    """The text with another comment behind the key at `path`, if the one there is still `before`."""
    root = parse(text, "kubeship.yaml")
    found = _entry(root, path) if root else None
    if found is None or before == after:
        return text
    start = text.rfind("\n", 0, found[0].start) + 1
    end = _line_end(text, found[0].end)
    line = text[start:end]
    if not before or not line.endswith(f"  # {before}"):
        return text
    return f"{text[:start]}{line.removesuffix(f'  # {before}')}{f'  # {after}' if after else ''}{text[end:]}"


def _with(value: Any, path: KeyPath, new: Any) -> Any:
    """The value with another one at `path`."""
    head, *rest = path
    inner = dict(value) if isinstance(value, Mapping) else {}
    if rest:
        below = _with(inner.get(head), tuple(rest), new)
        if new is GONE and not below:
            inner.pop(head, None)
        else:
            inner[head] = below
    elif new is GONE:
        inner.pop(head, None)
    else:
        inner[head] = new
    return inner


def _entry(node: Node, path: KeyPath) -> tuple[Node, Node] | None:
    for key, value in node.entries:
        if key.value == path[0]:
            return (key, value) if len(path) == 1 else _entry(value, path[1:])
    return None


def _set(text: str, root: Node, path: KeyPath, value: Any, *, order: Sequence[str], comment: str) -> str:
    for depth in range(len(path), 0, -1):
        found = _entry(root, path[:depth])
        if found is None:
            continue
        if depth == len(path):
            return _replaced(text, *found, value)
        if not isinstance(found[1].value, Mapping):
            return _replaced(text, *found, _nested(path[depth:], value))
        return _inserted(text, found[1], path[depth], _nested(path[depth + 1 :], value), order=order, comment=comment)
    return _inserted(text, root, path[0], _nested(path[1:], value), order=order, comment=comment)


def _nested(path: KeyPath, value: Any) -> Any:
    return {path[0]: _nested(path[1:], value)} if path else value


def _replaced(text: str, key: Node, old: Node, value: Any) -> str:
    if old.style != "block" and old.end > old.start:
        return text[: old.start] + flow(value) + text[old.end :]
    colon = text.find(":", key.end) + 1
    if old.style != "block":
        return f"{text[:colon]} {flow(value)}{text[colon:]}"
    heading = text[colon : _line_end(text, colon)].strip()
    comment = f"  {heading}" if heading.startswith("#") else ""
    return f"{text[:colon]} {flow(value)}{comment}{text[old.end :]}"


def _inserted(text: str, parent: Node, key: str, value: Any, *, order: Sequence[str], comment: str) -> str:
    before = [each for each in parent.entries if _rank(each[0].value, order) <= _rank(key, order)]
    if parent.style == "flow":
        return _inserted_in_flow(text, parent, f"{flow(key)}: {flow(value)}", before[-1] if before else None)
    column = parent.start - (text.rfind("\n", 0, parent.start) + 1)
    line = f"{flow(key)}: {flow(value)}"
    lines = (
        [line]
        if len(line) <= LONGEST_LINE or not isinstance(value, Mapping | list)
        else dump({key: value}).splitlines()
    )
    if comment:
        lines[0] += f"  # {comment}"
    newline = "\r\n" if "\r\n" in text else "\n"
    block = newline.join(" " * column + each for each in lines)
    if before:
        place = _line_end(text, _end(before[-1]))
        return f"{text[:place]}{newline}{block}{text[place:]}"
    start = parent.start - column
    return f"{text[:start]}{block}{newline}{text[start:]}"


def _inserted_in_flow(text: str, parent: Node, item: str, before: tuple[Node, Node] | None) -> str:
    if before is not None:
        place = _end(before)
        return f"{text[:place]}, {item}{text[place:]}"
    place = parent.start + 1
    return f"{text[:place]}{item}{', ' if parent.entries else ''}{text[place:]}"


def _removed(text: str, root: Node, path: KeyPath) -> str:
    # A mapping that would be left empty goes as a whole.
    while len(path) > 1 and (above := _entry(root, path[:-1])) and len(above[1].entries) == 1:
        path = path[:-1]
    parent = root if len(path) == 1 else _entry(root, path[:-1])[1]  # type: ignore[index]  # path was found in root
    place = next(number for number, (key, _) in enumerate(parent.entries) if key.value == path[-1])
    entry = parent.entries[place]
    if parent.style == "flow":
        if place > 0:
            return text[: _end(parent.entries[place - 1])] + text[_end(entry) :]
        following = parent.entries[1][0].start if len(parent.entries) > 1 else _end(entry)
        return text[: entry[0].start] + text[following:]
    start = text.rfind("\n", 0, entry[0].start) + 1
    return text[:start] + text[_line_end(text, _end(entry)) :].removeprefix("\r").removeprefix("\n")


def _rank(key: Any, order: Sequence[str]) -> int:
    return order.index(key) if key in order else len(order)


def _end(entry: tuple[Node, Node]) -> int:
    return max(entry[0].end, entry[1].end)


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    if end < 0:
        return len(text)
    return end - 1 if text[end - 1 : end] == "\r" else end
