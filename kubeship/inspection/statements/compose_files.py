"""What do compose files run of this project? Services that are built from it; other images are backing services."""

import posixpath
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kubeship.inspection.commands.server_lines import port_of
from kubeship.inspection.files.dockerfiles import read_dockerfile
from kubeship.inspection.files.documents import Lines, listed, read_yaml
from kubeship.inspection.files.sources import Sources, folder_of, is_aside
from kubeship.inspection.statements.compose_builds import (
    build_context,
    built_services,
    dockerfile_of,
    is_compose,
    is_of_another,
    is_outside,
)
from kubeship.inspection.statements.image_commands import image_command, variables_of
from kubeship.inspection.statements.image_files import image_of, workdir
from kubeship.inspection.statements.statement import COMPOSE, DEVELOPMENT, Image, Said
from kubeship.model.origin import Found, Origin

FOR_DEVELOPERS = re.compile(
    r"(?i)(^|[-_./])(dev|development|local|debug|tests?|testing|ci|override|e2e|devcontainer|browser|integration)([-_./]|$)"
)

OF_A_LAPTOP = re.compile(
    r"(?i)(\w+_)?((DEBUG|DEV|DEVELOPMENT|RELOAD)(_MODE)?=(1|on|true|yes)|(ENV|ENVIRONMENT|MODE|STAGE)=(dev\w*|local))"
)
"""What decides in a start script between a developer's server and the one of production."""


def compose_statements(sources: Sources) -> Iterator[Said]:
    """The commands of every compose file's services that are the project's."""
    for path in sorted(
        (p for p in sources.other_files if is_compose(sources, p)), key=lambda p: (p.count("/"), len(p), p)
    ):
        if is_aside(path) or path.count("/") > 3:
            continue
        document, lines = read_yaml(sources, path)
        services = document.get("services", document) if isinstance(document, dict) else {}
        if not isinstance(services, dict):
            continue
        built = {
            str(s["image"]): s["build"]
            for s in services.values()
            if isinstance(s, dict) and s.get("build") and s.get("image")
        }
        completed = {name for service in services.values() for name in _waited_for(service)}
        for name, service in services.items():
            if isinstance(service, dict) and isinstance(name, str):
                for said in _service(sources, path, name, _extended(services, service), built, lines):
                    yield replace(said, work="release") if name in completed else said


def built_for_others(sources: Sources) -> frozenset[str]:
    """The Dockerfiles that compose builds for other projects of the repository only, wherever they lie."""
    found: dict[str, bool] = {}
    for path in sources.other_files:
        compose = sources.has_others and is_compose(sources, path)
        for _, service, _ in built_services(sources, path) if compose else ():
            if dockerfile := dockerfile_of(sources, path, service["build"]):
                found[dockerfile] = found.get(dockerfile, True) and is_of_another(sources, path, service["build"])
    return frozenset(dockerfile for dockerfile, others in found.items() if others)


def published_port(sources: Sources) -> Found[int] | None:
    """What the one service publishes that compose builds from the project and leaves to its image what it runs."""
    found: dict[int, Origin] = {}
    for path in sources.other_files:
        if is_aside(path) or FOR_DEVELOPERS.search(path) or not is_compose(sources, path):
            continue
        for name, service, lines in built_services(sources, path):
            build = service["build"]
            if service.get("command") or is_outside(sources, path, build):
                continue
            if not is_of_another(sources, path, build) and (port := _port(service.get("ports"))):
                found.setdefault(port, Origin(path, lines.get(("services", name)), f"the service {name}"))
    return Found(*next((port, (origin,)) for port, origin in found.items())) if len(found) == 1 else None


def _waited_for(service: object) -> list[str]:
    """The services that must have ended well before this one starts: release steps."""
    needed = service.get("depends_on") if isinstance(service, dict) else None
    return [
        str(name)
        for name, how in (needed.items() if isinstance(needed, dict) else ())
        if isinstance(how, dict) and how.get("condition") == "service_completed_successfully"
    ]


