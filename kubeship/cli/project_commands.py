"""Which commands read a project, and write its files?"""

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kubeship.cli.options import HERE, Environment, Json, Project, ProjectArgument
from kubeship.errors import ExitCode

if TYPE_CHECKING:
    from rich.console import Console

    from kubeship.inspection.ports import WheelIndex
    from kubeship.model.project import Answers

Settings = Annotated[
    list[str],
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Answer a question, or set any key of kubeship.yaml; VALUE is YAML."
    ),
]
Root = Annotated[
    str | None,
    typer.Option("--root", envvar="KUBESHIP_ROOT", help="The project's folder in a monorepo; short for --set root=."),
]
Offline = Annotated[
    bool,
    typer.Option(
        "--offline", envvar="KUBESHIP_OFFLINE", help="Don't ask the package index which distributions have wheels."
    ),
]
Force = Annotated[bool, typer.Option("--force", envvar="KUBESHIP_FORCE", help="Replace hand-edited files too.")]


def init(
    context: typer.Context,
    path: ProjectArgument = HERE,
    image: Annotated[
        str | None,
        typer.Option("--image", envvar="KUBESHIP_IMAGE", help="The image's repository: registry.example.com/shop."),
    ] = None,
    host: Annotated[
        str | None, typer.Option("--host", envvar="KUBESHIP_HOST", help="The host name that the app answers at.")
    ] = None,
    namespace: Annotated[
        str | None, typer.Option("--namespace", envvar="KUBESHIP_NAMESPACE", help="Default: the app's name.")
    ] = None,
    env: Annotated[
        str | None,
        typer.Option("--env", "-e", envvar="KUBESHIP_ENV", help="The environment to write. Default: production."),
    ] = None,
    root: Root = None,
    settings: Settings = [],  # noqa: B006
    check: Annotated[
        bool, typer.Option("--check", help="Exit 2 if init would answer differently today; write nothing.")
    ] = False,
    force: Force = False,
    offline: Offline = False,
    ci: Annotated[
        str | None,
        typer.Option("--ci", envvar="KUBESHIP_CI", help="Also write the file of a CI service: github or gitlab."),
    ] = None,
    ci_login: Annotated[
        str,
        typer.Option(
            "--ci-login", envvar="KUBESHIP_CI_LOGIN", help="How CI gets to the cluster: kubeconfig, aws, gcp or azure."
        ),
    ] = "kubeconfig",
    json: Json = False,
) -> None:
    """Inspect the project and write kubeship.yaml, Dockerfile and manifests. Asks only what is ambiguous.

    kubeship init --image registry.example.com/team/shop --host shop.example.com
    kubeship init --set processes.web.entrypoint=shop.wsgi:application
    """
    from kubeship.cli.adapters import base_digest
    from kubeship.cli.screen import screen
    from kubeship.cli.wheel_index import users_index
    from kubeship.config.draft import DraftOptions
    from kubeship.ui.documents import FilesResult
    from kubeship.ui.results import file_actions, show_init
    from kubeship.workflows.init import InitRequest, init

    with screen("init", context.obj, json) as user:
        options = DraftOptions(image, host, namespace, env)
        request = InitRequest(path, options, _answers(settings, root), check, force, ci, ci_login)
        done = init(request, user.ask, base_digest, user.emit, None if offline else users_index())
        document: FilesResult = {"files": file_actions(done.files)}
        user.show(document, lambda console: show_init(done.project, done.files, console, written=not check))
    raise typer.Exit(ExitCode.DIFFERENT if done.different else ExitCode.DONE)


def inspect(
    context: typer.Context,
    path: ProjectArgument = HERE,
    root: Root = None,
    settings: Settings = [],  # noqa: B006
    offline: Offline = False,
    json: Json = False,
) -> None:
    """Show what the project says of itself, each fact with its origin. Nothing of it is run, nothing is written.

    kubeship inspect --json
    """
    from kubeship.cli.screen import screen
    from kubeship.inspection.document import document
    from kubeship.inspection.project import inspect
    from kubeship.ui.results import show_project

    with screen("inspection", context.obj, json) as user:
        project = inspect(path, _answers(settings, root), None if offline else _index())
        user.show(document(project), lambda console: show_project(project, console))


