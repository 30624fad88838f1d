"""How does gunicorn serve? WSGI with threads or greenlets, ASGI with uvicorn's worker."""

from kubeship.config.server import Launch, Numbers, Pin, Server
from kubeship.planning.servers.numbers import KEEP_ALIVE, THREADED
from kubeship.planning.servers.uvicorn import UVICORN_PIN, WEBSOCKETS

UVICORN_WORKER = "uvicorn_worker.UvicornWorker"
"""uvicorn's own uvicorn.workers is deprecated for it (www.uvicorn.org/deployment/#gunicorn)."""


def _command(launch: Launch) -> list[str]:
    """Sources: docs.gunicorn.org/en/stable/settings.html."""
    worker_class = launch.worker_class or (UVICORN_WORKER if launch.interface == "asgi" else None)
    threaded = worker_class in {None, "gthread"}
    return [
        "gunicorn",
        *("--bind", f"0.0.0.0:{launch.port}"),
        *("--workers", str(launch.workers)),
        *(("--worker-class", worker_class) if worker_class else ()),
        *(("--threads", str(launch.threads)) if threaded else ()),
        *("--timeout", str(launch.timeout)),
        *("--graceful-timeout", str(launch.timeout)),
        *("--keep-alive", str(KEEP_ALIVE)),
        # Heartbeats in memory: on a disk they block (docs.gunicorn.org/en/stable/faq.html: excessive blocking).
        *("--worker-tmp-dir", "/dev/shm"),  # noqa: S108  # every container has its own
        *("--access-logfile", "-"),
        # TLS ends at the Ingress, whose address changes; only the cluster reaches the pod.
        *("--forwarded-allow-ips", "*"),
        # New in 25.1, and wants to write into HOME; older versions don't know the option.
        *(("--no-control-socket",) if launch.is_newer("25.1") else ()),
        *launch.options,
        # A PasteDeploy file says which app it loads; its [server:main] gives way to the options above.
        *(("--paste",) if launch.entrypoint.partition("#")[0].endswith(".ini") else ()),
        launch.entrypoint,
    ]


GUNICORN = Server(
    name="gunicorn",
    numbers={
        "wsgi": THREADED,
        "asgi": Numbers(workers=2, threads=1, reason="2 workers: one serves while the other is started again"),
    },
    command=_command,
    pins=(Pin("gunicorn", {"3.10": "27.0.1", "3.8": "23.0.0"}),),
    # Removed in 26.0 (gunicorn/workers/__init__.py).
    worker_pins={"eventlet": Pin("gunicorn", {"3.10": "25.3.0", "3.8": "23.0.0"})},
    asgi_pins=(Pin("uvicorn-worker", {"3.9": "0.4.0", "3.8": "0.2.0"}), UVICORN_PIN),
    websocket_pins=WEBSOCKETS,
    streams=True,
)
