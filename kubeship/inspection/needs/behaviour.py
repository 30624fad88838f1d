"""What does the web app do that decides about its server, its workers and its sessions? Notes with their places."""

import re
from dataclasses import dataclass

from kubeship.inspection.files.sources import Sources
from kubeship.model.origin import Found, Origin


@dataclass(frozen=True)
class Trait:
    """Something that a deployment must allow for, and by what it shows in code."""

    name: str
    modules: frozenset[str]
    """Top-level imports; one of them must be there."""
    pattern: re.Pattern[bytes]
    """What must stand in such a file."""


def _any(*modules: str) -> frozenset[str]:
    return frozenset(modules)


# Sources: "Deploying" and "Using multiple workers" in Flask-SocketIO's and python-socketio's documentation (sticky
# sessions), Starlette's "WebSockets" and sse-starlette's README, APScheduler's FAQ ("How do I share a single job store
# among one or more worker processes?": don't), Flask-Session's "Configuration".
TRAITS = (
    Trait(
        "server-sent-events",
        _any("sse_starlette", "flask_sse", "aiohttp_sse", "django_eventstream"),
        re.compile(rb"sse|eventstream"),
    ),
    Trait(
        "server-sent-events",
        _any("aiohttp", "bottle", "django", "falcon", "fastapi", "flask", "litestar", "quart", "sanic", "starlette"),
        re.compile(rb"[\"']text/event-stream"),
    ),
    Trait(
        "single-worker",
        _any("apscheduler", "flask_apscheduler", "fastapi_utils"),
        re.compile(rb"\b(BackgroundScheduler|AsyncIOScheduler|GeventScheduler|APScheduler|repeat_every)\b"),
    ),
    Trait("sticky-sessions", _any("flask_socketio", "socketio"), re.compile(rb"\b(SocketIO|AsyncServer|Server)\(")),
    Trait("sticky-sessions", _any("flask_session"), re.compile(rb"SESSION_TYPE.{0,12}[\"']filesystem")),
    Trait(
        "websockets",
        _any("channels", "flask_sock", "flask_sockets", "geventwebsocket"),
        re.compile(rb"(?m)^\s*(from|import) .*"),
    ),
    Trait("websockets", _any("flask_socketio", "socketio"), re.compile(rb"\b(SocketIO|AsyncServer|Server|ASGIApp)\(")),
    Trait(
        "websockets",
        _any("aiohttp", "fastapi", "litestar", "quart", "sanic", "starlette", "tornado"),
        re.compile(rb"@[\w.]*websocket(_route)?\(|\b(WebSocketRoute|WebSocketResponse|WebSocketHandler)\b"),
    ),
)


def traits(sources: Sources) -> tuple[Found[str], ...]:
    """The traits that the code shows, by name, each with the first places."""
    found: dict[str, list[Origin]] = {}
    for trait in TRAITS:
        for path in sources.importing(trait.modules):
            match = trait.pattern.search(sources.content(path))
            if match and len(found.get(trait.name, ())) < 3:
                line = sources.content(path).count(b"\n", 0, match.start()) + 1
                found.setdefault(trait.name, []).append(
                    Origin(path, line, match[0].decode(errors="replace").strip()[:40])
                )
    return tuple(Found(name, tuple(places)) for name, places in sorted(found.items()))
