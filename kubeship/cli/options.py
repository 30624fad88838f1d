"""Which options do several commands share? One annotated type each."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kubeship.errors import InvalidInput

if TYPE_CHECKING:
    from kubeship.model.changes import Consent

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
Builder = Annotated[
    str,
    typer.Option(
        "--builder",
        envvar="KUBESHIP_BUILDER",
        metavar="NAME",
        help="docker: the engine. direct: without one. auto: docker where an engine answers, otherwise direct.",
    ),
]
Cache = Annotated[
    str | None,
    typer.Option(
        "--cache",
        envvar="KUBESHIP_CACHE",
        metavar="TAG",
        help="A tag of the image's repository to take layers from where the engine starts empty, as in CI.",
    ),
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
TakeOver = Annotated[
    list[str] | None,
    typer.Option(
        "--take-over",
        metavar="FIELD",
        help="Apply this field though another manager owns it: Deployment/shop-web:spec.replicas. Repeatable.",
    ),
]
Replace = Annotated[
    list[str] | None,
    typer.Option(
        "--replace",
        metavar="OBJECT",
        help="Delete and create anew where a field can't be changed: Deployment/shop-web. Repeatable.",
    ),
]
Adopt = Annotated[
    bool, typer.Option("--adopt", help="Make objects that kubectl or Helm made kubeship's, and only those.")
]
WaitForLease = Annotated[
    str | None,
    typer.Option(
        "--wait-for-lease",
        envvar="KUBESHIP_WAIT_FOR_LEASE",
        metavar="DURATION",
        help="Wait that long (90s, 10m) for another deploy of the app to end, instead of exiting with 8 at once.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", envvar="KUBESHIP_YES", help="Don't ask.")]

HERE = Path()


UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(option: str, duration: str | None) -> int | None:
    """A duration of the command line in seconds. Raises InvalidInput, naming the option."""
    if duration is None:
        return None
    match = re.fullmatch(r"(\d{1,6})([smhd])", duration)
    if not match:
        raise InvalidInput(f"{option} {duration!r} is no duration", hint="write it as 90s, 10m, 2h or 1d")
    return int(match[1]) * UNITS[match[2]]


def enter(directory: Path) -> None:
    """Make it the current directory. Raises typer's own error of a bad option where it can't be."""
    try:
        os.chdir(directory)
    except OSError as error:
        raise typer.BadParameter(f"-C {directory}: {error.strerror}") from error


def consent_of(take_over: list[str] | None, replace: list[str] | None, adopt: bool) -> "Consent":
    """What was said on the command line. Raises InvalidInput for what is no field, or no object."""
    from kubeship.model.changes import Consent

    for field in take_over or ():
        if not re.fullmatch(r"[A-Za-z]+/[^\s/:]+:\S.*", field):
            raise InvalidInput(
                f"--take-over {field!r} names no field of an object",
                hint="write it as the conflict does: Deployment/shop-web:spec.replicas",
            )
    for name in replace or ():
        if not re.fullmatch(r"[A-Za-z]+/[^\s/:]+", name):
            raise InvalidInput(f"--replace {name!r} names no object", hint="write it as Deployment/shop-web")
    return Consent(frozenset(take_over or ()), frozenset(replace or ()), adopt)


@dataclass(frozen=True)
class Settings:
    """The options of every command that its screen heeds."""

    quiet: bool = False
    verbose: bool = False
