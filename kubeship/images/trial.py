"""Does a server start and answer? Runs inside an image with nothing but that image's Python (3.8 or newer).

Imports nothing of kubeship's: its text is handed to `python -c` with the question as JSON. The answer is one line
after MARKER on standard output, where nothing else writes: the server's own output goes into a file.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MARKER = "kubeship-proof:"  # as in proof.py: judgement reads both
LAST_BYTES = 4000
PAUSE = 0.05
PATIENCE = 5.0
"""Seconds for one request, and for the server to end."""


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """The facts about a start: healthy or not, in words, after how long, with how much memory, and the last words."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as log:
        try:
            server = subprocess.Popen(  # noqa: S603 - the pod's own command, inside the image
                question["command"], stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        except OSError as error:
            return facts(False, f"its command can't be started: {error}")
        try:
            healthy, outcome = wait(question, server, started + question["seconds"])
            seconds, memory = time.monotonic() - started, resident(server.pid)
            said = os.fstat(log.fileno()).st_size  # what it says while it is being stopped is of no interest
        finally:
            end(server)
        log.seek(max(0, said - LAST_BYTES))
        return facts(healthy, outcome, seconds, memory, log.read(min(said, LAST_BYTES)).decode("utf-8", "replace"))


def wait(question: dict[str, Any], server: subprocess.Popen[bytes], until: float) -> tuple[bool, str]:
    """Ask until there is an answer of any kind, the server has ended, or time is up."""
    while time.monotonic() < until:
        code = server.poll()
        if code is not None:
            return False, f"it ended with exit code {code}"
        try:
            return ask(question)
        except (OSError, http.client.HTTPException):
            time.sleep(PAUSE)
    return False, f"nothing answers on port {question['port']} after {question['seconds']} s"


def ask(question: dict[str, Any]) -> tuple[bool, str]:
    """One request, or one connection where there is no route to ask."""
    if question["path"] is None:
        socket.create_connection(("127.0.0.1", question["port"]), PATIENCE).close()
        return True, f"it listens on port {question['port']}"
    connection = http.client.HTTPConnection("127.0.0.1", question["port"], timeout=PATIENCE)
    try:
        connection.request("GET", question["path"], headers=question["headers"])
        status = connection.getresponse().status
    finally:
        connection.close()
    # The kubelet's own idea of success (kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes).
    return 200 <= status < 400, f"GET {question['path']} answers {status}"


def resident(group: int) -> int | None:
    """Bytes held by the processes of a session, from /proc."""
    total = 0
    try:
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal() and os.getsid(int(entry.name)) == group:
                pages = int((entry / "statm").read_text().split()[1])
                total += pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return total or None
    return total or None


def end(server: subprocess.Popen[bytes]) -> None:
    """Stop the server and everything that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.pid, number)
            server.wait(PATIENCE)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def facts(
    healthy: bool, outcome: str, seconds: float = 0.0, memory: int | None = None, log: str = ""
) -> dict[str, Any]:
    """The answer as JSON takes it."""
    return {"healthy": healthy, "outcome": outcome, "seconds": round(seconds, 2), "memory": memory, "log": log}


if __name__ == "__main__":
    sys.stdout.write(MARKER + json.dumps(answer(json.loads(sys.argv[1]))) + "\n")
