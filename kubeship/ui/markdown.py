"""How do changes read in a pull request, and how does any text stand in Markdown without breaking out of its place?"""

import json
import re
from typing import Any

from kubeship.model.changes import Action, Change, Changes, described, described_drift

LONGEST = 60_000
"""Characters: GitHub refuses comments of more than 65,536, GitLab cuts at a million."""
LONGEST_VALUE = 400
SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "\\-", Action.REPLACE: "\\-/+"}


def markdown(changes: Changes, title: str) -> str:
    """A table of objects, and the fields of each as a diff that folds; what is too long for a comment is cut."""
    listed = list(changes)
    drifted = _drifted(changes)
    if not listed:
        return f"### {title}\n\nNothing would change.\n{drifted}"
    head = [f"### {title}", "", f"{len(listed)} of {len(changes.items)} objects would change.", ""]
    rows = ["| | object | |", "|---|---|---|", *(_row(change) for change in listed), ""]
    text = "\n".join((*head, *rows))
    for index, change in enumerate(listed):
        section = _section(change)
        if len(text) + len(section) > LONGEST:
            return f"{text}\n… and the fields of {len(listed) - index} more: run `kubeship diff`.\n"
        text += section
    return text + drifted if len(text) + len(drifted) <= LONGEST else text


def _drifted(changes: Changes) -> str:
    if not changes.drifts:
        return ""
    lines = "\n".join(f"! {target} {_short(described_drift(drift))}" for target, drift in changes.drifts)
    return f"\n<details><summary>Changed outside of kubeship</summary>\n\n{fenced(lines, 'diff')}\n\n</details>\n"


def _row(change: Change) -> str:
    fields = f"{len(change.fields)} fields" if len(change.fields) != 1 else "1 field"
    what = fields if change.action is Action.UPDATE else change.action.value
    conflict = f", **{len(change.conflicts)} owned by others**" if change.conflicts else ""
    return f"| {SIGNS.get(change.action, '!')} | `{change.ref}` | {what}{conflict} |"


def _section(change: Change) -> str:
    if not change.fields and not change.conflicts:
        return ""
    lines = [line for item in change.fields for line in _field(item.path, item.before, item.after)]
    lines += [f"! {described(conflict)}" for conflict in change.conflicts]
    block = fenced("\n".join(lines), "diff")
    return f"\n<details><summary>{change.ref}</summary>\n\n{block}\n\n</details>\n"


def _field(path: str, before: Any, after: Any) -> list[str]:
    absent = [(sign, value) for sign, value in (("-", before), ("+", after)) if value is not None]
    return [f"  {path}", *(f"{sign} {_value(value)}" for sign, value in absent)]


def _value(value: Any) -> str:
    """In one line, so that no value begins a line of its own."""
    text = value if isinstance(value, str) and "\n" not in value else json.dumps(value, ensure_ascii=False)
    return _short(text)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}… ({len(text)} characters)"


def fenced(text: str, language: str = "") -> str:
    """A code block that its own content can't end."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return re.sub(r"([\\`*_<>\[\]#|])", r"\\\1", text)
