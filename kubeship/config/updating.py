"""What does init change in a kubeship.yaml that people may have edited?"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kubeship.config.editing import GONE, KeyPath, edit, recomment
from kubeship.config.file import ConfigFile
from kubeship.config.findings import Finding
from kubeship.config.lock import Lock
from kubeship.config.process_schema import Process
from kubeship.config.schema import Configuration

ORDER = (*Configuration.model_fields, *(key for key in Process.model_fields if key not in Configuration.model_fields))
"""The order of keys; Process' own stand after those that both have."""
UNITS = {"processes": 2, "secrets": 1, "services": 2}
"""How many keys lead to a mapping that is removed as a whole or not at all."""
OTHER_LIST = {"secrets.keys": "secrets.optional", "secrets.optional": "secrets.keys"}
"""A secret may stand in one of both."""


def updated(existing: ConfigFile, found: tuple[Finding, ...], lock: Lock, stated: Mapping[KeyPath, Any]) -> str:
    """The text with what was found, where nobody has edited it since `lock`, and with what is `stated` in any case."""
    text = existing.text
    new = {each.path: each for each in found}
    for key in lock.found:
        path = tuple(key.split("."))
        if path not in new and path[0] != "environments" and _untouched(existing, path, lock):
            text = edit(text, path, GONE)
    for each in found:
        if _takes(existing, each, lock):
            text = edit(text, each.path, each.value, order=ORDER, comment=each.comment)
            text = _recommented(text, each, lock)
    for path, value in stated.items():
        text = edit(text, path, value, order=ORDER)
    return text


def listed_once(
    found: tuple[Finding, ...], stated: Mapping[KeyPath, Any], existing: ConfigFile | None, lock: Lock
) -> tuple[Finding, ...]:
    """The findings without secrets that a person has put into the other list."""
    by_key = {each.key: each for each in found}

    def kept(key: str) -> list[Any]:
        path, finding = tuple(key.split(".")), by_key.get(key)
        if path in stated or existing is None:
            value = stated.get(path)
        else:
            removed = not finding and key in lock.found and _untouched(existing, path, lock)
            replaced = finding is not None and _takes(existing, finding, lock)
            value = None if removed or replaced else existing.value(key)
        return value if isinstance(value, list) else []

    others = {key: kept(other) for key, other in OTHER_LIST.items() if key in by_key}
    once = (
        replace(each, value=[name for name in each.value if name not in others[each.key]])
        if others.get(each.key)
        else each
        for each in found
    )
    return tuple(each for each in once if each.key not in others or each.value)


def _untouched(existing: ConfigFile, path: KeyPath, lock: Lock) -> bool:
    """Whether what stands at `path`, and all that only makes sense together with it, is as init wrote it."""
    unit = ".".join(path[: UNITS.get(path[0], len(path))])
    noted: dict[str, Any] = {}
    for key, each in lock.found.items():
        if key == unit or key.startswith(f"{unit}."):
            put(noted, tuple(key.split(".")), each.value)
    written: Any = noted
    for part in unit.split("."):
        written = written[part]
    return bool(existing.value(unit) == written)


def _takes(existing: ConfigFile, finding: Finding, lock: Lock) -> bool:
    """Whether a finding may go into the file: nobody edited or removed what was found there before."""
    noted = lock.found.get(finding.key)
    present = existing.value(finding.key)
    if present is not None:
        return noted is not None and present == noted.value
    if noted is not None:
        return False
    # A process that somebody removed doesn't come back in pieces.
    parents = [".".join(finding.path[:depth]) for depth in range(1, len(finding.path))]
    return not any(
        existing.value(parent) is None and any(key.startswith(f"{parent}.") for key in lock.found) for parent in parents
    )


def _recommented(text: str, finding: Finding, lock: Lock) -> str:
    """With the new origin behind a value that stands alone in its line."""
    noted = lock.found.get(finding.key)
    if noted is None:
        return text
    return recomment(text, finding.path, _without_lines(noted.origin), finding.comment)


def _without_lines(origin: str) -> str:
    """The comment that was written for an origin as kubeship.lock has it."""
    return re.sub(r"^(\S+):\d+(?=, |$)", r"\1", origin.partition("; ")[0])


def put(content: dict[str, Any], path: KeyPath, value: Any) -> None:
    """Set the value at a path, making the mappings above it; GONE removes it."""
    inner = content
    for key in path[:-1]:
        below = inner.get(key)
        inner[key] = below if isinstance(below, dict) else {}
        inner = inner[key]
    if value is GONE:
        inner.pop(path[-1], None)
    else:
        inner[path[-1]] = value
