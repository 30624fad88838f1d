"""What does a command print inside a running container?"""

from collections.abc import Sequence
from contextlib import suppress

from kubernetes.client import ApiClient, Configuration, CoreV1Api
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import stream
from urllib3.exceptions import HTTPError
from websocket import WebSocketException

from kubeship.cluster.errors import translated, unanswered

LONGEST = 3.0
"""Seconds that a command may take."""


def output_of(configuration: Configuration, namespace: str, pod: str, container: str, command: Sequence[str]) -> str:
    """Its standard output, at most what comes within LONGEST seconds; its exit code isn't asked for. Raises Refusal."""
    doing = f"running {command[0]} in Pod/{pod}"
    # A client of its own: `stream` puts another method into it while it connects.
    core = CoreV1Api(ApiClient(configuration))
    try:
        socket = stream(
            core.connect_get_namespaced_pod_exec,
            pod,
            namespace,
            container=container,
            command=list(command),
            stdin=False,
            stdout=True,
            stderr=False,
            tty=False,
            _preload_content=False,
        )
    except ApiException as error:
        raise translated(error, configuration.host, doing) from None
    except (HTTPError, WebSocketException, OSError) as error:
        raise unanswered(configuration.host, error, doing) from None
    try:
        with suppress(WebSocketException, OSError):
            socket.run_forever(timeout=LONGEST)
        return str(socket.read_stdout(timeout=0) or "")
    finally:
        with suppress(WebSocketException, OSError):
            socket.close()
