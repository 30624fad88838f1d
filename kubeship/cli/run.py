"""How does a run end? Every error as a sentence and an exit code; a traceback only with --debug."""

import os
import sys
from collections.abc import Sequence
from typing import Any

import typer

from kubeship.errors import ExitCode, Interrupted, KubeshipError

EVERYWHERE = ("--quiet", "--verbose", "--debug")
"""Options of kubeship itself that may also stand behind the command's name."""

# Click's base of usage errors, which Typer carries inside itself and exports only a leaf of.
USAGE_ERROR: Any = next(base for base in typer.BadParameter.__mro__ if base.__name__ == "ClickException")


def run_app(app: typer.Typer, arguments: Sequence[str]) -> int:
    """Run the command line; returns the exit code."""
    arguments = everywhere_first(arguments)
    debug = "--debug" in arguments[: len(EVERYWHERE)] or bool(os.environ.get("KUBESHIP_DEBUG"))
    try:
        return int(app(args=list(arguments), prog_name="kubeship", standalone_mode=False) or 0)
    except KubeshipError as error:
        return failed(error, debug)
    except typer.Abort:
        # Ctrl-C at a question of Typer's own (`delete`).
        return failed(Interrupted("interrupted; nothing was changed", hint="run the same command again"), debug)
    except Exception as error:
        if isinstance(error, USAGE_ERROR):
            typer.echo(f"error: {error.format_message()}\nnext: kubeship --help", err=True)
            return ExitCode.USAGE
        if debug:
            raise
        return failed(_unforeseen(error), debug)


def everywhere_first(arguments: Sequence[str]) -> list[str]:
    """The arguments with those of EVERYWHERE in front; nothing behind `--` is touched."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    moved = [argument for argument in arguments[:end] if argument in EVERYWHERE]
    return [*dict.fromkeys(moved), *(a for a in arguments[:end] if a not in EVERYWHERE), *arguments[end:]]


def _unforeseen(error: Exception) -> KubeshipError:
    wrapped = KubeshipError(
        f"an error that kubeship didn't foresee: {type(error).__name__}: {error}",
        hint="run the same command with --debug and report what it prints",
    )
    wrapped.__cause__ = error
    return wrapped


def failed(error: KubeshipError, debug: bool) -> int:
    """Print an error as a sentence with what to do next; returns the exit code."""
    from kubeship.cli.lines import Lines
    from kubeship.cli.streams import silence
    from kubeship.ui.terminal import print_error

    try:
        if debug:
            import traceback

            traceback.print_exception(error)
        print_error(error, Lines(stderr=True))
    except OSError:
        silence(sys.stderr)  # nobody reads what went wrong; the exit code still says it
    return int(error.exit_code)
