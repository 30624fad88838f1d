"""Which distributions does the image get, in uv's words? From the files that the Dockerfile installs from."""

import json
import shlex
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubeship.errors import BuildFailed, InvalidInput
from kubeship.images.direct.locks import pinned_by_pdm, pinned_by_pipenv, pinned_by_poetry, registries_of_uv
from kubeship.images.direct.pins import Pins
from kubeship.images.direct.target import Target
from kubeship.images.direct.uv import Uv, run_uv
from kubeship.model.direct import DirectRequest, NeedsEngine
from kubeship.model.events import Emit, Note

Lock = Mapping[str, Any]


@dataclass(frozen=True)
class Install:
    """One run of `uv pip install`."""

    arguments: tuple[str, ...]
    folder: Path
    """Where it runs: whose uv settings apply."""


@dataclass(frozen=True)
class Place:
    """What reading a project needs."""

    request: DirectRequest
    target: Target
    uv: Uv
    scratch: Path
    """For files that are made; its uv settings are the user's."""
    secrets: Mapping[str, str]
    emit: Emit

    def file(self, name: str) -> Path:
        """One of the project's dependency files."""
        found = [path for path in self.request.image.dependency_files if Path(path).name == name]
        if not found:
            raise NeedsEngine(f"kubeship.yaml's dependencies.files don't name {name}")
        return self.request.context / found[0]


def installs(place: Place) -> list[Install]:
    """The runs in order; the server that kubeship adds is a run of its own, since it carries no hash.

    Raises NeedsEngine for what only the Dockerfile can do, InvalidInput for a file that can't be read.
    """
    image = place.request.image
    read = MANAGERS.get(image.manager)
    if read is None:
        raise NeedsEngine(f"dependencies of {image.manager} are only installed by {image.manager} itself")
    runs = read(place)
    if image.server_requirement:
        # Beside what has no hashes it is resolved together with the rest, as the Dockerfile does.
        if runs and not any("--require-hashes" in run.arguments for run in runs):
            runs = [Install((*runs[-1].arguments, *shlex.split(image.server_requirement)), runs[-1].folder)]
        else:
            runs = [*runs, Install(tuple(shlex.split(image.server_requirement)), place.scratch)]
    indexes = [word for index in image.indexes for word in ("--index", index)]
    return [Install((*run.arguments, *indexes), run.folder) for run in runs]


def _files(place: Place) -> list[Install]:
    image = place.request.image
    if not image.dependency_files:
        return []
    # pip takes the best version of all indexes; uv by default those of the first index that has any.
    options = ["--index-strategy", "unsafe-best-match", *(["--require-hashes"] if image.require_hashes else [])]
    return [Install((*options, "-r", str(place.request.context / image.dependency_files[0])), place.scratch)]


def _nothing(_: Place) -> list[Install]:
    return []


def _project(place: Place) -> list[Install]:
    """What pyproject.toml's [project] asks for, or a script's own block (PEP 723)."""
    image = place.request.image
    if image.dependency_files and image.dependency_files[0].endswith(".py"):
        return [Install(("-r", str(place.request.context / image.dependency_files[0])), place.scratch)]
    path = place.file("pyproject.toml")
    dynamic = _toml(path).get("project", {}).get("dynamic", [])
    if "dependencies" in dynamic or (image.extras and "optional-dependencies" in dynamic):
        raise NeedsEngine(f"only the build backend knows the dependencies that {path.name} calls dynamic")
    extras = [word for extra in image.extras for word in ("--extra", extra)]
    groups = [word for group in image.groups for word in ("--group", f"{path}:{group}")]
    return [Install(("-r", str(path), *extras, *groups), place.scratch)]


def _uv_lock(place: Place) -> list[Install]:
    """`uv export` says it as requirements with hashes."""
    image = place.request.image
    if not any(Path(name).name == "uv.lock" for name in image.dependency_files):
        return _project(place)
    folder = place.file("uv.lock").parent
    chosen = [word for group in image.groups for word in ("--group", group)]
    chosen += [word for extra in image.extras for word in ("--extra", extra)]
    export = ["export", "--no-emit-workspace", "--no-default-groups", "--no-header", "--no-annotate", "--format"]
    export += ["requirements.txt", *chosen]
    text = _exported(place, export, folder)
    for line in text.splitlines():
        if line.startswith(("-e ", "./", "../", "/", "file:")) or " @ " in line:
            raise NeedsEngine(f"uv.lock installs {line.removeprefix('-e ').split()[0]}, which must be built")
    return [_hashed(place, text, registries_of_uv(_toml(folder / "uv.lock")), folder)]


def _exported(place: Place, export: list[str], folder: Path) -> str:
    """The lock, found to agree with pyproject.toml where uv has an interpreter that the project allows to ask."""
    try:
        return run_uv(place.uv, [*export, "--locked"], folder, place.secrets)
    except BuildFailed as error:
        if "Python requirement" not in error.message + error.details:
            raise
        place.emit(
            Note("uv.lock is taken as it is: no interpreter of this machine's fits the project's requires-python")
        )
        return run_uv(place.uv, [*export, "--frozen"], folder, place.secrets)


def _pinned(pins: Pins, place: Place) -> list[Install]:
    return [_hashed(place, pins.text, pins.indexes, place.scratch)]


def _poetry(place: Place) -> list[Install]:
    path = place.file("poetry.lock")
    image = place.request.image
    pyproject = _toml(path.parent / "pyproject.toml")
    return _pinned(pinned_by_poetry(_toml(path), pyproject, place.target.markers, image.groups, image.extras), place)


def _pdm(place: Place) -> list[Install]:
    path = place.file("pdm.lock")
    image = place.request.image
    pyproject = _toml(path.parent / "pyproject.toml")
    return _pinned(pinned_by_pdm(_toml(path), pyproject, place.target.markers, image.groups, image.extras), place)


def _pipenv(place: Place) -> list[Install]:
    path = place.file("Pipfile.lock")
    try:
        lock = json.loads(_text(path))
    except ValueError as error:
        raise InvalidInput(f"{path} is no JSON: {error}.", hint="make it anew: pipenv lock") from error
    pipfile = _toml(path.parent / "Pipfile")
    return _pinned(pinned_by_pipenv(lock, pipfile, place.target.markers, place.request.image.groups), place)


def _hashed(place: Place, text: str, indexes: tuple[str, ...], folder: Path) -> Install:
    """Exactly these files. With hashes it doesn't matter which index a file comes from."""
    path = place.scratch / "requirements.txt"
    path.write_text(text, encoding="utf-8")
    known = set(place.request.image.indexes)
    others = [word for index in indexes if index not in known for word in ("--index", index)]
    strategy = ("--index-strategy", "unsafe-best-match")
    return Install(("--require-hashes", "--no-deps", *strategy, "-r", str(path), *others), folder)


MANAGERS: Mapping[str, Callable[[Place], list[Install]]] = {
    "none": _nothing,
    "pdm": _pdm,
    "pep621": _project,
    "pip": _files,
    "pip-tools": _files,
    "pipenv": _pipenv,
    "poetry": _poetry,
    "uv": _uv_lock,
}
"""By `dependencies.manager`. conda's packages and setup.py need their own programs."""


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{path} is no TOML: {error}.", hint=f"correct {path}, or make it anew") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} can't be read: {error}.", hint="make it a readable UTF-8 file") from error
