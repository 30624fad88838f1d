"""Which files are compose's, which services do they build, from which folder, and by which Dockerfile?"""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from kubeship.inspection.files.documents import Lines, is_kubeships, read_yaml, table
from kubeship.inspection.files.sources import Sources, folder_of

FILE = re.compile(r"(?i)(.*/)?([\w.-]*compose[\w.-]*|stack|swarm)\.ya?ml|(.*/)?(docker[-_]?)?compose/[\w.-]+\.ya?ml")
SERVICES = re.compile(rb"(?m)^services:[ \t]*\r?\n(?:[ \t]*(?:#.*)?\r?\n)*[ \t]+[\w.-]+:[ \t]*(?:&\w+)?\r?\n")
"""How a compose file of any name begins to say what it runs: `docker compose -f shop.yml`."""


def is_compose(sources: Sources, path: str) -> bool:
    """Whether the file is one of compose: by its name, or at the top by its content. kubeship's own isn't."""
    at_top = "/" not in path and path.endswith((".yml", ".yaml"))
    named = FILE.fullmatch(path) or (at_top and SERVICES.search(sources.content(path)))
    return bool(named) and not is_kubeships(sources, path)


def built_services(sources: Sources, path: str) -> Iterator[tuple[str, dict[str, Any], Lines]]:
    """(name, service, lines of the file) of what the compose file at `path` builds."""
    document, lines = read_yaml(sources, path)
    for name, service in table(document, "services").items():
        if isinstance(service, dict) and service.get("build"):
            yield str(name), service, lines


def dockerfile_of(sources: Sources, path: str, build: object) -> str | None:
    """The Dockerfile that a service of the compose file at `path` is built with."""
    context = build_context(path, build) or "."
    stated = build.get("dockerfile") if isinstance(build, dict) else None
    for name in (stated,) if isinstance(stated, str) else ("Dockerfile", "Containerfile"):
        for base in dict.fromkeys((context, folder_of(path), ".")):
            found = posixpath.normpath(posixpath.join(base, name))
            if found in sources:
                return found
    return None


def build_context(path: str, build: object) -> str | None:
    """The folder, relative to the project; None where it is elsewhere or written with variables."""
    stated = build.get("context", ".") if isinstance(build, dict) else build
    if not isinstance(stated, str) or "://" in stated or "$" in stated:
        return None
    return posixpath.normpath(posixpath.join(folder_of(path), stated))


def is_outside(sources: Sources, path: str, build: object) -> bool:
    """Built from a folder that isn't there, or that holds no Python: another program's image."""
    context = build_context(path, build)
    return context is not None and not context.startswith("..") and context not in sources.python_folders


def is_of_another(sources: Sources, path: str, build: object) -> bool:
    """Whether the service is built from another project of the repository."""
    context = build_context(path, build)
    return context is not None and sources.is_left_out(context)