def render(
    context: typer.Context,
    project: Project = HERE,
    env: Environment = None,
    everywhere: Annotated[
        bool, typer.Option("--all", help="All environments, also where KUBESHIP_ENV names one; so without --env.")
    ] = False,
    form: Annotated[
        str, typer.Option("--format", envvar="KUBESHIP_FORMAT", help="plain, kustomize, helm or compose.")
    ] = "plain",
    output_dir: Annotated[
        Path | None,
        typer.Option("--output-dir", envvar="KUBESHIP_OUTPUT_DIR", help="Write there instead of into the project."),
    ] = None,
    image: Annotated[
        str | None,
        typer.Option("--image", envvar="KUBESHIP_IMAGE", help="Name this image in the files, now and later."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Exit 2 if files would change; write nothing.")] = False,
    force: Force = False,
    json: Json = False,
) -> None:
    """Write the Dockerfile and the manifests anew from kubeship.yaml. Hand-edited files are kept.

    kubeship render --check
    kubeship render --format helm --output-dir chart
    """
    from kubeship.cli.screen import screen
    from kubeship.ui.documents import FilesResult
    from kubeship.ui.results import file_actions, show_files
    from kubeship.workflows.render import RenderRequest, render

    with screen("render", context.obj, json) as user:
        done = render(
            RenderRequest(project, None if everywhere else env, form, output_dir, image, check, force), user.emit
        )
        document: FilesResult = {"files": file_actions(done.files)}
        user.show(document, lambda console: show_files(done.files, console, written=not check))
    raise typer.Exit(ExitCode.DIFFERENT if done.different else ExitCode.DONE)


def explain(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="A path in kubeship.yaml: processes.web.workers.")],
    project: Project = HERE,
    env: Environment = None,
    json: Json = False,
) -> None:
    """Say where a value comes from and why it is what it is.

    kubeship explain processes.web.workers
    """
    from kubeship.cli.screen import screen
    from kubeship.ui.documents import ExplainResult, ReasonDocument
    from kubeship.workflows.app import load_app
    from kubeship.workflows.explain import explain

    with screen("explain", context.obj, json) as user:
        reasons = explain(load_app(project, env), key)

        def human(console: "Console") -> None:
            for reason in reasons:
                value = "" if reason.value is None else f" {reason.value}"
                console.print(f"{reason.key}:{value}", highlight=False, soft_wrap=True, markup=False)
                console.print(f"  {reason.why}", highlight=False, soft_wrap=True, markup=False)

        document: ExplainResult = {
            "reasons": [ReasonDocument(key=each.key, value=each.value, why=each.why) for each in reasons]
        }
        user.show(document, human)


def update(context: typer.Context, project: Project = HERE, json: Json = False) -> None:
    """Pin the newest base images and servers in kubeship.lock, and write the Dockerfile anew.

    kubeship update
    """
    from kubeship.cli.adapters import base_digest
    from kubeship.cli.screen import screen
    from kubeship.ui.documents import FilesResult
    from kubeship.ui.results import file_actions, show_files
    from kubeship.workflows.update import update

    with screen("update", context.obj, json) as user:
        done = update(project, base_digest, user.emit)
        document: FilesResult = {"files": file_actions(done.files)}
        user.show(document, lambda console: show_files(done.files, console))
    raise typer.Exit(ExitCode.DIFFERENT if done.different else ExitCode.DONE)


def _answers(settings: list[str], root: str | None) -> "Answers":
    """What `--set` and `--root` say; the room that reads the former takes longer to import than most to inspect."""
    stated = {} if root is None else {"root": posixpath.normpath(root)}
    if not settings:
        return stated
    from kubeship.workflows.init import read_settings

    return read_settings(settings) | stated


def _index() -> "WheelIndex":
    from kubeship.cli.wheel_index import users_index

    return users_index()


COMMANDS = (init, inspect, render, explain, update)
