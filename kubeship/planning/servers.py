"""Which servers does kubeship know, which version does it pin, and with which numbers do they start?"""

from collections.abc import Mapping
from types import MappingProxyType

from kubeship.config.server import Server

SERVERS: Mapping[str, Server] = MappingProxyType(
    {
        # gunicorn 27.0.1 needs Python 3.10 or newer (its metadata). Two workers survive the death of one; threads wait
        # for the database together (docs.gunicorn.org/en/stable/design.html#how-many-workers: more pods, not workers).
        "gunicorn": Server(
            name="gunicorn",
            distribution="gunicorn",
            version="27.0.1",
            interface="wsgi",
            workers=2,
            threads=4,
            timeout=30,
            reason="2 workers x 4 threads: I/O-bound, 250m CPU",
        ),
    }
)


def gunicorn(
    entrypoint: str, *, port: int, workers: int, threads: int, timeout: int, control_socket: bool
) -> list[str]:
    """gunicorn's command line in exec form; `control_socket`: whether its version may be older than 25.1.

    The control socket, new in 25.1, wants to write into HOME; older versions don't know the option that disables it.
    """
    return [
        "gunicorn",
        *("--bind", f"0.0.0.0:{port}"),
        *("--workers", str(workers)),
        *("--threads", str(threads)),
        *("--timeout", str(timeout)),
        *("--graceful-timeout", str(timeout)),
        # Heartbeats in memory: on a disk they block (docs.gunicorn.org/en/stable/faq.html: excessive blocking).
        *("--worker-tmp-dir", "/dev/shm"),  # noqa: S108  # every container has its own
        *("--access-logfile", "-"),
        # TLS ends at the Ingress, whose address changes; only the cluster reaches the pod.
        *("--forwarded-allow-ips", "*"),
        *(() if control_socket else ("--no-control-socket",)),
        entrypoint,
    ]
