"""How do tests get an engine that they may break? A dockerd of their own, in namespaces that end with it."""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import docker
import pytest
from docker.errors import DockerException

from tests.stack.addresses import OWN_ENGINES, Stack

START_SECONDS = 30
NAMESPACES = ("unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc", "--propagation", "private")


@dataclass(frozen=True)
class OwnEngine:
    """An engine with nothing in it, which pulls through the stack's registry."""

    host: str
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it and everything that it started, as a power cut would."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children:
            with suppress(ProcessLookupError):  # it has ended by itself
                os.kill(int(child), signal.SIGKILL)  # the first process of its pid namespace: all others go with it
        self.process.wait(10)


@contextmanager
def own_engine(stack: Stack, folder: Path, *, disk: str = "", options: tuple[str, ...] = ()) -> Iterator[OwnEngine]:
    """Start one; `disk` is how large its disk is (`300m`), in memory."""
    if os.geteuid() or not shutil.which("dockerd") or not stack.docker_host.startswith(OWN_ENGINES):
        pytest.skip("an engine of the test's own needs root, dockerd and the stack's own registry")
    folder.mkdir(exist_ok=True)
    (folder / "docker.json").write_text(json.dumps({}))
    root = folder / "root"
    root.mkdir()
    # Sockets have short names, and pytest's folders long ones.
    socket = Path(f"/run/kubeship-test-{os.getpid()}-{time.monotonic_ns() % 1_000_000}.sock")
    bridge = f"kst{os.getpid() % 100_000}-{time.monotonic_ns() % 10_000}"
    command = [
        "dockerd",
        f"--config-file={folder}/docker.json",
        f"--host=unix://{socket}",
        f"--data-root={root}/data",
        f"--exec-root={socket}.d",
        f"--pidfile={socket}.pid",
        f"--bridge={bridge}",
        "--ip-forward=false",
        "--iptables=false",
        "--ip6tables=false",
        f"--registry-mirror=http://{stack.registry}",
        *options,
    ]
    mount = f"mount -t tmpfs -o size={disk} tmpfs {root} && " if disk else ""
    # A bridge for steps that run; 198.18.0.0/15 is for tests of networks (RFC 2544).
    _ip("link", "add", bridge, "type", "bridge")
    _ip("addr", "add", f"198.18.{time.monotonic_ns() % 250}.1/24", "dev", bridge)
    with (folder / "dockerd.log").open("wb") as log:
        process = subprocess.Popen(
            [*NAMESPACES, "sh", "-c", mount + 'exec "$@"', "sh", *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    engine = OwnEngine(f"unix://{socket}", process)
    try:
        _wait(engine, folder / "dockerd.log")
        yield engine
    finally:
        if process.poll() is None:
            engine.kill()
        for path in (socket, Path(f"{socket}.pid")):
            path.unlink(missing_ok=True)
        _ip("link", "delete", bridge)
        shutil.rmtree(f"{socket}.d", ignore_errors=True)
        shutil.rmtree(root, ignore_errors=True)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def _wait(engine: OwnEngine, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and engine.process.poll() is None:
        try:
            docker.APIClient(engine.host, version="auto", timeout=2).close()
        except DockerException:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the test's own engine didn't start:\n{log.read_text()[-3000:]}")
