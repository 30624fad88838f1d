"""What is compiled beside the Python code: a Node front end, and translations?"""

import json
import re

from kubeship.inspection.modules import Modules
from kubeship.inspection.sources import Sources, folder_of, is_aside
from kubeship.model.origin import Origin
from kubeship.model.project import Command, Warned

LOCKS = {"bun.lock": "bun", "bun.lockb": "bun", "pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn"}
"""Which program installs, by the lock file beside package.json; npm without one of these."""
CATALOGUE = re.compile(r"((?:.*/)?)[^/]+/LC_MESSAGES/[^/]+\.po")


def front_ends(sources: Sources) -> tuple[Warned, ...]:
    """A warning for each Node project that has a build: an image of Python alone can't run it."""
    found: list[Warned] = []
    for path in sources.other_files:
        if path.rpartition("/")[2] == "package.json" and not is_aside(path) and (script := _build(sources, path)):
            folder = folder_of(path)
            program = next((p for lock, p in LOCKS.items() if _beside(folder, lock) in sources), "npm")
            place = "this folder" if folder == "." else f"{folder}/"
            message = f"a Node front end lies in {place} ({program} run build: {script}); build it before the image"
            found.append(Warned(message, Origin(path, sources.line_of(path, r'"build"\s*:'))))
    return tuple(found)


def translations(modules: Modules, distributions: frozenset[str]) -> Command | None:
    """`pybabel compile` for the catalogues (.po) of Babel that have no compiled file (.mo) beside them.

    Django's `compilemessages` needs msgfmt of gettext, so it is a warning (`uncompiled`), not a step.
    """
    if not distributions & {"babel", "flask-babel", "flask-babelex", "fastapi-babel", "quart-babel"}:
        return None
    missing = _without_compiled(modules.sources)
    match = CATALOGUE.fullmatch(missing[0]) if missing else None
    if match is None:
        return None
    folder = match[1].rstrip("/") or "."
    return Command(f"pybabel compile -d {folder}", (Origin(missing[0], None, "a catalogue that isn't compiled"),))


def uncompiled(sources: Sources) -> tuple[Warned, ...]:
    """A warning where a Django project's translations lack their compiled files."""
    missing = _without_compiled(sources)
    if not missing:
        return ()
    message = f"{len(missing)} translations are not compiled: run manage.py compilemessages (gettext) before the image"
    return (Warned(message, Origin(missing[0])),)


def _build(sources: Sources, path: str) -> str:
    try:
        stated = json.loads(sources.text(path))
    except (ValueError, RecursionError):
        return ""
    scripts = stated.get("scripts") if isinstance(stated, dict) else None
    script = scripts.get("build") if isinstance(scripts, dict) else None
    return script if isinstance(script, str) else ""


def _beside(folder: str, name: str) -> str:
    return name if folder == "." else f"{folder}/{name}"


def _without_compiled(sources: Sources) -> list[str]:
    """The catalogues without a compiled file, those of a project that compiles none of its own first."""
    found = [path for path in sources.other_files if CATALOGUE.fullmatch(path) and not is_aside(path)]
    return [path for path in found if f"{path.removesuffix('.po')}.mo" not in sources]
