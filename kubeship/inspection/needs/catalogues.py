"""Which translations are not compiled yet?"""

import re

from kubeship.inspection.code.modules import Modules
from kubeship.inspection.files.sources import Sources, is_aside
from kubeship.model.origin import Origin
from kubeship.model.project import Command, Warned

CATALOGUE = re.compile(r"((?:.*/)?)[^/]+/LC_MESSAGES/[^/]+\.po")


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


def _without_compiled(sources: Sources) -> list[str]:
    """The catalogues without a compiled file, those of a project that compiles none of its own first."""
    found = [path for path in sources.other_files if CATALOGUE.fullmatch(path) and not is_aside(path)]
    return [path for path in found if f"{path.removesuffix('.po')}.mo" not in sources]
