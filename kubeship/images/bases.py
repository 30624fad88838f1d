"""Which registries does a Dockerfile take images from?"""

import re
from collections.abc import Iterator

from docker import auth
from docker.errors import InvalidRepository

FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$", re.IGNORECASE | re.MULTILINE)
"""An image, and the stage's name."""
TAKEN = re.compile(r"^\s*COPY\s.*?--from=(\S+)|--mount=\S*\bfrom=([^\s,]+)", re.IGNORECASE | re.MULTILINE)
"""Files of another image, or of a stage: `COPY --from=ghcr.io/astral-sh/uv:0.9`, `RUN --mount=from=...`."""
ARGUMENT = re.compile(r"^\s*ARG\s+(\w+)=\"?([^\s\"]*)", re.IGNORECASE | re.MULTILINE)
VARIABLE = re.compile(r"\$\{?(\w+)(?::-([^}]*))?\}?")
INDEX = auth.INDEX_NAME
"""Docker Hub, as in the Docker configuration: `docker.io`."""


def registries(dockerfile: str, arguments: dict[str, str]) -> tuple[str, ...]:
    """The registries of all images that a Dockerfile names, `docker.io` for those without one, in order, each once."""
    lines = re.sub(r"\\\s*\n", " ", dockerfile)
    values = {**dict(ARGUMENT.findall(lines)), **arguments}
    return tuple(dict.fromkeys(registry(reference) for reference in _images(lines, values)))


def registry(reference: str) -> str:
    """The registry of an image's reference: `localhost:5000` of `localhost:5000/shop:1`."""
    try:
        return str(auth.resolve_repository_name(reference.partition("@")[0])[0])
    except InvalidRepository:
        return INDEX


def _images(lines: str, values: dict[str, str]) -> Iterator[str]:
    stages = {"scratch"}
    for number, (image, stage) in enumerate(FROM.findall(lines)):
        named = _expanded(image, values)
        if named.lower() not in stages:
            yield named
        stages |= {stage.lower(), str(number)}
    for copied, mounted in TAKEN.findall(lines):
        named = _expanded(copied or mounted, values)
        if named.lower() not in stages:
            yield named


def _expanded(word: str, values: dict[str, str]) -> str:
    return VARIABLE.sub(lambda found: values.get(found[1]) or found[2] or "", word)
