"""Which options do several commands share? One annotated type each."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

Project = Annotated[
    Path,
    typer.Option("--project", "-C", envvar="KUBESHIP_PROJECT", help="The project's directory.", show_default="here"),
]
ProjectArgument = Annotated[
    Path, typer.Argument(metavar="[PATH]", help="The project's directory.", show_default="here")
]
Environment = Annotated[
    str | None,
    typer.Option(
        "--env", "-e", envvar="KUBESHIP_ENV", help="The environment of kubeship.yaml; needed where there are several."
    ),
]
Context = Annotated[
    str | None, typer.Option("--context", envvar="KUBESHIP_CONTEXT", help="The kubeconfig context to use.")
]
Image = Annotated[
    str | None, typer.Option("--image", envvar="KUBESHIP_IMAGE", help="Use this image instead of building one.")
]
Frozen = Annotated[
    bool | None,
    typer.Option(
        "--frozen/--no-frozen",
        envvar="KUBESHIP_FROZEN",
        help="Refuse when kubeship.yaml has changed since the last render. The default where CI is set.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", envvar="KUBESHIP_JSON", help="Print JSON instead of text.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", envvar="KUBESHIP_YES", help="Don't ask.")]

HERE = Path()


@dataclass(frozen=True)
class Settings:
    """The options of every command that its screen heeds."""

    quiet: bool = False
    verbose: bool = False
