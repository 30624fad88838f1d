"""How does somebody at a terminal, or a pipe, talk to a running container?"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from kubernetes.client import Configuration
from websocket import WebSocketException

from kubeship.cluster.remote_command import connected

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
    how = {"stdin": True, "stdout": terminal, "stderr": False, "tty": terminal, "binary": True}
    doing = f"attaching to Pod/{pod}"
    with connected(configuration, doing, "attach", namespace, pod, container=container, **how) as socket:
        yield Attachment(socket)
