"""Which command line does a process run, in exec form?"""

import re
import shlex

from kubeship.config.process_schema import Process
from kubeship.errors import InvalidInput
from kubeship.planning.servers import SERVERS, gunicorn

COMPOUND = re.compile(r"[;&|()<>`\n]|^\s*[A-Za-z_][A-Za-z0-9_]*=|^\s*(if|for|while|until|case|exec|cd|set|\{)\s")
"""More than one simple command, or one that only a shell can run."""
EXPANDED = re.compile(r"[$*?~]")
"""One simple command with parts that a shell fills in."""


def process_command(process: Process, path: str, pinned: bool) -> tuple[str, ...]:
    """The command of a process; `path` is where it stands in kubeship.yaml, `pinned` whether kubeship adds the server.

    Raises InvalidInput for a command line that no shell could read.
    """
    if process.command is not None:
        return exec_form(process.command, f"{path}.command")
    assert process.entrypoint is not None
    if process.server != "gunicorn":
        return _script(process.entrypoint)
    server = SERVERS["gunicorn"]
    return tuple(
        gunicorn(
            process.entrypoint,
            port=process.port or DEFAULT_PORT,
            workers=process.workers or server.workers,
            threads=process.threads or server.threads,
            timeout=process.timeout or server.timeout,
            control_socket=not pinned,
        )
    )


DEFAULT_PORT = 8000


def exec_form(command: str, path: str) -> tuple[str, ...]:
    """A command line as a person writes it, without a shell where none is needed.

    `exec` hands the shell's process over, so that SIGTERM reaches the program.
    """
    if COMPOUND.search(command):
        return ("sh", "-c", command)
    if EXPANDED.search(command):
        return ("sh", "-c", f"exec {command.strip()}")
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise InvalidInput(
            f"kubeship.yaml: {path}: {command!r} is no command line: {str(error).lower()}", hint=f"correct {path}"
        ) from error
    if not words:
        raise InvalidInput(f"kubeship.yaml: {path}: is empty", hint=f"write a command into {path}")
    return tuple(words)


def _script(entrypoint: str) -> tuple[str, ...]:
    """A program that listens by itself: `app.py` or a module that has a `__main__`."""
    return ("python", entrypoint) if entrypoint.endswith(".py") else ("python", "-m", entrypoint)
