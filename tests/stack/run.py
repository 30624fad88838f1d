"""Running a command that must succeed, with its output kept for the case that it doesn't."""

from __future__ import annotations

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
    result = subprocess.run(
        list(command),
        cwd=cwd,
        env=environment,
        input=stdin or "",  # never the caller's own standard input
        capture_output=True,
        text=True,
    )
    if result.returncode != 0:
        last = "\n".join((result.stdout + result.stderr).strip().splitlines()[-15:])
        raise StackError(f"`{' '.join(command)}` failed with {result.returncode}:\n{last}")
    return result.stdout


def succeeds(command: Sequence[str]) -> bool:
    """Whether the command exits 0; its output is nobody's business."""
    return subprocess.run(list(command), stdin=subprocess.DEVNULL, capture_output=True).returncode == 0
