"""Which framework is the web app written with? The app's own, or what is declared or imported."""

import re

from kubeship.inspection.code.frameworks import BY_NAME, FRAMEWORKS, Framework
from kubeship.inspection.code.modules import INSTALLED
from kubeship.inspection.distributions.declared import Declared
from kubeship.inspection.files.sources import Sources
from kubeship.inspection.running.processes import is_complete
from kubeship.inspection.served.entrypoints import EntrypointFound
from kubeship.inspection.statements.stated import Statements
from kubeship.model.origin import Found, Origin

UNDERLYING = frozenset(("dash", "gradio", "starlette"))
"""What others are built on or mount in their apps, where several are seen beside one program."""

SERVED = ("wsgi", "asgi")
"""Interfaces of objects: one of no known framework is a library's own app."""


def find_framework(sources: Sources, dependencies: Declared, entry: EntrypointFound, stated: Statements) -> Found[str]:
    """The framework of the app, or what is declared or imported; `none` for other programs."""
    if entry.chosen and entry.chosen.framework in BY_NAME:
        name, origin = entry.chosen.framework, entry.chosen.origins[-1]
        required = dependencies.requirements.named(BY_NAME[name].distributions[0])
        return Found(name, (origin, required.origin) if required else (origin,))
    if entry.chosen and (entry.chosen.kind != "web" or (entry.chosen.path and entry.chosen.interface in SERVED)):
        return Found("none", entry.chosen.origins[:1])
    if stated.web and is_complete(stated.web) and stated.web.started.server in BY_NAME:
        return Found(stated.web.started.server, (stated.web.origin,))
    serving = [each for each in FRAMEWORKS if not each.also_client or each.name in entry.frameworks]
    sightings = ((framework.name, _sighting(sources, dependencies, framework)) for framework in serving)
    seen = {name: place for name, place in sightings if place}
    for name in sorted(dict.fromkeys((*entry.frameworks, *seen)), key=UNDERLYING.__contains__):
        optional = name == "django" and entry.chosen and seen.get(name, Origin()).reason.startswith("imports ")
        if name in seen and not optional:  # a library's support for Django's users is no project of Django's
            return Found(name, (seen[name],))
    if entry.chosen:
        return Found("none", entry.chosen.origins[:1])
    return Found("none", (Origin(reason="no web framework is declared or imported"),))


def _sighting(sources: Sources, dependencies: Declared, framework: Framework) -> Origin | None:
    """Where a framework is declared, or imported by code that isn't aside."""
    for distribution in framework.distributions:
        if required := dependencies.requirements.named(distribution):
            return Origin(required.origin.path, required.origin.line, distribution)
    if framework.module not in INSTALLED and f"{framework.module}.py" in sources:
        return None  # the project's own `web.py`
    pattern = re.compile(rf"^\s*(?:import|from)\s+{framework.module}\b".encode(), re.MULTILINE)
    importing = frozenset(sources.importing((framework.module,)))
    path = next(sources.mentioning(pattern, importing), None)
    if path is None:
        return None
    return Origin(
        path, sources.line_of(path, rf"^\s*(import|from)\s+{framework.module}\b"), f"imports {framework.module}"
    )
