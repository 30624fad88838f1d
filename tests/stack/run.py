"""Running a command that must succeed, with its output kept for the case that it doesn't."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.stack.errors import StackError


def run(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    stdin: str | None = None,
) -> str:
    """The command's standard output; StackError with its last lines when it fails."""
    process = subprocess.Popen(
        list(command),
        cwd=cwd,
        env=environment,
        stdin=subprocess.PIPE,  # never the caller's own
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(stdin or "")
    except BaseException:  # Ctrl-C as well: builds have children that outlive them
        _end_session(process)
        raise
    if process.returncode != 0:
        last = "\n".join((output + errors).strip().splitlines()[-15:])
        raise StackError(f"`{' '.join(command)}` failed with {process.returncode}:\n{last}")
    return output


def _end_session(process: subprocess.Popen[str], patience: float = 10) -> None:
    """Ask the whole process group to end, so that it can remove what it made; then insist."""
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, signal_number)
        except ProcessLookupError:
            break
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue


def succeeds(command: Sequence[str]) -> bool:
    """Whether the command exits 0; its output is nobody's business."""
    return subprocess.run(list(command), check=False, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
