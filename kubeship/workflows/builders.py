"""Which builder makes the image: the engine that the Dockerfile is for, or the direct one that needs none?"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from time import monotonic

from kubeship.errors import InvalidInput, KubeshipError, MissingPrecondition
from kubeship.model.direct import DirectImage, DirectRequest, NeedsEngine, Prove
from kubeship.model.events import Emit, Note, Step
from kubeship.model.finding import Finding
from kubeship.workflows.app import App
from kubeship.workflows.ports import DirectBuilder, Engine
from kubeship.workspace.decisions import sha256

UNPROVED = "The image will be built without an engine, and what is in it can't be proved before the rollout."


class Choice(StrEnum):
    """What `--builder` may say."""

    AUTO = "auto"
    """docker where an engine answers, otherwise direct."""
    DOCKER = "docker"
    DIRECT = "direct"


@dataclass(frozen=True)
class Builders:
    """What an image can be built with; each is made when it is first needed."""

    engine: Callable[[], Engine]
    direct: Callable[[str, Emit], DirectBuilder]
    """For a repository."""
    choice: Choice = Choice.AUTO
    cache: str | None = None
    """A tag of the image's repository whose layers an engine that starts empty may take; pushed anew after a build."""

    def answering(self) -> Engine | KubeshipError:
        """The engine, or why there is none."""
        try:
            engine = self.engine()
            engine.describe()
        except KubeshipError as error:
            return error
        return engine


@dataclass
class Clock:
    """How long each part of a build took, in seconds."""

    parts: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=monotonic)

    def part(self, name: str) -> None:
        """A part is done."""
        now = monotonic()
        self.parts[name] = round(self.parts.get(name, 0) + now - self._since, 4)
        self._since = now


@dataclass(frozen=True)
class Attempt:
    """One build: of what, from which source, told to whom."""

    app: App
    source: str
    """The git revision, or the content hash, that will be the tag."""
    emit: Emit
    clock: Clock


def direct_obstacle(app: App, builder: DirectBuilder, request: DirectRequest | None) -> str | None:
    """Why the direct builder would not make what was reviewed; None when it would."""
    if request is None:
        return "the project's own Dockerfile says how it is built"
    written = app.workspace.read(["Dockerfile"]).get("Dockerfile")
    if written is None or sha256(written) != app.lock.files.get("Dockerfile"):
        return "the Dockerfile was edited by hand"
    if app.stale:
        return "kubeship.yaml has changed since the Dockerfile was rendered from it"
    return builder.obstacle(request)


def direct_request(app: App, source: str, moving: str | None = None) -> DirectRequest | None:
    """The image as the direct builder is asked for it; None where the project keeps a Dockerfile of its own.

    `moving` is a second tag, which other images had before.
    """
    if app.plan.dockerfile is None:
        return None
    asked = app.build_request(source)
    return DirectRequest(
        context=asked.context.resolve(),
        dockerfile=asked.dockerfile,
        image=app.plan.dockerfile,
        python=app.configuration.python,
        repository=app.plan.image,
        tags=(source, moving) if moving else (source,),
        secrets=asked.secrets,
        epoch=_epoch(asked.arguments.get("SOURCE_DATE_EPOCH")),
    )


def built_directly(
    attempt: Attempt, builders: Builders, missing: KubeshipError | None, prove: Prove | None
) -> DirectImage | None:
    """The image, in the registry; None, and a sentence, when an engine has to build it.

    Raises MissingPrecondition when an engine has to and there is none (`missing`).
    """
    app = attempt.app
    builder = builders.direct(app.plan.image, attempt.emit)
    request = direct_request(app, attempt.source, builders.cache)
    because = direct_obstacle(app, builder, request)
    attempt.clock.part("start")
    if because is None and request is not None:
        attempt.emit(Step(f"Building {request.repository}:{attempt.source} without an engine"))
        try:
            return builder.build(request, attempt.emit, prove)
        except NeedsEngine as needs:
            because = str(needs)
    sentence = f"The direct builder can't make this image: {because}"
    if missing:
        raise MissingPrecondition(f"{sentence}; and {missing.message}", hint=missing.hint) from missing
    attempt.emit(Note(f"{sentence}. The engine builds it"))
    return None


def prefers_direct(choice: Choice, push: bool, engine: Engine | KubeshipError) -> bool:
    """Whether the direct builder is to be tried. Raises InvalidInput, or why the engine can't be had."""
    if choice is Choice.DIRECT:
        if not push:
            raise InvalidInput(
                "the direct builder puts an image into its registry, and nowhere else",
                hint="add --push, or leave --builder direct out",
            )
        return True
    if not isinstance(engine, KubeshipError):
        return False
    if choice is Choice.AUTO and push:
        return True
    raise engine


def builder_findings(app: App, builders: Builders, emit: Emit) -> list[Finding]:
    """What stands in the way of building and pushing."""
    engine = builders.answering()
    if not isinstance(engine, KubeshipError) and builders.choice is not Choice.DIRECT:
        finding = engine.push_finding(app.plan.image)
        return [finding] if finding else []
    missing = Finding(engine.message, engine.hint, subject="engine") if isinstance(engine, KubeshipError) else None
    if missing and builders.choice is Choice.DOCKER:
        return [missing]
    builder = builders.direct(app.plan.image, emit)
    because = direct_obstacle(app, builder, direct_request(app, "source"))
    if because and missing:
        problem = f"{missing.problem.rstrip('.')}, and the direct builder, which needs no engine, can't: {because}"
        return [Finding(problem, missing.remedy, subject="engine")]
    finding = builder.push_finding(app.plan.image)
    without = [replace(missing, problem=f"{missing.problem} {UNPROVED}", fatal=False)] if missing else []
    return [*without, *([finding] if finding else [])]


def _epoch(value: str | None) -> int | None:
    if value is None:
        return None
    if not value.isdigit():
        raise InvalidInput(f"SOURCE_DATE_EPOCH is {value!r}, no number of seconds", hint="correct or unset it")
    return int(value)
