"""What commands are there? This file only collects them; each imports what it needs when it is called."""

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from kubeship import __version__
from kubeship.cli import (
    cluster_commands,
    image_commands,
    preview_commands,
    project_commands,
    status_commands,
    workload_commands,
)
from kubeship.cli.options import Settings, enter
from kubeship.cli.run import run_app
from kubeship.cli.streams import open_streams

app = typer.Typer(
    name="kubeship",
    help="Take a Python project from source to a healthy rollout on Kubernetes.",
    epilog="Begin with: kubeship init, then kubeship deploy.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _help(command: Callable[..., None]) -> str:
    """The docstring, with its examples kept on lines of their own (click's `\\b`)."""
    paragraphs = inspect.cleandoc(command.__doc__ or "").split("\n\n")
    return "\n\n".join(f"\b\n{each}" if each.startswith("kubeship ") else each for each in paragraphs)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kubeship {__version__}")
        raise typer.Exit


@app.callback()
def kubeship(
    context: typer.Context,
    quiet: Annotated[
        bool, typer.Option("--quiet", envvar="KUBESHIP_QUIET", help="Only results, cautions and errors.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", envvar="KUBESHIP_VERBOSE", help="Also what build steps say.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", envvar="KUBESHIP_DEBUG", help="Tracebacks of errors.")] = False,
    directory: Annotated[
        list[Path] | None,
        typer.Option("-C", metavar="DIRECTORY", help="As if started there, as with git and make. Before the command."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options that every command has; all but -C may stand before or behind its name."""
    for each in directory or ():
        enter(each)
    context.obj = Settings(quiet, verbose)  # --debug is read by run_app, which prints the traceback


for command in (
    *project_commands.COMMANDS,
    *image_commands.COMMANDS,
    *preview_commands.COMMANDS,
    *cluster_commands.COMMANDS,
    *status_commands.COMMANDS,
    *workload_commands.COMMANDS,
):
    app.command(help=_help(command))(command)


def run() -> None:
    """The console script."""
    open_streams()
    sys.exit(run_app(app, sys.argv[1:]))
