"""Which command line does a process run, in exec form?"""

import re
import shlex

from kubeship.config.pins import spoken
from kubeship.config.process_schema import Process
from kubeship.config.server import Launch, Server
from kubeship.errors import InvalidInput
from kubeship.planning.servers import SERVERS
from kubeship.planning.sizing import fitting

COMPOUND = re.compile(r"[;&|()<>`\n]|^\s*[A-Za-z_][A-Za-z0-9_]*=|^\s*(if|for|while|until|case|exec|cd|set|\{)\s")
"""More than one simple command, or one that only a shell can run."""
EXPANDED = re.compile(r"[$*?~]")
"""One simple command with parts that a shell fills in."""
PORT = re.compile(r"\$PORT\b|\$\{PORT(:-\d+)?\}")
DEFAULT_PORT = 8000
SCHEDULE = "/tmp/celerybeat-schedule"  # noqa: S108  # the pod's own folder


def process_command(process: Process, path: str, release: str) -> tuple[str, ...]:
    """The command of a process; `path` is where it stands in kubeship.yaml, `release` the server's version.

    Raises InvalidInput for a command line that no shell could read, and for an entrypoint that the server can't load.
    """
    if process.command is not None:
        # The port is known here: a shell that fills it in would only stand between SIGTERM and the program.
        stated = PORT.sub(str(process.port), process.command) if process.port else process.command
        return with_schedule(exec_form(stated, f"{path}.command"))
    assert process.entrypoint is not None
    server = SERVERS.get(process.server or "")
    if server is None:
        return _script(process.entrypoint)
    try:
        return tuple(server.command(_launch(process, process.entrypoint, server, path, release)))
    except ValueError as error:
        raise InvalidInput(
            f"kubeship.yaml: {path}.entrypoint: {process.entrypoint}: {error}",
            hint=f"change {path}.entrypoint or {path}.server",
        ) from error


def exec_form(command: str, path: str) -> tuple[str, ...]:
    """A command line as a person writes it, without a shell where none is needed.

    `exec` hands the shell's process over, so that SIGTERM reaches the program.
    """
    if COMPOUND.search(command):
        return ("sh", "-c", command)
    if EXPANDED.search(command):
        return ("sh", "-c", f"exec {command.strip()}")
    words = _words(command, path)
    if not words:
        raise InvalidInput(f"kubeship.yaml: {path}: is empty", hint=f"write a command into {path}")
    return words


def with_schedule(words: tuple[str, ...]) -> tuple[str, ...]:
    """Celery's beat keeps a file of its last runs where it starts, and the container's root is read-only.

    docs.celeryq.dev: userguide/periodic-tasks, "Starting the Scheduler".
    """
    names = [word.rpartition("/")[2] for word in words]
    beats = "celery" in names and not {"beat", "-B", "--beat"}.isdisjoint(names[names.index("celery") :])
    said = any(re.match(r"(-s|--schedule(-filename)?)(=|$)", word) for word in words)
    return (*words, "-s", SCHEDULE) if beats and not said else words


def asks_for_port(command: str) -> bool:
    """Whether a command line wants its port as hosts with a Procfile give it."""
    return PORT.search(command) is not None


def _launch(process: Process, entrypoint: str, server: Server, path: str, release: str) -> Launch:
    interface = spoken(process, SERVERS)
    if interface not in server.numbers:
        served = " and ".join(each.upper() for each in server.numbers)
        raise ValueError(f"{server.name} serves {served}, and this is {interface.upper()}")
    numbers = fitting(server.numbers[interface], process)
    return Launch(
        entrypoint=entrypoint,
        interface=interface,
        port=process.port or DEFAULT_PORT,
        workers=process.workers or numbers.workers,
        threads=process.threads or numbers.threads,
        timeout=process.timeout or server.timeout,
        worker_class=process.worker_class,
        options=_words(process.options or "", f"{path}.options"),
        release=release,
    )


def _words(command: str, path: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(command))
    except ValueError as error:
        raise InvalidInput(
            f"kubeship.yaml: {path}: {command!r} is no command line: {str(error).lower()}", hint=f"correct {path}"
        ) from error


def _script(entrypoint: str) -> tuple[str, ...]:
    """A program that listens by itself: `app.py` or a module that has a `__main__`."""
    return ("python", entrypoint) if entrypoint.endswith(".py") else ("python", "-m", entrypoint)
