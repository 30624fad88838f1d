"""Who holds the servers? The first process of a pid namespace: when it ends, the kernel ends every one of them.

It starts what it is told to over a socket and reports what has ended. A connection that asked for it holds the stack:
when it closes before the word `keep`, `up` has died half-way, and the supervisor ends and takes everything along.
"""

from __future__ import annotations

import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SERVERS: dict[str, subprocess.Popen[bytes]] = {}
ENDED: dict[int, int] = {}


def main(socket_path: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Path(socket_path).unlink(missing_ok=True)
    server = socketserver.ThreadingUnixStreamServer(socket_path, Conversation)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        reap()


def reap() -> None:
    """Collect the next child that ends, also one that lost its parent: this is their namespace's process 1.

    Waiting, not SIGCHLD: a signal that another thread receives doesn't wake this one.
    """
    try:
        pid, status = os.waitpid(-1, 0)
    except ChildProcessError:
        time.sleep(0.05)  # no child at all yet
    else:
        ENDED[pid] = os.waitstatus_to_exitcode(status)


class Conversation(socketserver.StreamRequestHandler):
    """One request and one answer per line, both JSON."""

    def handle(self) -> None:
        holding = False
        for line in self.rfile:
            request = json.loads(line)
            if request["do"] in {"hold", "keep"}:
                holding = request["do"] == "hold"
            try:
                answer = ANSWERS[request["do"]](request)
            except OSError as error:
                answer = {"error": str(error)}
            self.wfile.write(json.dumps(answer).encode() + b"\n")
        if holding:
            os._exit(1)


def start(request: dict[str, Any]) -> dict[str, Any]:
    """Start a server with its output in a log of its own and nothing of the caller's."""
    with Path(request["log"]).open("ab") as log:
        process = subprocess.Popen(
            request["command"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=request["environment"],
            cwd="/",
            start_new_session=True,
        )
    SERVERS[request["name"]] = process
    return {"pid": process.pid}


def servers(_: dict[str, Any]) -> dict[str, Any]:
    """Each server's pid in here and its exit code, None while it runs."""
    return {name: {"pid": process.pid, "ended": ENDED.get(process.pid)} for name, process in SERVERS.items()}


def nothing(_: dict[str, Any]) -> dict[str, Any]:
    return {}


ANSWERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "start": start,
    "servers": servers,
    "hold": nothing,
    "keep": nothing,
}

if __name__ == "__main__":
    main(sys.argv[1])
