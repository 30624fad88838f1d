"""Which commands make and prove images?"""

from typing import TYPE_CHECKING, Annotated

import typer

from kubeship.cli.options import HERE, Builder, Cache, Environment, Json, Project

if TYPE_CHECKING:
    from rich.console import Console


def build(
    context: typer.Context,
    project: Project = HERE,
    env: Environment = None,
    push: Annotated[
        bool, typer.Option("--push", envvar="KUBESHIP_PUSH", help="Push the image after it was proved.")
    ] = False,
    builder: Builder = "auto",
    cache: Cache = None,
    json: Json = False,
) -> None:
    """Build the image, prove that its entrypoint loads inside it, and try whether it starts and answers.

    kubeship build --push
    """
    from kubeship.cli.adapters import builders
    from kubeship.cli.clock import process_seconds, timings
    from kubeship.cli.screen import screen
    from kubeship.ui.documents import BuildResult, SizeDocument
    from kubeship.workflows.app import load_app
    from kubeship.workflows.build import build_image, try_starts
    from kubeship.workflows.sizes import tell_sizes

    with screen("build", context.obj, json, lines=True) as user:
        app = load_app(project, env)
        loaded = process_seconds()
        built = build_image(app, builders(builder, cache), push, user.emit)
        sizes = tell_sizes(app, built.image, built.engine, user.emit) if built.engine else ()
        answers = try_starts(app, built.image, built.engine, user.emit) if built.engine else ()

        def human(console: "Console") -> None:
            console.print(built.reference, soft_wrap=True)

        document: BuildResult = {
            "reference": built.reference,
            "id": built.image.id,
            "size": built.image.size,
            "sizes": [SizeDocument(kind=each.kind, size=each.size, lines=each.lines) for each in sizes],
            "source": built.source,
            "builder": built.builder,
            "verified": built.engine is not None,
            "timings": timings(loaded, built.seconds),
            "proofs": built.proofs,
            "answers": answers,
        }
        user.show(document, human)


def verify(
    context: typer.Context,
    image: Annotated[
        str | None,
        typer.Argument(
            help="An image; pulled where the engine doesn't have it.", show_default="the one of this source"
        ),
    ] = None,
    project: Project = HERE,
    env: Environment = None,
    write: Annotated[
        bool,
        typer.Option("--write", envvar="KUBESHIP_WRITE", help="Put what was measured of the start into kubeship.yaml."),
    ] = False,
    json: Json = False,
) -> None:
    """Prove that the entrypoint loads inside an image that was built before, and try whether it starts and answers.

    kubeship verify
    kubeship verify registry.example.com/shop:4f2a1c9
    kubeship verify --write
    """
    from kubeship.cli.adapters import engine
    from kubeship.cli.screen import screen
    from kubeship.ui.documents import VerifyResult
    from kubeship.workflows.app import load_app
    from kubeship.workflows.build import try_starts, verify_image
    from kubeship.workflows.measure import write_measured

    with screen("verify", context.obj, json) as user:
        app, builder = load_app(project, env), engine()
        reference = image or app.build_request(app.source()).tag
        built = builder.fetch(reference)
        proofs = verify_image(app, built, builder, user.emit)
        answers = try_starts(app, built, builder, user.emit)
        written = write_measured(app, answers, user.emit) if write else ()

        def human(console: "Console") -> None:
            console.print(f"[green]✓[/green] {reference}: {len(proofs)} proved", highlight=False, soft_wrap=True)

        document: VerifyResult = {
            "image": reference,
            "proofs": proofs,
            "answers": answers,
            "written": [".".join(key) for key in written],
        }
        user.show(document, human)


COMMANDS = (build, verify)
