"""How long may a process take to stop, and what happens before it is told to?"""

import re

from kubeship.config.process_schema import Process
from kubeship.planning.servers import SERVERS

PRE_STOP_SECONDS = 5
"""How long endpoints may still send requests to a pod that is going."""
SPARE_SECONDS = 5
"""Between the server's own patience and SIGKILL."""
OWN_TIMEOUT_SECONDS = 30
"""What a request gets from a program that serves itself, where kubeship.yaml says nothing."""
WORKER_GRACE_SECONDS = 60
"""What a worker gets to finish its task."""
DEFAULT_GRACE_SECONDS = 30
"""Kubernetes' own default."""


INTERRUPTED = re.compile(r"(^|[\s/])(huey_consumer(\.py)?|run_huey)(\s|$)")
"""Workers that finish their task on SIGINT, and drop it on SIGTERM (huey.readthedocs.io/en/latest/consumer.html)."""
INTERRUPT = ("sh", "-c", "kill -INT 1; while kill -0 1; do sleep 1; done")
"""As a preStop hook: SIGTERM comes when the hook ends, and so after the program."""


def pre_stop_command(process: Process) -> tuple[str, ...]:
    """What stops a program that needs another signal than SIGTERM; empty for all others."""
    background = process.kind in {"worker", "singleton"}
    return INTERRUPT if background and INTERRUPTED.search(process.command or "") else ()


def pre_stop_seconds(process: Process, drain: int = PRE_STOP_SECONDS) -> int:
    """Before SIGTERM: no new request comes any more, and a server that cuts running ones off has finished them.

    `drain` is how long whoever hands requests on may not know yet that the pod is going.
    """
    if process.kind != "web":
        return 0
    return drain + (0 if drains(process) else request_seconds(process))


def grace_seconds(process: Process, drain: int = PRE_STOP_SECONDS) -> int:
    """terminationGracePeriodSeconds."""
    match process.kind:
        case "web":
            waits = request_seconds(process) if drains(process) else 0
            return pre_stop_seconds(process, drain) + waits + SPARE_SECONDS
        case "worker" | "singleton":
            return process.timeout or WORKER_GRACE_SECONDS
        case "cron":
            return process.timeout or DEFAULT_GRACE_SECONDS


def drains(process: Process) -> bool:
    """Whether the process itself finishes what runs when it gets SIGTERM; of unknown programs it is believed."""
    server = SERVERS.get(process.server or "")
    return server is None or process.command is not None or server.drains


def request_seconds(process: Process) -> int:
    """How long a request may take."""
    server = SERVERS.get(process.server or "")
    return process.timeout or (server.timeout if server else OWN_TIMEOUT_SECONDS)
