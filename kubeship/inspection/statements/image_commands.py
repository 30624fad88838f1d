"""What does an image start? ENTRYPOINT and CMD of the deployed stage, its variables and its port."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from kubeship.inspection.files.dockerfiles import Dockerfile, deployed_dockerfiles, read_dockerfile, settings
from kubeship.inspection.files.sources import Sources
from kubeship.inspection.statements.base_images import base_command
from kubeship.inspection.statements.image_files import image_of, workdir
from kubeship.inspection.statements.statement import IMAGE, Said
from kubeship.model.dockerfile import Instruction
from kubeship.model.origin import Origin


@dataclass(frozen=True)
class ImageCommand:
    """The last ENTRYPOINT and CMD."""

    entrypoint: tuple[str, ...]
    command: tuple[str, ...]
    line: int


def image_statements(sources: Sources, folder: str) -> Iterator[Said]:
    """What each Dockerfile of the deployed kind starts, the likeliest first."""
    for path in deployed_dockerfiles(sources, folder):
        dockerfile = read_dockerfile(sources, path)
        found = image_command(dockerfile)
        if not found:
            yield from _of_base(sources, dockerfile)
            continue
        yield Said(
            Origin(path, found.line, "the image's command"),
            IMAGE,
            words=(*found.entrypoint, *found.command),
            folder=workdir(dockerfile),
            variables=tuple(variables_of(dockerfile).items()),
            image=image_of(sources, dockerfile, None),
            any_arguments=bool(found.entrypoint) and not found.command,
            port=_exposed(dockerfile),
        )


def _of_base(sources: Sources, dockerfile: Dockerfile) -> Iterator[Said]:
    """What the base image starts, where the Dockerfile leaves that to it."""
    name, line = dockerfile.base
    image, variables = image_of(sources, dockerfile, None), variables_of(dockerfile)
    if found := base_command(sources, name, image, variables):
        yield Said(
            Origin(dockerfile.path, line, f"what {name} starts"),
            IMAGE,
            words=found.words,
            folder=found.folder,
            variables=tuple(variables.items()),
            image=image,
            port=_exposed(dockerfile) or found.port,
        )


def image_command(dockerfile: Dockerfile) -> ImageCommand | None:
    """What the image runs; None when only its base image says so."""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    line = 0
    for stage in reversed(dockerfile.lineage):
        for instruction in stage.instructions:
            if instruction.name == "ENTRYPOINT":
                entrypoint, command, line = _words(instruction), (), instruction.line
            elif instruction.name == "CMD":
                command, line = _words(instruction), instruction.line
    if entrypoint[:2] == ("sh", "-c") and re.search(r"\$0\b|\$@", entrypoint[2]):
        entrypoint = tuple(word for word in shlex.split(entrypoint[2]) if word not in ("$0", "$@"))
    return ImageCommand(entrypoint, command, line) if entrypoint or command else None


def variables_of(dockerfile: Dockerfile) -> dict[str, str]:
    """The variables that ENV sets."""
    found: dict[str, str] = {}
    for instruction in dockerfile.final:
        if instruction.name == "ENV":
            found.update((name, value) for name, value in settings(instruction.text) if "$" not in value)
    return found


def _words(instruction: Instruction) -> tuple[str, ...]:
    """The exec form as it is; the shell form as Docker runs it."""
    text = instruction.text.strip()
    if text.startswith("["):
        try:
            words = json.loads(text)
            return tuple(str(word) for word in words) if isinstance(words, list) else ()
        except ValueError:
            return tuple(word.strip(" \"',") for word in text.strip("[] ").split(",") if word.strip(" \"',"))
    return ("sh", "-c", text) if text else ()


def _exposed(dockerfile: Dockerfile) -> int | None:
    ports = [
        int(port)
        for instruction in dockerfile.final
        if instruction.name == "EXPOSE"
        for port in re.findall(r"(?<![\w$])(\d{1,5})(?=$|[\s/])", instruction.text)
    ]
    return ports[0] if len(set(ports)) == 1 and 0 < ports[0] < 65536 else None