def _extended(services: dict[str, Any], service: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    extends = service.get("extends")
    name = extends.get("service") if isinstance(extends, dict) and "file" not in extends else extends
    base = services.get(name) if isinstance(name, str) else None
    if not isinstance(base, dict) or depth > 5:
        return service
    return {**_extended(services, base, depth + 1), **{k: v for k, v in service.items() if k != "extends"}}


def _service(  # noqa: PLR0917  # one service, and what the file says around it
    sources: Sources,
    path: str,
    name: str,
    service: dict[str, Any],
    built: dict[str, Any],
    lines: Lines,
) -> Iterator[Said]:
    build, command, entrypoint = service.get("build"), service.get("command"), service.get("entrypoint")
    build = build or built.get(str(service.get("image")))  # the image that another service is built as
    foreign = not build
    if foreign and (not (command or entrypoint) or not service.get("image")):
        return
    image = Image(copied=_mounted(path, service), context=_context_of(sources, path))
    folder, variables, said_by_image = "/app", dict[str, str](), None
    dockerfile = dockerfile_of(sources, path, build) if build else None
    if build and ((dockerfile is None and is_outside(sources, path, build)) or is_of_another(sources, path, build)):
        return
    if build and (is_aside(f"{build_context(path, build) or '.'}/x.py") or _runs_what_lies_aside(path, service)):
        return  # an example, built beside the project or mounted into its image
    if dockerfile:
        read = read_dockerfile(sources, dockerfile)
        context = build_context(path, build)
        image = image_of(
            sources, read, context if context is not None and (context == "." or sources.has_folder(context)) else None
        )
        folder, variables = workdir(read), variables_of(read)
        said_by_image = image_command(read)
    folder = str(service.get("working_dir") or folder)
    given = _environment(service.get("environment"))
    variables = {
        **variables,
        **{name: given[name] for name in given if not OF_A_LAPTOP.fullmatch(f"{name}={given[name]}")},
    }
    words = [*_words(entrypoint), *_words(command)] if entrypoint else _words(command)
    if not words:
        return  # what the Dockerfile says is said there
    if said_by_image and not entrypoint and said_by_image.entrypoint:
        words = [*said_by_image.entrypoint, *words]
    line = (
        lines.get(("services", name, "command"))
        or lines.get(("services", name, "entrypoint"))
        or lines.get(("services", name))
    )
    profiles = listed(service.get("profiles"))
    target = build.get("target", "") if isinstance(build, dict) else ""
    labels = "/".join((path, name, *map(str, profiles), str(target)))
    yield Said(
        Origin(path, line, f"the service {name}"),
        COMPOSE + (DEVELOPMENT if FOR_DEVELOPERS.search(labels) else 0),
        words=tuple(words),
        name=name,
        folder=folder,
        variables=tuple(variables.items()),
        image=image,
        port=_port(service.get("ports")),
        foreign=foreign,
        stays=str(service.get("restart") or "no") != "no",
    )


def _mounted(path: str, service: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """(path in the container, path in the project) of what lies beside the file: `./shop:/app`, the innermost first."""
    found: list[tuple[str, str]] = []
    for volume in listed(service.get("volumes")):
        source, _, rest = volume.partition(":") if isinstance(volume, str) else ("", "", "")
        inside = posixpath.normpath(posixpath.join(folder_of(path), source))
        if source.startswith(".") and rest.startswith("/") and not inside.startswith(".."):
            found.append((rest.partition(":")[0], inside))
    return tuple(sorted(found, reverse=True))


def _words(command: object) -> list[str]:
    if isinstance(command, list):
        return [_plain(str(word)) for word in command]
    if not isinstance(command, str):
        return []
    try:
        return [_plain(word) for word in shlex.split(command)]
    except ValueError:
        return [_plain(word) for word in command.split()]


def _plain(word: str) -> str:
    """With compose's own `${NAME:-default}` put in, and `$$` as the container sees it."""
    return re.sub(r"(?<!\$)\$\{(\w+):?-([^}]*)\}", r"\2", word).replace("$$", "$")


def _runs_what_lies_aside(path: str, service: dict[str, Any]) -> bool:
    """Whether the service starts in an example that is mounted, or imports from one."""
    roots = {
        str(service.get("working_dir", "")),
        *_environment(service.get("environment")).get("PYTHONPATH", "").split(":"),
    }
    for volume in listed(service.get("volumes")):
        if isinstance(volume, dict):
            source, target = str(volume.get("source", "")), str(volume.get("target", ""))
        else:
            source, _, rest = str(volume).partition(":")
            target = rest.partition(":")[0]
        mounted = posixpath.normpath(posixpath.join(folder_of(path), source))
        if target and target in roots and source.startswith(".") and is_aside(f"{mounted}/x.py"):
            return True
    return False


def _context_of(sources: Sources, path: str) -> str:
    folder = folder_of(path)
    while folder != "." and not any(folder_of(file) == folder for file in sources.python_files):
        folder = folder_of(folder)
    return folder


def _environment(stated: object) -> dict[str, str]:
    if isinstance(stated, dict):
        pairs = [(str(k), "" if v is None else str(v)) for k, v in stated.items() if v is not None]
    elif isinstance(stated, list):
        pairs = [(k, v) for k, e, v in (str(item).partition("=") for item in stated) if e]
    else:
        pairs = []
    return {name: _plain(value) for name, value in pairs}


def _port(ports: object) -> int | None:
    """The port inside the container of the first published one."""
    for port in ports if isinstance(ports, list) else ():
        stated = port.get("target") if isinstance(port, dict) else port
        found = port_of(_plain(str(stated)).partition("/")[0])
        if found:
            return found
    return None
