"""Which files of the project are in the image? Those that .dockerignore lets through, below /app, as by `COPY . .`."""

import stat
from pathlib import Path

from kubeship.errors import InvalidInput
from kubeship.images.context import entries
from kubeship.images.direct.layer import Member, folder

APP = "app"
WHITEOUT = ".wh."
"""Prefix of names that mean a deletion in a layer (OCI image specification)."""


def application(context: Path, dockerfile: str) -> list[Member]:
    """The members of /app, folders first. Raises InvalidInput for a name that no layer can hold."""
    members = [folder(APP)]
    for entry in entries(context, dockerfile):
        name = f"{APP}/{entry.name}"
        if entry.name.rpartition("/")[2].startswith(WHITEOUT):
            raise InvalidInput(
                f"{entry.name} can't be in an image: names that begin with {WHITEOUT} mean deleted files there.",
                hint="rename it, or name it in .dockerignore",
            )
        if entry.target:
            members.append(Member(name, 0o777, target=entry.target))
        elif stat.S_ISDIR(entry.status.st_mode):
            members.append(folder(name))
        else:
            mode = 0o755 if entry.status.st_mode & stat.S_IXUSR else 0o644
            members.append(Member(name, mode, source=context / entry.name))
    return members


def without_models(members: list[Member], models: tuple[str, ...]) -> tuple[list[Member], list[Member]]:
    """The app's own members, and those of its model files, which are a layer of their own; parents are in both."""
    if not models:
        return members, []
    roots = [f"{APP}/{path.strip('/')}" for path in models]

    def is_model(name: str) -> bool:
        return any(name == root or name.startswith(f"{root}/") for root in roots)

    def leads_to_model(name: str) -> bool:
        return any(root.startswith(f"{name}/") for root in roots)

    own = [member for member in members if not is_model(member.name)]
    return own, [member for member in members if is_model(member.name) or leads_to_model(member.name)]
