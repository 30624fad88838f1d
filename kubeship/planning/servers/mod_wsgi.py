"""How does Apache serve? mod_wsgi-express starts Debian's own with daemon processes for the app."""

from kubeship.config.server import Launch, Pin, Server
from kubeship.planning.servers.factories import no_factory
from kubeship.planning.servers.numbers import KEEP_ALIVE, THREADED


def _command(launch: Launch) -> list[str]:
    """Sources: mod_wsgi-express start-server --help; modwsgi.readthedocs.io/en/master."""
    module, _, name = no_factory("mod_wsgi", launch).partition(":")
    return [
        *("mod_wsgi-express", "start-server"),
        *("--application-type", "module"),
        *("--callable-object", name or "application"),
        *("--host", "0.0.0.0"),  # noqa: S104  # the pod's own address
        *("--port", str(launch.port)),
        *("--processes", str(launch.workers)),
        *("--threads", str(launch.threads)),
        *("--request-timeout", str(launch.timeout)),
        *("--socket-timeout", str(launch.timeout)),
        *("--keep-alive-timeout", str(KEEP_ALIVE)),
        *("--trust-proxy-header", "X-Forwarded-For"),
        *("--trust-proxy-header", "X-Forwarded-Proto"),
        "--log-to-terminal",
        "--access-log",
        # Its generated configuration, sockets and locks: the root filesystem is read-only.
        *("--server-root", "/tmp/mod_wsgi"),  # noqa: S108  # every container has its own
        *launch.options,
        module,
    ]


MOD_WSGI = Server(
    name="mod_wsgi",
    numbers={"wsgi": THREADED},
    command=_command,
    pins=(Pin("mod-wsgi", {"3.10": "6.1.1", "3.8": "5.0.2"}),),
    # SIGTERM ends Apache at once (httpd.apache.org/docs/2.4/stopping.html); SIGWINCH, the graceful one, would be the
    # stop signal of the whole image, and so of the workers too.
    drains=False,
    streams=True,
    build_packages=("apache2-dev", "gcc", "libc6-dev"),
    runtime_packages=("apache2-bin",),
)
