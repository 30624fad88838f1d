"""How is a container connected to, for a command in it or for its own input? The remotecommand protocol."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Literal

from kubernetes.client import ApiClient, Configuration, CoreV1Api
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import stream
from urllib3.exceptions import HTTPError
from websocket import WebSocketException

from kubeship.cluster.errors import translated, unanswered


@contextmanager
def connected(
    configuration: Configuration, doing: str, ask: Literal["attach", "exec"], namespace: str, pod: str, **how: Any
) -> Iterator[Any]:
    """The vendor's WSClient while the context lasts; `how` are the request's parameters. Raises Refusal."""
    # A client of its own: `stream` puts another method into it while it connects.
    core = CoreV1Api(ApiClient(configuration))
    try:
        socket = stream(
            getattr(core, f"connect_get_namespaced_pod_{ask}"), pod, namespace, **how, _preload_content=False
        )
    except ApiException as error:
        raise translated(error, configuration.host, doing) from None
    except (HTTPError, WebSocketException, OSError) as error:
        raise unanswered(configuration.host, error, doing) from None
    try:
        yield socket
    finally:
        with suppress(WebSocketException, OSError):
            socket.close()
