"""How does Daphne serve? ASGI on one event loop, without workers; Channels' own server."""

from kubeship.config.server import Launch, Pin, Server
from kubeship.planning.servers.factories import no_factory
from kubeship.planning.servers.numbers import EVENT_LOOP


def _command(launch: Launch) -> list[str]:
    """Sources: github.com/django/daphne, README; daphne --help."""
    return [
        "daphne",
        *("--bind", "0.0.0.0"),  # noqa: S104  # the pod's own address
        *("--port", str(launch.port)),
        *("--access-log", "-"),
        "--proxy-headers",
        *launch.options,
        no_factory("daphne", launch),
    ]


DAPHNE = Server(
    name="daphne",
    numbers={"asgi": EVENT_LOOP},
    command=_command,
    pins=(Pin("daphne", {"3.9": "4.2.3", "3.8": "4.1.2"}),),
    # SIGTERM stops Twisted's reactor, and running applications with it (daphne/server.py, kill_all_applications).
    drains=False,
)
