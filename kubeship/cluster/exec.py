"""What does a command print inside a running container?"""

from collections.abc import Sequence
from contextlib import suppress

from kubernetes.client import Configuration
from websocket import WebSocketException

from kubeship.cluster.remote_command import connected

LONGEST = 3.0
"""Seconds that a command may take."""


def output_of(configuration: Configuration, namespace: str, pod: str, container: str, command: Sequence[str]) -> str:
    """Its standard output, at most what comes within LONGEST seconds; its exit code isn't asked for. Raises Refusal."""
    how = {"command": list(command), "stdin": False, "stdout": True, "stderr": False, "tty": False}
    doing = f"running {command[0]} in Pod/{pod}"
    with connected(configuration, doing, "exec", namespace, pod, container=container, **how) as socket:
        with suppress(WebSocketException, OSError):
            socket.run_forever(timeout=LONGEST)
        return str(socket.read_stdout(timeout=0) or "")
