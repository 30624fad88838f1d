"""Which commands say what a deploy would meet or change, and change nothing?"""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kubeship.cli.options import (
    HERE,
    Adopt,
    Context,
    Environment,
    Image,
    Json,
    Project,
    Replace,
    TakeOver,
    consent_of,
)
from kubeship.errors import ExitCode

if TYPE_CHECKING:
    from rich.console import Console


class DiffOutput(StrEnum):
    """How `diff` prints."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def diff(
    context: typer.Context,
    project: Project = HERE,
    env: Environment = None,
    cluster: Context = None,
    image: Image = None,
    take_over: TakeOver = None,
    replace: Replace = None,
    adopt: Adopt = False,
    output: Annotated[
        DiffOutput, typer.Option(help="markdown: for a pull request, or a job's summary.")
    ] = DiffOutput.TEXT,
    json: Json = False,
) -> None:
    """Show what deploy would change on the cluster, field by field. Exits 2 when it would change something.

    kubeship diff --env staging
    kubeship diff --output markdown > comment.md
    """
    from kubeship.cli.adapters import cluster_of, engine
    from kubeship.cli.screen import screen
    from kubeship.ui.documents import DiffResult, drift_documents
    from kubeship.ui.markdown import markdown
    from kubeship.ui.results import show_changes
    from kubeship.workflows.diff import DiffRequest, diff

    with screen("diff", context.obj, json or output is DiffOutput.JSON) as user:
        connect = cluster_of(cluster, user.emit, consent=consent_of(take_over, replace, adopt))
        changes = diff(DiffRequest(project, env, image), engine, connect, user.emit)

        def human(console: "Console") -> None:
            if output is DiffOutput.MARKDOWN:
                console.file.write(markdown(changes, f"kubeship diff{f' of {env}' if env else ''}"))
            else:
                show_changes(changes, console)

        document: DiffResult = {"changes": tuple(changes), "drift": drift_documents(changes)}
        user.show(document, human)
    raise typer.Exit(ExitCode.DIFFERENT if changes else ExitCode.DONE)


def check(
    context: typer.Context,
    project: Project = HERE,
    env: Environment = None,
    cluster: Context = None,
    json: Json = False,
) -> None:
    """Find everything that a deploy would fail on: engine, registry, cluster, permissions. Exits 4 if there is any.

    kubeship check --env production
    """
    from kubeship.cli.adapters import builders, cluster_of
    from kubeship.cli.screen import screen
    from kubeship.ui.documents import CheckResult
    from kubeship.ui.results import show_findings
    from kubeship.workflows.app import load_app
    from kubeship.workflows.check import check

    with screen("check", context.obj, json) as user:
        findings = check(load_app(project, env), builders(), cluster_of(cluster, user.emit), user.emit)
        ready = not any(finding.fatal for finding in findings)

        def human(console: "Console") -> None:
            show_findings(findings, console)
            if ready:
                console.print("[green]✓[/green] nothing stands in the way of a deploy")

        document: CheckResult = {"ready": ready, "findings": findings}
        user.show(document, human)
    raise typer.Exit(ExitCode.DONE if ready else ExitCode.PRECONDITION)


COMMANDS = (diff, check)
