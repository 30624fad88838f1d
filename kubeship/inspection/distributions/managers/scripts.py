"""What does a script declare for itself? Source: PEP 723, "Inline script metadata"."""

import re
import tomllib
from typing import Any

from kubeship.inspection.distributions.managers.declarations import Declaration, Selection, required
from kubeship.inspection.distributions.requirements import Requirements
from kubeship.inspection.files.documents import listed
from kubeship.inspection.files.sources import Sources, folder_of

BLOCK = re.compile(r"(?m)^# /// script$\s(?P<content>(?:^#(?:| .*)$\s)+)^# ///$")
"""PEP 723's own reference expression, for blocks of the type `script`."""


def scripts(sources: Sources, folder: str) -> list[str]:
    """The Python files of the folder itself that declare dependencies."""
    return [path for path in sources.code if folder_of(path) == folder and b"# /// script" in sources.content(path)]


def own_block(sources: Sources, path: str) -> dict[str, Any]:
    """What the comment block of a script says; empty where it isn't TOML."""
    match = BLOCK.search(sources.text(path))
    lines = match["content"].splitlines() if match else []
    try:
        return tomllib.loads("\n".join(line.removeprefix("#").removeprefix(" ") for line in lines))
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def read_script(sources: Sources, path: str, selection: Selection) -> Declaration:
    """The dependencies in the comment block of one script."""
    stated = [item for item in listed(own_block(sources, path).get("dependencies")) if isinstance(item, str)]
    found = [one for item in stated if (one := required(item, path, sources))]
    return Declaration(Requirements((path,), tuple(found)), Selection())
