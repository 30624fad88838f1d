"""How does a run end? Every error as a sentence and an exit code; a traceback only with --debug."""

import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import typer

from kubeship.errors import Interrupted, InvalidInput, KubeshipError

EVERYWHERE = ("--quiet", "--verbose", "--debug")
"""Options of kubeship itself that may also stand behind the command's name."""

DOCUMENTS = {"inspect": "inspection", "": "error"}
"""Commands whose documents have a name of their own; without a command it is `kubeship.error/1`."""

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
            return _misused(error, arguments)
        if debug:
            raise
        told = unforeseen(error)
        _print_document(told, arguments)
        return failed(told, debug)


def everywhere_first(arguments: Sequence[str]) -> list[str]:
    """The arguments with those of EVERYWHERE in front; nothing behind `--` is touched."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    moved = [argument for argument in arguments[:end] if argument in EVERYWHERE]
    return [*dict.fromkeys(moved), *(a for a in arguments[:end] if a not in EVERYWHERE), *arguments[end:]]


def is_foreseen(error: Exception) -> bool:
    """Whether it says itself how the run ends."""
    return isinstance(error, (KubeshipError, typer.Exit, typer.Abort, USAGE_ERROR))


def unforeseen(error: Exception) -> KubeshipError:
    """A defect of kubeship's, as an error like any other."""
    wrapped = KubeshipError(
        f"an error that kubeship didn't foresee: {type(error).__name__}: {error}",
        hint="run the same command with --debug and report what it prints",
    )
    wrapped.__cause__ = error
    return wrapped


def _misused(error: Any, arguments: Sequence[str]) -> int:
    """What Click says of the command line, as an error of kubeship's; as JSON where that was asked for."""
    context = getattr(error, "ctx", None)
    command = str(context.info_name) if context is not None and context.parent is not None else ""
    words = error.format_message().rstrip(".")
    told = InvalidInput(words[:1].lower() + words[1:], hint=f"run kubeship {command} --help".replace("  ", " "))
    _print_document(told, arguments, command)
    return failed(told, debug=False)


def _print_document(error: KubeshipError, arguments: Sequence[str], command: str = "") -> None:
    """An error that no command's screen has printed, where JSON was asked for."""
    if not wants_json(arguments):
        return
    from kubeship.cli.streams import silence
    from kubeship.ui.document import failure, result
    from kubeship.ui.documents import LINES

    try:
        sys.stdout.write(result(DOCUMENTS.get(command, command), failure(error), command in LINES) + "\n")
        sys.stdout.flush()
    except OSError:
        silence(sys.stdout)


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether a command line that can't be read asks for JSON."""
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    pairs = {f"{option}={value}" for option, value in pairwise(own)}
    stated = {*own, *pairs} & {"--json", "--output=json"}
    return bool(stated) or os.environ.get("KUBESHIP_JSON", "").lower() in {"1", "true", "t", "yes", "y", "on"}


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
