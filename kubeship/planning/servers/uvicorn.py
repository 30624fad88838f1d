"""How does uvicorn serve? ASGI on one event loop a worker; what serves ASGI where the project states nothing.

It is what the frameworks' own documentation starts with (fastapi.tiangolo.com/deployment/manually,
www.starlette.io/#example, docs.djangoproject.com/en/stable/howto/deployment/asgi/uvicorn).
"""

from kubeship.config.server import Launch, Pin, Server
from kubeship.planning.servers.factories import plain_factory
from kubeship.planning.servers.numbers import EVENT_LOOP, KEEP_ALIVE

UVICORN_PIN = Pin("uvicorn", {"3.10": "0.54.0", "3.9": "0.39.0", "3.8": "0.33.0"})
SPEED = (
    Pin("httptools", {"3.9": "0.9.0", "3.8": "0.6.4"}),
    Pin("uvloop", {"3.9": "0.23.0", "3.8": "0.21.0"}),
)
"""Of `uvicorn[standard]` what serves; the others (watchfiles, python-dotenv, PyYAML, colorama) are for developing."""
WEBSOCKETS = (
    Pin("websockets", {"3.11": "17.4", "3.10": "16.1.1", "3.9": "15.0.1", "3.8": "13.1"}),
    Pin("wsproto", {"3.10": "1.3.2", "3.8": "1.2.0"}),
)
"""Without one of them uvicorn answers a WebSocket's handshake with 400 (www.uvicorn.org/#quickstart)."""


def _command(launch: Launch) -> list[str]:
    """Sources: www.uvicorn.org/settings."""
    return [
        "uvicorn",
        *("--host", "0.0.0.0"),  # noqa: S104  # the pod's own address
        *("--port", str(launch.port)),
        *("--workers", str(launch.workers)),
        # New in 0.22; an older one waits for requests until it is killed.
        *(() if launch.is_older("0.22") else ("--timeout-graceful-shutdown", str(launch.timeout))),
        *("--timeout-keep-alive", str(KEEP_ALIVE)),
        # TLS ends at the Ingress, whose address changes; only the cluster reaches the pod.
        *("--proxy-headers", "--forwarded-allow-ips", "*"),
        *launch.options,
        *(("--factory",) if plain_factory("uvicorn", launch) else ()),
        launch.target,
    ]


UVICORN = Server(
    name="uvicorn",
    numbers={"asgi": EVENT_LOOP},
    command=_command,
    pins=(UVICORN_PIN,),
    companions=SPEED,
    websocket_pins=WEBSOCKETS,
)
