"""How does Granian serve? WSGI and ASGI on a server written in Rust."""

from kubeship.config.server import Launch, Numbers, Pin, Server
from kubeship.planning.servers.factories import plain_factory
from kubeship.planning.servers.numbers import THREADED


def _command(launch: Launch) -> list[str]:
    """Sources: github.com/emmett-framework/granian, README; granian --help."""
    return [
        "granian",
        *("--interface", launch.interface),
        *("--host", "0.0.0.0"),  # noqa: S104  # the pod's own address
        *("--port", str(launch.port)),
        *("--workers", str(launch.workers)),
        # Threads that run Python; ASGI has one, the event loop's.
        *(("--blocking-threads", str(launch.threads)) if launch.interface == "wsgi" else ()),
        *("--workers-kill-timeout", str(launch.timeout)),
        "--access-log",
        *launch.options,
        *(("--factory",) if plain_factory("granian", launch) else ()),
        launch.target,
    ]


GRANIAN = Server(
    name="granian",
    numbers={
        "wsgi": THREADED,
        # A worker that fails isn't started again unless asked, so one is as good as two: the pod is.
        "asgi": Numbers(workers=1, threads=1, reason="one event loop a pod; replicas add more"),
    },
    command=_command,
    pins=(Pin("granian", {"3.10": "2.8.7", "3.9": "2.5.7", "3.8": "1.6.4"}),),
    streams=True,
)
