"""How does uWSGI serve? WSGI in processes with threads, every one of them speaking HTTP itself."""

from kubeship.config.server import Launch, Pin, Server
from kubeship.planning.servers.factories import plain_factory
from kubeship.planning.servers.numbers import THREADED


def _command(launch: Launch) -> list[str]:
    """Sources: uwsgi-docs.readthedocs.io/en/latest: ThingsToKnow.html, Options.html, Hooks.html, MasterFIFO.html.

    `--http` would put a router process in between, which ends with the connections that it holds.
    """
    plain_factory("uwsgi", launch)
    return [
        "uwsgi",
        *("--http-socket", f"0.0.0.0:{launch.port}"),
        *("--module", launch.entrypoint),
        "--master",
        *("--processes", str(launch.workers)),
        *("--threads", str(launch.threads)),
        "--enable-threads",
        "--need-app",
        "--strict",
        "--single-interpreter",
        # SIGTERM reloads by default; and with --die-on-term it cuts running requests off.
        *("--hook-master-start", "unix_signal:15 gracefully_kill_them_all"),
        *("--worker-reload-mercy", str(launch.timeout)),
        *("--harakiri", str(launch.timeout)),
        *("--buffer-size", "8192"),
        # Twice what a chunked body may take without the app reading it, in memory: the root filesystem is read-only.
        *("--http-timeout", str(launch.timeout)),
        *launch.options,
    ]


UWSGI = Server(
    name="uwsgi",
    numbers={"wsgi": THREADED},
    command=_command,
    pins=(Pin("uwsgi", {"3.8": "2.0.31"}),),
    streams=True,
    build_packages=("gcc", "libc6-dev"),
)
