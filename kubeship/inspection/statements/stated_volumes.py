"""Which folders do images and compose files keep outside of the container, and is data kept in a SQLite file?"""

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kubeship.inspection.files.dockerfiles import deployed_dockerfiles, read_dockerfile
from kubeship.inspection.files.documents import listed
from kubeship.inspection.files.sources import Sources, folder_of, is_aside
from kubeship.inspection.statements.compose_builds import built_services, dockerfile_of, is_compose
from kubeship.inspection.statements.compose_files import FOR_DEVELOPERS
from kubeship.inspection.statements.image_files import workdir
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Warned

NO_DATA = re.compile(
    r"(^|/)(\.venv|venv|node_modules|\.cache|docker\.sock|__pycache__|localtime|certs?|ssl)(/|$)|^/(proc|sys|dev)"
)
"""Mounts that hold nothing of the app's own."""
SQLITE = re.compile(rb"[\"'](sqlite(?:\+\w+)?:///(?!:memory:)[^\"'\s{}%]*[^\"'\s{}%:/])[\"']")
DATABASES = frozenset({"mysql", "postgres", "mssql", "oracle"})


def stated_volumes(sources: Sources, folder: str) -> tuple[Found[str], ...]:
    """What VOLUME lines and compose files mount; relative to where the image's processes start, if below it."""
    found: dict[str, list[Origin]] = {}
    start = "/"
    for path in deployed_dockerfiles(sources, folder)[:1]:
        file = read_dockerfile(sources, path)
        start = workdir(file)
        for instruction in file.final:
            if instruction.name == "VOLUME":
                for place in _listed(instruction.text):
                    found.setdefault(_relative(place, start), []).append(Origin(path, instruction.line, "VOLUME"))
    for place, origin in _mounted(sources, deployed_dockerfiles(sources, folder)):
        found.setdefault(_relative(place, start), []).append(origin)
    return tuple(Found(place, tuple(dict.fromkeys(origins))) for place, origins in sorted(found.items()))


def merged(*groups: tuple[Found[str], ...]) -> tuple[Found[str], ...]:
    """One finding for each value, with all its origins, sorted."""
    found: dict[str, list[Origin]] = {}
    for each in (each for group in groups for each in group):
        found.setdefault(each.value, []).extend(each.origins)
    return tuple(Found(value, tuple(dict.fromkeys(origins))) for value, origins in sorted(found.items()))


def sqlite(sources: Sources, engines: Mapping[str, Origin], services: frozenset[str]) -> tuple[Found[str], ...]:
    """The trait `sqlite`, where the code names a database in a file and the project needs no database server."""
    if services & DATABASES:
        return ()
    origins = [engines["sqlite3"]] if set(engines) == {"sqlite3"} else []
    for path in sources.mentioning(SQLITE, words=(b"sqlite",)):
        if match := SQLITE.search(sources.content(path)):
            line = sources.content(path).count(b"\n", 0, match.start()) + 1
            origins.append(Origin(path, line, match[1].decode(errors="replace")))
    return (Found("sqlite", tuple(origins)[:3]),) if origins else ()


def kept_in_file(traits: tuple[Found[str], ...]) -> tuple[Warned, ...]:
    """What a SQLite file means for pods."""
    message = (
        "the database is a SQLite file: it goes with the pod unless it lies on a volume, and only one pod may use it; "
        "set replicas to 1, or use a database server"
    )
    return tuple(Warned(message, each.origin) for each in traits if each.value == "sqlite")


def _listed(text: str) -> list[str]:
    try:
        words = json.loads(text) if text.startswith("[") else text.split()
    except ValueError:
        words = []
    return [str(word) for word in words if str(word).startswith("/") and "$" not in str(word)]


def _relative(place: str, start: str) -> str:
    place = posixpath.normpath(place)
    inside = start != "/" and place.startswith(f"{start}/")
    return posixpath.relpath(place, start) if inside else place


def _mounted(sources: Sources, dockerfiles: tuple[str, ...]) -> Iterator[tuple[str, Origin]]:
    """Named volumes, and folders beside the code, of the services that are built with one of these Dockerfiles."""
    for path in sources.other_files:
        if not is_compose(sources, path) or is_aside(path) or path.count("/") > 2 or FOR_DEVELOPERS.search(path):
            continue
        for name, service, lines in built_services(sources, path):
            own = dockerfile_of(sources, path, service["build"]) in dockerfiles
            if own and not FOR_DEVELOPERS.search(name):
                at = lines.get(("services", name, "volumes")) or lines.get(("services", name))
                for mount in listed(service.get("volumes")):
                    if place := _kept(sources, path, mount):
                        yield place, Origin(path, at, f"a volume of the service {name}")


def _kept(sources: Sources, path: str, mount: Any) -> str:
    """Where a mount that may hold data lies; empty for code, configuration and caches."""
    if isinstance(mount, dict):
        source, place, mode = str(mount.get("source", "")), str(mount.get("target", "")), mount.get("read_only")
    else:
        source, _, rest = str(mount).partition(":")
        place, _, options = rest.partition(":")
        mode = "ro" in options.split(",")
    if not place.startswith("/") or "$" in place or mode or NO_DATA.search(place) or NO_DATA.search(source):
        return ""
    if source.startswith((".", "/", "~", "$")):
        inside = posixpath.normpath(posixpath.join(folder_of(path), source))
        known = inside in sources or any(file.startswith(f"{inside}/") for file in sources.code)
        outside = source.startswith(("/", "~", "$")) or inside.startswith("..")
        if inside == "." or known or outside or "." in posixpath.basename(place):
            return ""
    return place
