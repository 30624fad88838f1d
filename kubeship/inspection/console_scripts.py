"""Which commands does the project install? `[project.scripts]`, Poetry's, and setuptools' console_scripts."""

import re
from collections.abc import Iterator
from typing import Any

from kubeship.inspection.sources import Sources


def console_scripts(sources: Sources) -> tuple[tuple[str, str], ...]:
    """(command, `module:function`) of every command."""
    return tuple(dict.fromkeys((*_pyproject(sources), *_setuptools(sources))))


def _pyproject(sources: Sources) -> Iterator[tuple[str, str]]:
    document = sources.toml("pyproject.toml")
    for keys in (("project", "scripts"), ("tool", "poetry", "scripts")):
        table: Any = document
        for key in keys:
            table = table.get(key, {}) if isinstance(table, dict) else {}
        for name, target in table.items() if isinstance(table, dict) else ():
            stated = target.get("callable", target.get("reference")) if isinstance(target, dict) else target
            if isinstance(stated, str):
                yield str(name), stated


def _setuptools(sources: Sources) -> Iterator[tuple[str, str]]:
    """`name = module:function` lines, as setup.cfg and setup.py both have them."""
    for path in ("setup.cfg", "setup.py"):
        if path in sources and "console_scripts" in (text := sources.text(path)):
            _, _, rest = text.partition("console_scripts")
            for match in re.finditer(r"[\"']?([\w.-]+)\s*=\s*([\w.]+:[\w.]+)", rest):
                yield match[1], match[2]
