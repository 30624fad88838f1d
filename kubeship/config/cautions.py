"""What should a person look at after init, because no code says it?"""

import re
from collections.abc import Mapping
from typing import Any

from kubeship.config.editing import KeyPath
from kubeship.config.file import ConfigFile
from kubeship.config.server import Server
from kubeship.config.serving import serving
from kubeship.config.variables import unset
from kubeship.model.events import Caution
from kubeship.model.project import ProcessFound, Project, Variable

ADDRESS = re.compile(
    r"(.*_)?(AMQP|DATABASE|DB|ELASTIC\w*|EMAIL|KAFKA|MAIL|MEMCACHED?|MONGO\w*|MYSQL|PG|POSTGRES\w*|RABBIT\w*|REDIS|SMTP|SQL)"
    r"_?(DB|HOST|HOSTNAME|NAME|PORT|SERVER|USER|USERNAME)"
)
"""Variables that hold one part of the address of a database, a queue or a mail server."""
HOST = re.compile(r"(HOST|HOSTNAME|SERVER)$")

FILE_SERVERS = frozenset({"django-storages", "dj-static", "servestatic", "whitenoise"})
"""Distributions with which an app serves its static files, or puts them where something else does."""

PROXY_HEADERS = {
    "granian": "granian.utils.proxies has wrap_asgi_with_proxy_headers and wrap_wsgi_with_proxy_headers for it",
    "hypercorn": "hypercorn.middleware has ProxyFixMiddleware for it",
}
"""Servers without an option to read X-Forwarded-Proto, and what an app can be wrapped in."""
READING_SERVERS = frozenset({"gunicorn", "uvicorn"})


def cautions(
    project: Project,
    host: str | None,
    existing: ConfigFile | None,
    stated: Mapping[KeyPath, Any],
    servers: Mapping[str, Server],
) -> tuple[Caution, ...]:
    """Variables without a value, hosts that the app itself must allow, a web process that no probe can ask, files.

    `stated` is what is set in this run; `servers` are those that kubeship knows.
    """

    def has_value(variable: Variable) -> bool:
        set_before = existing is not None and existing.value(f"variables.{variable.name}") is not None
        return set_before or ("variables", variable.name) in stated

    missing = tuple(_missing(variable) for variable in unset(project) if not has_value(variable))
    missing += _unplaced(tuple(variable for variable in project.variables if not has_value(variable)), project)
    asked = (p for p in project.processes if p.kind == "web" and project.framework.value != "grpc")
    missing += tuple(_unasked(process) for process in asked if not _has_health(process, existing, stated))
    started = (process for process in project.processes if not _has_command(process, existing, stated))
    missing += tuple(caution for process in started for caution in _without_server(process, project, servers))
    missing += _unserved(project, existing, stated)
    missing += tuple(caution for process in project.processes for caution in _takes_https_for_http(process, project))
    allowed = next((each for each in project.variables if each.name.endswith("ALLOWED_HOSTS")), None)
    if host is None or allowed is None or has_value(allowed):
        return missing
    return (
        *missing,
        Caution(
            f"the app answers only for the hosts in {allowed.name}, and kubeship leaves that to you",
            hint=f"set variables.{allowed.name} in kubeship.yaml to {host}",
        ),
    )


def _has_health(process: ProcessFound, existing: ConfigFile | None, stated: Mapping[KeyPath, Any]) -> bool:
    set_before = existing is not None and existing.value(f"processes.{process.name}.health") is not None
    return process.health is not None or set_before or any(p[:3] == _health(process) for p in stated)


def _health(process: ProcessFound) -> KeyPath:
    return ("processes", process.name, "health")


def _unasked(process: ProcessFound) -> Caution:
    return Caution(
        f"no health route was found for {process.name}: once started, it is only asked whether its port is open",
        hint="add a route that answers 200 without login or database, then set "
        f"{'.'.join(_health(process))}.path in kubeship.yaml",
    )


def _has_command(process: ProcessFound, existing: ConfigFile | None, stated: Mapping[KeyPath, Any]) -> bool:
    set_before = existing is not None and existing.value(f"processes.{process.name}.command") is not None
    return set_before or any(("processes", process.name, key) in stated for key in ("command", "server"))


def _without_server(process: ProcessFound, project: Project, servers: Mapping[str, Server]) -> tuple[Caution, ...]:
    """kubeship adds nothing to a Dockerfile of the project's own, and no file says that this one has the server."""
    served, own = serving(process, project, servers), project.dockerfile
    if own is None or served is None or process.command or served.server.distribution in project.distributions:
        return ()
    name = served.server.name
    return (
        Caution(
            f"{process.name} is to run under {name}, and no dependency file says that the image of {own.value} has it",
            hint=f"have {own.value} install {name}, or set processes.{process.name}.command in kubeship.yaml to what "
            "the image starts",
        ),
    )


def _unserved(project: Project, existing: ConfigFile | None, stated: Mapping[KeyPath, Any]) -> tuple[Caution, ...]:
    """Django serves static files only while it is developed (docs.djangoproject.com: howto/static-files/deployment)."""
    collected = next((step for step in project.build_steps if "collectstatic" in step.command), None)
    served = FILE_SERVERS & set(project.distributions)
    set_before = existing is not None and existing.value("static") is not None
    if collected is None or served or set_before or any(path[0] == "static" for path in stated):
        return ()
    return (
        Caution(
            "static files are collected, and nothing serves them: Django does so with DEBUG only",
            hint="add WhiteNoise to the app, or `static: {server: nginx, root: FOLDER}` to kubeship.yaml, FOLDER being "
            "where STATIC_ROOT is",
        ),
    )


def _takes_https_for_http(process: ProcessFound, project: Project) -> tuple[Caution, ...]:
    """Django reads the header by its own setting (docs.djangoproject.com: SECURE_PROXY_SSL_HEADER)."""
    brought = set(project.distributions)
    name = next(
        (
            each
            for each in PROXY_HEADERS
            if each == process.server or (each in brought and not brought & READING_SERVERS)
        ),
        None,
    )
    if name is None or process.interface not in {"wsgi", "asgi"} or project.framework.value == "django":
        return ()
    return (
        Caution(
            f"{name} doesn't read X-Forwarded-Proto: behind an Ingress with TLS, {process.name} takes https for http",
            hint=f"if the app makes addresses or redirects, wrap it: {PROXY_HEADERS[name]}",
        ),
    )


def _unplaced(variables: tuple[Variable, ...], project: Project) -> tuple[Caution, ...]:
    """Parts of a backing service's address that are read without a default: the app starts, and finds nothing."""
    parts = [v for v in variables if v.default is None and not (v.required or v.secret) and ADDRESS.fullmatch(v.name)]
    if not project.services or not any(HOST.search(variable.name) for variable in parts):
        return ()
    names = ", ".join(sorted(variable.name for variable in parts))
    return (
        Caution(
            f"the app reads {names} ({parts[0].origins[0]}), and nothing says where its services are",
            hint="set those that it needs under variables in kubeship.yaml",
        ),
    )


def _missing(variable: Variable) -> Caution:
    place = f" (read in {variable.origins[0]})" if variable.origins else ""
    return Caution(
        f"the app needs {variable.name}{place}, and nothing says which value it has",
        hint=f"set variables.{variable.name} in kubeship.yaml",
    )
