"""Which commands change what runs in a cluster?"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kubeship.cli.options import (
    HERE,
    Adopt,
    Builder,
    Cache,
    Context,
    Environment,
    Frozen,
    Image,
    Json,
    Project,
    Replace,
    TakeOver,
    WaitForLease,
    Yes,
    consent_of,
    seconds,
)
from kubeship.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from kubeship.model.changes import Change
    from kubeship.model.revision import Revision
    from kubeship.ui.ci.report import Report


def deploy(
    context: typer.Context,
    project: Project = HERE,
    env: Environment = None,
    cluster: Context = None,
    image: Image = None,
    builder: Builder = "auto",
    cache: Cache = None,
    frozen: Frozen = None,
    create_namespace: Annotated[
        bool, typer.Option("--create-namespace", help="Create the environment's namespace if it doesn't exist.")
    ] = False,
    rollback: Annotated[
        bool, typer.Option("--rollback/--no-rollback", help="Return to the last good revision if the new one fails.")
    ] = True,
    keep_evidence: Annotated[
        Path | None,
        typer.Option(
            "--keep-evidence",
            envvar="KUBESHIP_KEEP_EVIDENCE",
            metavar="DIRECTORY",
            help="Write a failure's evidence below this directory, not into the project: a CI job's artifacts.",
            file_okay=False,
        ),
    ] = None,
    take_over: TakeOver = None,
    replace: Replace = None,
    adopt: Adopt = False,
    wait_for_lease: WaitForLease = None,
    json: Json = False,
) -> None:
    """Build, push, apply, watch until the new version serves, and roll back if it can't.

    kubeship deploy --env production
    kubeship deploy --image registry.example.com/shop@sha256:...
    """
    from kubeship.cli.adapters import builders, cluster_of, holder
    from kubeship.cli.screen import screen
    from kubeship.ui.documents import DeployResult
    from kubeship.ui.revision_document import revision_document
    from kubeship.workflows.deploy import DeployRequest, deploy

    strict = bool(os.environ.get("CI")) if frozen is None else frozen
    with screen("deploy", context.obj, json, lines=True) as user:
        request = DeployRequest(project, env, holder(), image, strict, create_namespace, rollback, keep_evidence)
        patience = seconds("--wait-for-lease", wait_for_lease) or 0
        connect = cluster_of(cluster, user.emit, patience, consent_of(take_over, replace, adopt))
        done = deploy(request, builders(builder, cache), connect, user.emit)

        user.report(_report(done.revision, done.addresses, done.changes))

        def human(console: "Console") -> None:
            revision = done.revision
            console.print(_serves(revision), soft_wrap=True, highlight=False)
            for address in done.addresses:
                console.print(f"  {address}", soft_wrap=True, highlight=False)

        document: DeployResult = {"revision": revision_document(done.revision), "addresses": done.addresses}
        user.show(document, human)


def rollback(
    context: typer.Context,
    revision: Annotated[
        int | None, typer.Argument(help="Its number in kubeship history.", show_default="the one before")
    ] = None,
    project: Project = HERE,
    env: Environment = None,
    cluster: Context = None,
    take_over: TakeOver = None,
    replace: Replace = None,
    adopt: Adopt = False,
    wait_for_lease: WaitForLease = None,
    json: Json = False,
) -> None:
    """Make an earlier revision the running one again, and watch until it serves.

    kubeship rollback
    kubeship rollback 7
    """
    from kubeship.cli.adapters import cluster_of, holder
    from kubeship.cli.screen import screen
    from kubeship.ui.documents import RollbackResult
    from kubeship.ui.revision_document import revision_document
    from kubeship.workflows.app import load_app
    from kubeship.workflows.rollback import RollbackRequest, rollback

    with screen("rollback", context.obj, json, lines=True) as user:
        app = load_app(project, env)
        request = RollbackRequest(app.name, holder(), app.timeout, revision)
        patience = seconds("--wait-for-lease", wait_for_lease) or 0
        connect = cluster_of(cluster, user.emit, patience, consent_of(take_over, replace, adopt))
        done = rollback(request, connect(app), user.emit)
        user.report(_report(done))
        document: RollbackResult = {"revision": revision_document(done)}
        user.show(document, lambda console: console.print(_serves(done), soft_wrap=True, highlight=False))


def delete(
    context: typer.Context,
    project: Project = HERE,
    env: Environment = None,
    cluster: Context = None,
    yes: Yes = False,
    wait_for_lease: WaitForLease = None,
    json: Json = False,
) -> None:
    """Delete the app from the cluster: what its revision records list and kubeship applied, nothing else.

    kubeship delete --env staging --yes
    """
    from kubeship.cli.adapters import cluster_of, holder
    from kubeship.cli.screen import screen
    from kubeship.ui.documents import DeleteResult
    from kubeship.workflows.app import load_app
    from kubeship.workflows.delete import delete

    with screen("delete", context.obj, json) as user:
        app = load_app(project, env)
        patience = seconds("--wait-for-lease", wait_for_lease) or 0
        target = cluster_of(cluster, user.emit, patience)(app)
        question = f"Delete {app.name} from {target.describe()}, namespace {target.namespace}?"
        if not yes and not (user.interactive and typer.confirm(question, err=True)):
            raise InvalidInput("nothing was deleted: deleting needs a yes", hint="kubeship delete --yes")
        gone = delete(app.name, holder(), target, user.emit)
        document: DeleteResult = {"deleted": gone}
        user.show(document, lambda console: console.print("\n".join(f"deleted {item}" for item in gone)))


COMMANDS = (deploy, rollback, delete)


def _serves(revision: "Revision") -> str:
    return f"[green]✓[/green] {revision.app} revision {revision.number} serves {revision.image}"


def _report(revision: "Revision", addresses: tuple[str, ...] = (), changes: "Iterable[Change]" = ()) -> "Report":
    from kubeship.ui.ci.report import Report
    from kubeship.ui.terminal import SYMBOLS

    title = f"{revision.app} revision {revision.number} serves in {revision.environment}"
    changed = tuple(f"{SYMBOLS[change.action][0]} {change.ref}" for change in changes if change.action in SYMBOLS)
    return Report(title, revision.environment, revision.number, revision.image, addresses, changed)
