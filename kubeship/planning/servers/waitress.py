"""How does Waitress serve? WSGI in one process with threads, without a compiler."""

from kubeship.config.server import Launch, Pin, Server
from kubeship.planning.servers.factories import plain_factory
from kubeship.planning.servers.numbers import KEEP_ALIVE, ONE_PROCESS

STOP_AS_FOR_CTRL_C = (
    "import signal; from waitress.runner import run; signal.signal(signal.SIGTERM, signal.default_int_handler); run()"
)
"""waitress-serve ends at once on SIGTERM, and as the first process of a container not at all; on Ctrl-C it finishes
what runs, for 5 s (waitress/server.py, run; waitress/task.py, ThreadedTaskDispatcher.shutdown)."""


def _command(launch: Launch) -> list[str]:
    """Sources: docs.pylonsproject.org/projects/waitress/en/stable/runner.html and arguments.html."""
    return [
        *("python", "-c", STOP_AS_FOR_CTRL_C),
        f"--listen=0.0.0.0:{launch.port}",
        f"--threads={launch.threads}",
        f"--channel-timeout={max(KEEP_ALIVE, launch.timeout)}",
        "--trusted-proxy=*",
        "--trusted-proxy-headers=x-forwarded-for x-forwarded-host x-forwarded-proto",
        "--clear-untrusted-proxy-headers",
        *launch.options,
        *(("--call",) if plain_factory("waitress", launch) else ()),
        launch.target,
    ]


WAITRESS = Server(
    name="waitress",
    numbers={"wsgi": ONE_PROCESS},
    command=_command,
    pins=(Pin("waitress", {"3.9": "3.0.2", "3.8": "3.0.0"}),),
    drains=False,
)
