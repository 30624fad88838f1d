"""How does a test run kubeship hundreds of times, each in a process of its own that may be killed?

A child imports kubeship once and then forks for each run: that leaves out the import, and nothing else.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[2]
IMPORTED_LATER = (
    "kubeship.cli.cluster_commands",
    "kubeship.cli.status_commands",
    "kubeship.cli.workload_commands",
    "kubeship.cluster.connect",
)
LONGEST_RUN = 300.0
"""Seconds; a run that takes longer is a failure of its own."""


@dataclass(frozen=True)
class Ran:
    """A run that has ended."""

    code: int
    """Its exit code; -9 when it was killed."""
    out: str
    err: str


@dataclass
class Run:
    """A run that is under way."""

    pid: int
    ended: threading.Event
    folder: Path
    code: int = 0

    def kill(self) -> None:
        """SIGKILL; one that has ended meanwhile isn't there any more, but not yet anybody else either."""
        if not self.ended.is_set():
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> Ran:
        """Wait for its end."""
        assert self.ended.wait(LONGEST_RUN), f"{self.folder} still runs after {LONGEST_RUN:.0f} s"
        return Ran(self.code, (self.folder / "out").read_text(), (self.folder / "err").read_text())


class Runs:
    """The child that forks."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self._folder = folder
        self._guard = threading.Lock()
        self._waiting: dict[int, Run] = {}
        self._started = 0
        self._answer: threading.Event = threading.Event()
        self._pid = 0

    def start(self, project: Path, environment: Mapping[str, str], arguments: Sequence[str]) -> Run:
        """Start `kubeship ARGUMENTS` in the project's folder."""
        with self._guard:
            self._started += 1
            folder = self._folder / f"run-{self._started}"
            folder.mkdir()
            self._answer.clear()
            request = {"project": str(project), "environment": dict(environment), "arguments": list(arguments)}
            self._say({**request, "folder": str(folder)})
            assert self._answer.wait(30), "the child that forks doesn't answer"
            return self._waiting[self._pid]

    def __call__(self, project: Path, environment: Mapping[str, str], *arguments: str) -> Ran:
        """Run it to its end."""
        return self.start(project, environment, arguments).wait()

    def listen(self) -> None:
        """Take in what the child reports, until it ends."""
        assert self._process.stdout
        for line in self._process.stdout:
            report: dict[str, Any] = json.loads(line)
            if "folder" in report:
                self._pid = report["pid"]
                self._waiting[self._pid] = Run(self._pid, threading.Event(), Path(report["folder"]))
                self._answer.set()
            else:
                run = self._waiting.pop(report["pid"])
                run.code = report["code"]
                run.ended.set()

    def _say(self, request: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()


@contextmanager
def runs(folder: Path) -> Iterator[Runs]:
    """The child lives while the context lasts."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.runs"],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    child = Runs(process, folder)
    listener = threading.Thread(target=child.listen, daemon=True)
    listener.start()
    try:
        yield child
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(timeout=60)
        listener.join()


def _serve() -> None:
    """The child: a request a line on stdin, reports on stdout. It never starts a thread, since it forks."""
    import importlib  # noqa: PLC0415 - the child alone needs these
    import select  # noqa: PLC0415

    for module in ("kubeship.cli.app", *IMPORTED_LATER):
        importlib.import_module(module)
    alive = 0
    requests: list[bytes] = []
    rest, open_ = b"", True
    while open_ or alive:
        ready, _, _ = select.select([0] if open_ else [], [], [], 0.01)
        if ready:
            chunk = os.read(0, 65536)
            open_ = bool(chunk)
            *requests, rest = (rest + chunk).split(b"\n")
            for request in requests:
                alive += 1
                _fork(json.loads(request))
        while alive and (ended := os.waitpid(-1, os.WNOHANG))[0]:
            alive -= 1
            print(json.dumps({"pid": ended[0], "code": os.waitstatus_to_exitcode(ended[1])}), flush=True)


def _fork(request: dict[str, Any]) -> None:
    pid = os.fork()
    if pid:
        print(json.dumps({"pid": pid, "folder": request["folder"]}), flush=True)
        return
    for number, name in ((0, os.devnull), (1, f"{request['folder']}/out"), (2, f"{request['folder']}/err")):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT), number)
    os.chdir(request["project"])
    os.environ.clear()
    os.environ.update(request["environment"])
    from kubeship.cli.app import run  # noqa: PLC0415

    sys.argv = ["kubeship", *request["arguments"]]
    try:
        run()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        import traceback  # noqa: PLC0415

        traceback.print_exc()
        code = 99
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _serve()
