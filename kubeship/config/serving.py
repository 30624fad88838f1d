"""How is the app that a project states served: by which server, with how many workers, in how many pods?"""

from collections.abc import Mapping
from dataclasses import dataclass

from kubeship.config.server import Numbers, Server
from kubeship.model.origin import Origin
from kubeship.model.project import ProcessFound, Project

WEB_REPLICAS = 2
STREAMS = ("server-sent-events", "websockets")
STREAM_THREADS = 100
"""An open stream holds a thread for as long as it lasts (flask-socketio.readthedocs.io/en/latest/deployment.html)."""
SESSIONS = frozenset(
    (
        "bokeh",
        "chainlit",
        "flet",
        "gradio",
        "marimo",
        "nicegui",
        "panel",
        "reflex",
        "shiny",
        "solara",
        "streamlit",
        "voila",
    )
)
"""Frameworks whose pages live in the server: another pod doesn't know them. Sources: each one's pages on deployment
with replicas (docs.streamlit.io, panel.holoviz.org, nicegui.io, ...)."""
GREENLETS = ("gevent",)
"""Worker classes of gunicorn for many open connections, by the distribution that they need."""


@dataclass(frozen=True)
class Serving:
    """The server of a process, with numbers and their reasons."""

    server: Server
    server_origins: tuple[Origin, ...]
    numbers: Numbers
    worker_class: str | None = None


def serving(process: ProcessFound, project: Project, servers: Mapping[str, Server]) -> Serving | None:
    """None where no server can be given an object: a program that serves itself, a worker."""
    entrypoint = process.entrypoint or ""
    if process.interface not in {"wsgi", "asgi"} or not (":" in entrypoint or entrypoint.endswith(".ini")):
        return None
    if entrypoint.endswith(".ini"):
        # PasteDeploy's files are for servers that load them, as gunicorn does.
        return _served(process, project, servers.get("gunicorn"), ())
    return _served(process, project, *_server(process, project, servers))


def _served(
    process: ProcessFound, project: Project, server: Server | None, origins: tuple[Origin, ...]
) -> Serving | None:
    if server is None or process.interface not in server.numbers:
        return None
    return Serving(server, origins, _numbers(process, project, server), _worker_class(server, process, project))


def replicas(process: ProcessFound, project: Project) -> tuple[int, Origin]:
    """How many pods: one where the app keeps in memory what another pod would have to know."""
    alone = _alone(project)
    if alone and process.kind == "web":
        return 1, Origin(alone.path, alone.line, f"one pod: {alone.reason} lives in the process")
    if (exporter := _traits(project).get("exporter")) and process.interface == "own-server":
        return 1, Origin(exporter.path, exporter.line, "one pod: two would measure everything twice")
    return WEB_REPLICAS, Origin(reason="one may go while the other serves")


def sticky(process: ProcessFound, project: Project) -> Origin | None:
    """Why a client has to stay with its pod; None where any pod can answer it."""
    framework = project.framework
    if process.kind != "web" or process.interface != "own-server" or framework.value not in SESSIONS:
        return None
    return Origin(framework.origin.path, None, f"{framework.value} keeps each visitor's session in the process")


def needs_websockets(project: Project) -> bool:
    """Whether the app answers WebSockets."""
    return "websockets" in _traits(project)


def _server(
    process: ProcessFound, project: Project, servers: Mapping[str, Server]
) -> tuple[Server | None, tuple[Origin, ...]]:
    """What is stated; else what the project brings; else the interface's own."""
    fitting = [server for server in servers.values() if process.interface in server.numbers]
    named = next((server for server in fitting if server.name == process.server), None)
    default = named or (fitting[0] if fitting else None)
    if default is None or (named and process.command):
        return default, ()
    if default.distribution in project.distributions:
        return default, ()
    brought = next((server for server in fitting if server.distribution in project.distributions), None)
    if brought:
        return brought, (Origin(reason=f"the project brings {brought.distribution}"),)
    if process.interface == "asgi" and named is None:
        default = next((server for server in fitting if server.name == "uvicorn"), default)
    return default, ()


def _numbers(process: ProcessFound, project: Project, server: Server) -> Numbers:
    traits = _traits(project)
    numbers = server.numbers[process.interface]
    streams = server.streams and process.interface == "wsgi" and any(name in traits for name in STREAMS)
    threads = STREAM_THREADS if streams else numbers.threads
    if alone := _alone(project):
        threads = max(threads, 2 * numbers.threads) if process.interface == "wsgi" else threads
        return Numbers(1, threads, f"one worker: {alone.reason} in {alone.path} lives in the process")
    if streams:
        return Numbers(numbers.workers, threads, f"an open stream holds a thread ({traits[_stream(traits)]})")
    return numbers


def _stream(traits: Mapping[str, Origin]) -> str:
    return next(name for name in STREAMS if name in traits)


def _worker_class(server: Server, process: ProcessFound, project: Project) -> str | None:
    """gunicorn's greenlets, where the app holds connections open and the project brings them."""
    traits = _traits(project)
    if server.name != "gunicorn" or process.interface != "wsgi" or not any(name in traits for name in STREAMS):
        return None
    return next((name for name in GREENLETS if name in project.distributions), None)


def _alone(project: Project) -> Origin | None:
    traits = _traits(project)
    return traits.get("single-worker") or traits.get("sticky-sessions")


def _traits(project: Project) -> dict[str, Origin]:
    return {trait.value: trait.origin for trait in project.traits}
