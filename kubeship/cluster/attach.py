"""How does somebody at a terminal, or a pipe, talk to a running container?"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from kubernetes.client import ApiClient, Configuration, CoreV1Api
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import stream
from urllib3.exceptions import HTTPError
from websocket import WebSocketException

from kubeship.cluster.errors import translated, unanswered

STDIN, RESIZE = 0, 4
"""Channels of the remotecommand protocol (k8s.io/apimachinery/pkg/util/remotecommand/constants.go)."""


class Attachment:
    """Standard input and, with a terminal, output of one container."""

    def __init__(self, socket: Any) -> None:
        """`socket` is the vendor's WSClient in binary mode."""
        self._socket = socket

    @property
    def open(self) -> bool:
        """Whether the other side still listens."""
        return bool(self._socket.is_open())

    def send(self, data: bytes) -> None:
        """What is typed. A container that has ended takes no more, which `open` says."""
        with suppress(WebSocketException, OSError):
            self._socket.write_channel(STDIN, data)

    def receive(self, seconds: float) -> bytes:
        """What was said meanwhile; empty when it was nothing."""
        with suppress(WebSocketException, OSError):
            self._socket.update(timeout=seconds)
        return bytes(self._socket.read_stdout(timeout=0) or b"")

    def resize(self, columns: int, rows: int) -> None:
        """Say how large the terminal is."""
        with suppress(WebSocketException, OSError):
            self._socket.write_channel(RESIZE, json.dumps({"Width": columns, "Height": rows}).encode())


@contextmanager
def attach(
    configuration: Configuration, namespace: str, pod: str, container: str, *, terminal: bool
) -> Iterator[Attachment]:
    """Attached while the context lasts; a container with `stdinOnce` then sees its input end.

    Without a terminal only its input: what it says stands in its log. Raises Refusal.
    """
    doing = f"attaching to Pod/{pod}"
    # A client of its own: `stream` puts another method into it while it connects.
    core = CoreV1Api(ApiClient(configuration))
    try:
        socket = stream(
            core.connect_get_namespaced_pod_attach,
            pod,
            namespace,
            container=container,
            stdin=True,
            stdout=terminal,
            stderr=False,
            tty=terminal,
            binary=True,
            _preload_content=False,
        )
    except ApiException as error:
        raise translated(error, configuration.host, doing) from None
    except (HTTPError, WebSocketException, OSError) as error:
        raise unanswered(configuration.host, error, doing) from None
    try:
        yield Attachment(socket)
    finally:
        with suppress(WebSocketException, OSError):
            socket.close()
