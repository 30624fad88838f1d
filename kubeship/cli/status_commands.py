"""Which commands say what runs in a cluster, and what ran before?"""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kubeship.cli.options import HERE, Context, Environment, Json, Project
from kubeship.errors import ExitCode, KubeshipError

if TYPE_CHECKING:
    from kubeship.cli.screen import Screen


class StatusOutput(StrEnum):
    """How `status` prints."""

    TEXT = "text"
    JSON = "json"
    NAGIOS = "nagios"


class HistoryOutput(StrEnum):
    """How `history` prints."""

    TEXT = "text"
    JSON = "json"


def status(
    context: typer.Context,
    project: Project = HERE,
    env: Environment = None,
    cluster: Context = None,
    output: Annotated[
        StatusOutput,
        typer.Option(help="nagios: one line with performance data and the exit code of a monitoring plugin."),
    ] = StatusOutput.TEXT,
    json: Json = False,
) -> None:
    """Show what runs and whether it is healthy. Exits 1 when it is not.

    kubeship status --env production
    kubeship status --env production --output nagios
    """
    from kubeship.cli.adapters import cluster_of
    from kubeship.cli.screen import screen
    from kubeship.ui.documents import StatusResult
    from kubeship.ui.results import show_status
    from kubeship.ui.revision_document import revision_document
    from kubeship.workflows.app import load_app
    from kubeship.workflows.status import status

    with screen("status", context.obj, json or output is StatusOutput.JSON) as user:
        if output is StatusOutput.NAGIOS:
            raise typer.Exit(_as_plugin(project, env, cluster, user))
        app = load_app(project, env)
        found = status(app.name, cluster_of(cluster, user.emit)(app))
        document: StatusResult = {
            "healthy": found.healthy,
            "revision": revision_document(found.revision),
            "processes": found.processes,
            "problems": found.lines,
            "diagnoses": found.diagnoses,
            "addresses": found.addresses,
        }
        user.show(document, lambda console: show_status(found, console))
    raise typer.Exit(ExitCode.DONE if found.healthy else ExitCode.FAILED)


def _as_plugin(project: Path, env: str | None, cluster: str | None, user: "Screen") -> int:
    """Print the line of a monitoring plugin; whatever can't be found out is UNKNOWN."""
    from kubeship.cli.adapters import cluster_of
    from kubeship.ui import nagios
    from kubeship.workflows.app import load_app
    from kubeship.workflows.status import status

    name = "kubeship"
    try:
        app = load_app(project, env)
        name = app.name
        found = status(app.name, cluster_of(cluster, user.emit)(app))
    except KubeshipError as error:
        typer.echo(nagios.unknown(name, error.message))
        return nagios.PluginCode.UNKNOWN
    typer.echo(nagios.line(name, found.processes, found.lines))
    return nagios.code(found.processes, found.lines)


def history(
    context: typer.Context,
    revision: Annotated[
        int | None, typer.Argument(help="Everything about this one: objects, changes, release steps.", show_default="")
    ] = None,
    project: Project = HERE,
    env: Environment = None,
    cluster: Context = None,
    output: Annotated[HistoryOutput, typer.Option(help="How it is printed.")] = HistoryOutput.TEXT,
    json: Json = False,
) -> None:
    """List the revisions that were deployed, newest first, or tell everything about one.

    kubeship history
    kubeship history 7
    """
    from kubeship.cli.adapters import cluster_of
    from kubeship.cli.screen import screen
    from kubeship.ui.documents import HistoryResult
    from kubeship.ui.revision_document import revision_document, revision_in_full
    from kubeship.ui.revisions import show_history, show_revision
    from kubeship.workflows.app import load_app
    from kubeship.workflows.history import in_full

    with screen("history", context.obj, json or output is HistoryOutput.JSON) as user:
        app = load_app(project, env)
        connected = cluster_of(cluster, user.emit)(app)
        records, now = connected.revisions(app.name), connected.now()
        if revision is None:
            listed: HistoryResult = {"revisions": [revision_document(record) for record in records]}
            user.show(listed, lambda console: show_history(records, console, now))
            return
        found = in_full(records, app.name, revision)
        document: HistoryResult = {"revisions": [revision_in_full(found)]}
        user.show(document, lambda console: show_revision(found, console, now))


COMMANDS = (status, history)
