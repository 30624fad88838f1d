"""Which commands make and prove images?"""

from typing import TYPE_CHECKING, Annotated

import typer

from kubeship.cli.options import HERE, Environment, Json, Project

if TYPE_CHECKING:
    from rich.console import Console


def build(
    context: typer.Context,
    project: Project = HERE,
    env: Environment = None,
    push: Annotated[
        bool, typer.Option("--push", envvar="KUBESHIP_PUSH", help="Push the image after it was proved.")
    ] = False,
    json: Json = False,
) -> None:
    """Build the image, prove that its entrypoint loads inside it, and try whether it starts and answers.

    kubeship build --push
    """
    from kubeship.cli.adapters import engine
    from kubeship.cli.screen import screen
    from kubeship.workflows.app import load_app
    from kubeship.workflows.build import build_image, try_starts

    with screen("build", context.obj, json, lines=True) as user:
        app, builder = load_app(project, env), engine()
        built = build_image(app, builder, push, user.emit)
        answers = try_starts(app, built.image, builder, user.emit)

        def human(console: "Console") -> None:
            console.print(built.reference, soft_wrap=True)

        document = {
            "reference": built.reference,
            "id": built.image.id,
            "size": built.image.size,
            "source": built.source,
            "proofs": built.proofs,
            "answers": answers,
        }
        user.show(document, human)


def verify(
    context: typer.Context,
    image: Annotated[str, typer.Argument(help="An image that the engine has.")],
    project: Project = HERE,
    env: Environment = None,
    json: Json = False,
) -> None:
    """Prove that the entrypoint loads inside an image that was built before.

    kubeship verify registry.example.com/shop:4f2a1c9
    """
    from kubeship.cli.adapters import engine
    from kubeship.cli.screen import screen
    from kubeship.model.image import BuiltImage
    from kubeship.workflows.app import load_app
    from kubeship.workflows.build import try_starts, verify_image

    with screen("verify", context.obj, json) as user:
        proofs = verify_image(load_app(project, env), BuiltImage(image, image, 0), engine(), user.emit)
        user.show({"proofs": proofs}, lambda console: console.print(f"[green]✓[/green] {len(proofs)} proved"))


COMMANDS = (build, verify)
