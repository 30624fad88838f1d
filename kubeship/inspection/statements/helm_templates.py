"""What YAML does a template of a Helm chart come to, with the chart's own values? As far as a reader needs it.

Every line keeps its place, so that origins are right; what can't be worked out becomes the word `helm`.
"""

import json
import posixpath
import re
from typing import Any

from kubeship.inspection.files.documents import read_yaml, table
from kubeship.inspection.files.sources import Sources, folder_of

ACTION = re.compile(r"\{\{-?(.*?)-?\}\}")
UNKNOWN = "helm"
BLOCKS = ("if", "with", "range", "define", "block")


def filled(sources: Sources, path: str) -> str:
    """The file's text; a template's with the values of its chart put in."""
    chart = _chart_of(sources, path)
    if chart is None:
        return sources.text(path)
    values, _ = read_yaml(sources, _join(chart, "values.yaml"))
    return _filled(sources.text(path), table(values))


def _chart_of(sources: Sources, path: str) -> str | None:
    """The folder of the chart whose `templates/` the file lies in."""
    folder = folder_of(path)
    while folder != ".":
        above = folder_of(folder)
        if folder.rpartition("/")[2] == "templates" and _join(above, "Chart.yaml") in sources:
            return above
        folder = above
    return None


def _filled(text: str, values: dict[str, Any]) -> str:
    text = re.sub(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", lambda match: "\n" * match[0].count("\n"), text, flags=re.DOTALL)
    lines: list[str] = []
    blocks: list[tuple[Any, bool]] = []
    """For each open block: what `.` means in it, and whether its lines count."""
    for line in text.split("\n"):
        alone = ACTION.fullmatch(line.strip())
        words = alone[1].split() if alone else []
        counts = all(shown for _, shown in blocks)
        if words and words[0] in BLOCKS:
            value = _value(" ".join(words[1:]), values, _dot(blocks))
            known = value is not None or _is_plain(" ".join(words[1:]))
            blocks.append((value if words[0] == "with" else _dot(blocks), bool(value) or not known))
            lines.append("")
        elif words[:1] == ["else"] and blocks:
            dot, shown = blocks.pop()
            blocks.append((dot, not shown))
            lines.append("")
        elif words[:1] == ["end"]:
            blocks = blocks[:-1]
            lines.append("")
        elif not counts:
            lines.append("")
        elif words:
            value = _value(" ".join(words), values, _dot(blocks))
            indent = re.search(r"n?indent (\d+)", " ".join(words))
            lines.append(" " * int(indent[1] if indent else 0) + json.dumps(value) if value is not None else "")
        else:
            lines.append(_line(line, values, _dot(blocks)))
    return "\n".join(lines)


def _line(line: str, values: dict[str, Any], dot: Any) -> str:
    return ACTION.sub(lambda match: _inline(_value(match[1], values, dot)), line)


def _dot(blocks: list[tuple[Any, bool]]) -> Any:
    return blocks[-1][0] if blocks else None


def _inline(value: Any) -> str:
    if value is None:
        return UNKNOWN
    return value if isinstance(value, str) else json.dumps(value)


def _is_plain(expression: str) -> bool:
    """A value that the chart doesn't set is empty; anything else is unknown."""
    return bool(re.fullmatch(r"\$?\.Values(\.\w+)+", expression))


def _value(expression: str, values: dict[str, Any], dot: Any) -> Any:
    """What `.Values.a.b | default "x" | quote` or `toYaml .` comes to; None when that isn't known."""
    head, *pipes = (part.strip() for part in expression.split("|"))
    head = re.sub(r"^(toYaml|quote|tpl|toString|int|squote)\s+", "", head).strip()
    found: Any = None
    if match := re.match(r"\$?\.Values((?:\.\w+)+)", head):
        found = values
        for key in match[1].strip(".").split("."):
            found = found.get(key) if isinstance(found, dict) else None
    elif head == ".":
        found = dot
    elif re.fullmatch(r"(?:\.\w+)+", head):
        found = dot
        for key in head.strip(".").split("."):
            found = found.get(key) if isinstance(found, dict) else None
    elif re.fullmatch(r"\"[^\"]*\"|\d+", head):
        found = json.loads(head)
    for pipe in pipes:
        if found in (None, "") and (match := re.fullmatch(r"default\s+(\"[^\"]*\"|\d+)", pipe)):
            found = json.loads(match[1])
    return found


def _join(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name))
