"""Which server stands in front of the app in its pod, to serve static files, and with which numbers?"""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kubeship.config.quantities import kilobytes
from kubeship.config.schema import Configuration
from kubeship.model.plan import StaticFolder, StaticPlan
from kubeship.planning.servers.numbers import KEEP_ALIVE
from kubeship.planning.stopping import request_seconds

FOLDER = "/etc/kubeship"
"""Where its configuration is mounted."""
PORTS = (8080, 8081)
"""The first that isn't the app's own; above 1023, which an ordinary user may listen on."""
READ_SECONDS = 60
"""How long the app may be silent at least: a WebSocket's or an event stream's pauses are no failure."""
CPU, MEMORY = "25m", "64Mi"


@dataclass(frozen=True)
class StaticServer:
    """A server of Debian's that runs without root on a read-only filesystem."""

    packages: tuple[str, ...]
    command: tuple[str, ...]
    """`{file}` stands for its configuration."""
    file: str


# Sources: nginx.org/en/docs/switches.html; httpd.apache.org/docs/2.4/programs/httpd.html; lighttpd(8).
# One image: the app's own gets the package. A second image would be a second pin to refresh, and files and app could
# be of two versions during a rollout.
SERVERS: Mapping[str, StaticServer] = MappingProxyType(
    {
        "apache": StaticServer(
            ("apache2-bin", "media-types"), ("apache2", "-DFOREGROUND", "-f", "{file}"), "apache.conf"
        ),
        "lighttpd": StaticServer(
            ("lighttpd", "lighttpd-mod-deflate", "media-types"), ("lighttpd", "-D", "-f", "{file}"), "lighttpd.conf"
        ),
        "nginx": StaticServer(("nginx",), ("nginx", "-e", "stderr", "-c", "{file}"), "nginx.conf"),
    }
)


def front_process(configuration: Configuration) -> str | None:
    """The web process that the server stands in front of; None without a server."""
    if configuration.static is None:
        return None
    return next((name for name, process in configuration.processes.items() if process.kind == "web"), None)


def static_packages(configuration: Configuration) -> tuple[str, ...]:
    """Debian packages for the image that runs."""
    return SERVERS[configuration.static.server].packages if configuration.static else ()


def static_server(configuration: Configuration) -> StaticPlan | None:
    """The server, in front of the first web process."""
    name = front_process(configuration)
    stated = configuration.static
    if stated is None or name is None:
        return None
    process = configuration.processes[name]
    assert process.port is not None
    server = SERVERS[stated.server]
    file = posixpath.join(FOLDER, server.file)
    folders = [StaticFolder(_url(stated.url), _inside(stated.root), hashed=True)]
    if stated.media:
        folders.append(StaticFolder(_url(stated.media.url), _inside(stated.media.root), hashed=False))
    seconds = request_seconds(process)
    return StaticPlan(
        server=stated.server,
        command=tuple(word.format(file=file) for word in server.command),
        file=file,
        folders=tuple(folders),
        port=next(port for port in PORTS if port != process.port),
        upstream=process.port,
        timeout=seconds,
        read_timeout=max(READ_SECONDS, seconds + 5),
        keep_alive=KEEP_ALIVE,
        body_kilobytes=kilobytes(stated.body),
        cpu=CPU,
        memory=MEMORY,
    )


def _url(route: str) -> str:
    return route.rstrip("/") + "/"


def _inside(folder: str) -> str:
    """In the image the project is /app."""
    return posixpath.normpath(posixpath.join("/app", folder)) + "/"
