"""How do kubeship.yaml and kubeship.lock become files? Edited files are kept; what conflicts is put beside them."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from kubeship.config.file import CONFIG_FILE, load
from kubeship.errors import InvalidInput
from kubeship.model.events import Caution, Emit
from kubeship.rendering.render import Build, Format, folder
from kubeship.rendering.render import render as files_of
from kubeship.workflows.app import App, load_app
from kubeship.workflows.moved import left_behind
from kubeship.workspace.decisions import Action, Decision
from kubeship.workspace.files import Writing
from kubeship.workspace.replacement import replace_all


@dataclass(frozen=True)
class RenderRequest:
    """What `kubeship render` was asked to do."""

    project: Path
    environment: str | None = None
    """None: all of them."""
    format: str = "plain"
    output_dir: Path | None = None
    image: str | None = None
    check: bool = False
    force: bool = False


@dataclass(frozen=True)
class Rendered:
    """What happened to each file, or with `check` would happen."""

    files: tuple[Decision, ...]
    different: bool
    """Exit code 2: a file would change, or was edited and has something new beside it."""


def render(request: RenderRequest, emit: Emit) -> Rendered:
    """Write the files of one environment or of all. Raises InvalidInput."""
    form = _format(request.format)
    if request.output_dir is not None:
        return _elsewhere(request, form, request.output_dir)
    files: dict[str, Decision] = {}
    for app in _apps(request, form):
        for decision in write(app, form, request.check, request.force, emit):
            # The Dockerfile is the same for all environments: what happened to it first is what happened.
            files.setdefault(decision.path, decision)
    return Rendered(tuple(files.values()), is_different(files.values(), request.check))


def write(
    app: App, form: Format, check: bool, force: bool, emit: Emit, *, beside: Mapping[str, str] | None = None
) -> tuple[Decision, ...]:
    """Write (or, with `check`, only decide about) the files of one environment, and others `beside` them."""
    writing = Writing(
        environment=app.environment if form == "plain" else None,
        config_text=app.file.text,
        read_besides=app.read_besides,
        wanted={**rendered(app, form, app.workspace.root / folder(form, app.environment)), **(beside or {})},
        lock=app.lock,
    )
    if check:
        return app.workspace.decide(writing, force=force)
    for caution in left_behind(app) if form == "plain" else ():
        emit(caution)
    decisions = app.workspace.write(writing, force=force)
    for decision in decisions:
        if decision.action is Action.CONFLICT:
            emit(
                Caution(
                    f"{decision.path} was edited and is kept; what kubeship would write is in {decision.path}.new",
                    f"merge {decision.path}.new into it and delete it, or take it: kubeship render --force",
                )
            )
    return decisions


def rendered(app: App, form: Format, directory: Path) -> dict[str, str]:
    """Text by path of a format whose files will be in `directory`."""
    project = Path(os.path.relpath(app.workspace.root.resolve(), directory.resolve())).as_posix()
    return files_of(
        app.plan,
        format=form,
        base=app.base_plan(),
        build=Build(project, app.dockerfile),
        others_in_deploy=app.workspace.has_others_in_deploy(),
    )


def _format(name: str) -> Format:
    formats: tuple[Format, ...] = get_args(Format)
    for known in formats:
        if known == name:
            return known
    raise InvalidInput(f"there is no format {name}", hint=f"use --format {' or '.join(formats)}")


def is_different(files: Iterable[Decision], check: bool) -> bool:
    """Whether the exit code is 2."""
    return any(each.changes if check else each.action is Action.CONFLICT for each in files)


def _elsewhere(request: RenderRequest, form: Format, directory: Path) -> Rendered:
    """Write into another directory, whose files nobody edits: they are replaced as they are."""
    texts: dict[str, str] = {}
    for app in _apps(request, form):
        prefix = f"{folder(form, app.environment)}/"
        made = rendered(app, form, directory)
        texts |= {path.removeprefix(prefix): text for path, text in made.items() if path.startswith(prefix)}
    decisions = tuple(_decision(directory, path, text) for path, text in texts.items())
    if not request.check:
        directory.mkdir(parents=True, exist_ok=True)
        replace_all(directory, texts)
    return Rendered(decisions, is_different(decisions, request.check))


def _decision(directory: Path, path: str, text: str) -> Decision:
    place = directory / path
    if not place.exists():
        return Decision(path, Action.CREATE, text)
    return Decision(path, Action.UNCHANGED if place.read_bytes() == text.encode() else Action.REPLACE, text)


def with_reference(app: App, reference: str) -> App:
    """The app with an image that its files name from now on."""
    images = {**app.lock.images, app.environment: reference}
    return replace(app, lock=replace(app.lock, images=images), plan=replace(app.plan, reference=reference))


def _apps(request: RenderRequest, form: Format) -> Iterator[App]:
    """The app in each environment that is asked for. Raises InvalidInput where that can only be one, and isn't."""
    several = form == "kustomize" or (form == "plain" and request.output_dir is None)
    known = load(request.project / CONFIG_FILE).environments if several and request.environment is None else ()
    for environment in known or (request.environment,):
        app = load_app(request.project, environment)
        yield with_reference(app, request.image) if request.image else app
