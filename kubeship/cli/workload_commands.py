"""Which commands listen to a deployed app, or run something as it does?"""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from kubeship.cli.options import HERE, Context, Environment, Json, Project, seconds
from kubeship.errors import ExitCode, InvalidInput

if TYPE_CHECKING:
    from kubeship.model.logs import Terminal
    from kubeship.workflows.run import Input


def logs(
    context: typer.Context,
    processes: Annotated[
        list[str] | None, typer.Argument(metavar="[PROCESS]...", help="Processes of kubeship.yaml.", show_default="all")
    ] = None,
    project: Project = HERE,
    env: Environment = None,
    cluster: Context = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C; pods that come are heard.")
    ] = False,
    since: Annotated[str | None, typer.Option(help="Only what was said in the last 90s, 10m, 2h or 1d.")] = None,
    tail: Annotated[
        int | None, typer.Option(min=0, help="Only the last lines of each container.", show_default="all")
    ] = None,
    previous: Annotated[bool, typer.Option("--previous", help="What was said before the last restart.")] = False,
    container: Annotated[str | None, typer.Option(help="Only this container of each pod.")] = None,
    grep: Annotated[str | None, typer.Option(help="Only lines in which this regular expression is found.")] = None,
    timestamps: Annotated[bool, typer.Option("--timestamps", help="When each line was said, in UTC.")] = False,
    json: Json = False,
) -> None:
    """Show what the app's containers say, in the order of time; the values of Secrets are masked.

    kubeship logs web --since 10m
    kubeship logs --follow --grep ERROR
    """
    from kubeship.cli.adapters import cluster_of
    from kubeship.cli.screen import screen
    from kubeship.model.logs import LogWindow
    from kubeship.ui.documents import LogsResult
    from kubeship.ui.log_lines import LogPrinter
    from kubeship.workflows.app import load_app
    from kubeship.workflows.logs import LogsRequest, follow_logs, logs, parse_pattern

    with screen("logs", context.obj, json, lines=True) as user:
        app = load_app(project, env)
        window = LogWindow(seconds("--since", since), tail, previous)
        pattern = parse_pattern(grep) if grep is not None else None
        request = LogsRequest(app.name, tuple(processes or ()), container, window, pattern)
        if follow and previous:
            raise InvalidInput("--previous is over: there is nothing to follow", hint="leave out one of the two")
        printer = LogPrinter(user.out, json, timestamps)
        target = cluster_of(cluster, user.emit)(app)
        if follow:
            try:
                follow_logs(request, target, printer)
            except KeyboardInterrupt:
                raise typer.Exit(ExitCode.INTERRUPTED) from None
        else:
            for entry in logs(request, target):
                printer(entry)
        document: LogsResult = {"lines": printer.count}
        user.show(document, lambda console: None)


def run(
    context: typer.Context,
    command: Annotated[list[str], typer.Argument(metavar="-- COMMAND...", help="The program and its arguments.")],
    project: Project = HERE,
    env: Environment = None,
    cluster: Context = None,
    process: Annotated[
        str | None,
        typer.Option(help="Whose image, variables and limits it gets.", show_default="the web process, or the first"),
    ] = None,
    interactive: Annotated[
        bool | None,
        typer.Option(
            "--interactive/--no-interactive",
            "-i",
            help="Connect this terminal, or what is piped in. The default where stdin is a terminal.",
            show_default=False,
        ),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the Job in the cluster for an hour.")] = False,
) -> None:
    """Run one command in a pod of its own, as the deployed revision runs. Exits with the command's own code.

    kubeship run -- python manage.py createsuperuser
    kubeship run --process worker -- celery -A shop inspect ping
    """
    from kubeship.cli.adapters import cluster_of
    from kubeship.cli.interactive import converse, pipe
    from kubeship.cli.screen import screen
    from kubeship.ui.log_lines import LogPrinter
    from kubeship.workflows.app import load_app
    from kubeship.workflows.run import RunRequest, run

    with screen("run", context.obj) as user:
        app = load_app(project, env)
        given = _input(interactive)
        request = RunRequest(app.name, tuple(command), process, given, keep, app.timeout)
        target = cluster_of(cluster, user.emit)(app)

        def talk(terminal: "Terminal", before: str) -> None:
            user.clear()
            (converse if given == "terminal" else pipe)(terminal, before)

        code = run(request, target, user.emit, LogPrinter(user.out, bare=True), talk)
    raise typer.Exit(code)


COMMANDS = (logs, run)


def _input(interactive: bool | None) -> "Input":
    """A terminal on both sides is connected unasked; a pipe only when it is asked for, since CI's stdin is one."""
    typed = sys.stdin.isatty() and sys.stdout.isatty()
    if interactive is False or (interactive is None and not typed):
        return "none"
    return "terminal" if typed else "pipe"
