"""How does Hypercorn serve? ASGI on one event loop a worker, with HTTP/2."""

from kubeship.config.server import Launch, Pin, Server
from kubeship.planning.servers.numbers import EVENT_LOOP, KEEP_ALIVE


def _command(launch: Launch) -> list[str]:
    """Sources: hypercorn.readthedocs.io/en/latest/how_to_guides/configuring.html.

    It evaluates what stands behind the colon, so a factory may have arguments (hypercorn/utils.py, load_application).
    X-Forwarded-* is for the app's ProxyFixMiddleware: the server has no option for it.
    """
    return [
        "hypercorn",
        *("--bind", f"0.0.0.0:{launch.port}"),
        *("--workers", str(launch.workers)),
        *("--worker-class", launch.worker_class or "asyncio"),
        *("--graceful-timeout", str(launch.timeout)),
        *("--keep-alive", str(KEEP_ALIVE)),
        *("--access-logfile", "-"),
        *("--error-logfile", "-"),
        *launch.options,
        launch.entrypoint,
    ]


HYPERCORN = Server(
    name="hypercorn",
    numbers={"asgi": EVENT_LOOP},
    command=_command,
    pins=(Pin("hypercorn", {"3.10": "0.18.0", "3.8": "0.17.3"}),),
)
