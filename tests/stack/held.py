"""How do `up`, `status` and `down` talk to the supervisor?"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.stack.errors import StackError
from tests.stack.place import CHECKOUT, Place

PID_FILE = "supervisor.pid"


class Supervisor:
    """A connection to the process that holds the servers."""

    def __init__(self, place: Place) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        self._socket.connect(str(place.supervisor_socket))
        self._lines = self._socket.makefile("rwb")

    def ask(self, do: str, **request: Any) -> dict[str, Any]:
        """Send one request and return its answer."""
        try:
            self._lines.write(json.dumps({"do": do, **request}).encode() + b"\n")
            self._lines.flush()
            line = self._lines.readline()
        except OSError as error:
            raise StackError(f"the stack's supervisor went away: {error}") from error
        if not line:
            raise StackError("the stack's supervisor ended in the middle of a request")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise StackError(f"the supervisor can't {do}: {answer['error']}")
        return answer

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        """Start a server inside the namespaces."""
        self.ask("start", name=name, command=list(command), environment=dict(environment), log=str(log))

    def close(self) -> None:
        """End the connection."""
        self._lines.close()
        self._socket.close()


def launch(place: Place) -> Supervisor:
    """Start the supervisor in its own pid and mount namespace, and hold it."""
    command = ["unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc", "sh", "-c", own_folders(place)]
    command += ["sh", sys.executable, "-m", "tests.stack.supervisor", str(place.supervisor_socket)]
    with (place.logs / "supervisor.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        )
    (place.state / PID_FILE).write_text(f"{process.pid} {_start_time(process.pid)}\n")
    deadline = time.monotonic() + 20
    while True:
        try:
            supervisor = Supervisor(place)
            break
        except OSError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise StackError(f"the supervisor did not start: see {place.logs / 'supervisor.log'}") from error
            time.sleep(0.02)
    supervisor.ask("hold")
    return supervisor


# Where servers keep state outside of what they are told to: two stacks must not meet there, and none is to stay.
OWN_FOLDERS = (
    "/etc/docker/certs.d",
    "/run/containerd",
    "/run/docker",
    "/run/runc",
    "/var/lib/cni",
    "/var/lib/kubelet",
    "/var/log/containers",
)


def own_folders(place: Place) -> str:
    """Shell lines that mount folders of the place over those, then become the command that follows."""
    namespaces = place.runtime / "own/run/netns"
    lines = ["set -e", f"mkdir -p {namespaces}", f"touch {namespaces}/{place.name}"]
    lines += [f"mount --bind /run/netns/{place.name} {namespaces}/{place.name}"]
    lines += [f"mount --rbind {namespaces} /run/netns"]  # the pods' namespaces get files there
    for folder in OWN_FOLDERS:
        own = f"{place.runtime}/own{folder}"
        lines += [f"mkdir -p {folder} {own}", f"mount --bind {own} {folder}"]
    return "\n".join([*lines, 'exec "$@"'])


def supervisor_pid(place: Place) -> int | None:
    """The pid that one kill is enough for, when it is still the process that `up` started."""
    try:
        pid, started = (place.state / PID_FILE).read_text().split()
    except (FileNotFoundError, ValueError):
        return None
    return int(pid) if _alive(int(pid)) and _start_time(int(pid)) == started else None


def end(place: Place) -> bool:
    """Kill the supervisor, and with it everything; wait until nothing of it is left."""
    pid = supervisor_pid(place)
    members = _members(pid) if pid else []
    if pid:
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while any(_alive(member) for member in members):
        if time.monotonic() > deadline:
            raise StackError(f"processes of the stack don't end: {members}")
        time.sleep(0.02)
    (place.state / PID_FILE).unlink(missing_ok=True)
    return pid is not None


def server_pid(place: Place, supervisor: Supervisor, name: str) -> int | None:
    """A server's pid on this machine; None when it doesn't run."""
    server = supervisor.ask("servers").get(name)
    return pids_on_this_machine(place).get(server["pid"]) if server and server["ended"] is None else None


def end_server(place: Place, supervisor: Supervisor, name: str) -> None:
    """End one server, and wait for its end."""
    pid = server_pid(place, supervisor, name)
    if pid is None:
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 30
    while supervisor.ask("servers")[name]["ended"] is None:
        if time.monotonic() > deadline:
            raise StackError(f"{name} doesn't end")
        time.sleep(0.02)


def pids_on_this_machine(place: Place) -> dict[int, int]:
    """The machine's pid for each pid inside the namespace."""
    pid = supervisor_pid(place)
    inside = {}
    for member in _members(pid) if pid else []:
        try:
            status = Path(f"/proc/{member}/status").read_text()
        except OSError:
            continue
        numbers = next(line for line in status.splitlines() if line.startswith("NSpid:")).split()[1:]
        inside[int(numbers[-1])] = member
    return inside


def _members(unshare_pid: int) -> list[int]:
    """Every process in the pid namespace that the unshare process made."""
    try:
        namespace = Path(f"/proc/{unshare_pid}/ns/pid_for_children").readlink()
    except OSError:
        return []
    members = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "ns/pid").readlink() == namespace:
                members.append(int(folder.name))
        except OSError:
            continue
    return members


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "XZ"
    except OSError:
        return False


def _start_time(pid: int) -> str | None:
    """When the process began, in clock ticks since the machine booted: pids come back, these pairs don't."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return boot + "/" + Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return None
