"""Which builder is taken, what is said of it, and what happens to an image that isn't proved?"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kubeship.errors import InvalidInput, MissingPrecondition, VerificationFailed
from kubeship.model.direct import DirectImage, DirectRequest, NeedsEngine, Prove
from kubeship.model.events import Caution, Emit, Event, Note
from kubeship.model.finding import Finding
from kubeship.workflows.app import load_app
from kubeship.workflows.build import Built, build_image
from kubeship.workflows.builders import Builders, Choice, builder_findings
from tests.unit.workflows.world import DIGEST, MemoryEngine

REFERENCE = f"registry.test/shop@{DIGEST}"


@dataclass
class MemoryBuilder:
    """Builds nothing without an engine, and says that it did."""

    because: str | None = None
    late: str | None = None
    calls: list[str] = field(default_factory=list)
    request: DirectRequest | None = None

    def obstacle(self, request: DirectRequest) -> str | None:
        return self.because

    def build(self, request: DirectRequest, emit: Emit, prove: Prove | None = None) -> DirectImage:
        self.request = request
        if self.late:
            raise NeedsEngine(self.late)
        image = DirectImage(REFERENCE, DIGEST, 10, 1)
        self.calls.append("push")
        if prove:
            prove(image)
        self.calls += [f"tag {tag.partition('-')[0]}" for tag in request.tags]
        return image

    def push_finding(self, repository: str) -> Finding | None:
        self.calls.append("may push?")
        return None


class NoEngine(MemoryEngine):
    """Can't be reached."""

    def describe(self) -> str:
        raise MissingPrecondition("no engine answers", hint="start one")


class Unprovable(MemoryEngine):
    """Holds what doesn't load."""

    def verify(self, *_: object) -> tuple[()]:
        raise VerificationFailed("it doesn't load", hint="correct it")


@dataclass
class World:
    """A project, and what there is to build it with."""

    project: Path
    engine: MemoryEngine = field(default_factory=MemoryEngine)
    builder: MemoryBuilder = field(default_factory=MemoryBuilder)
    events: list[Event] = field(default_factory=list)

    def builders(self, choice: str, cache: str | None = None) -> Builders:
        return Builders(lambda: self.engine, lambda repository, emit: self.builder, Choice(choice), cache)

    def build(self, choice: str, push: bool = True, cache: str | None = None) -> Built:
        return build_image(load_app(self.project, None), self.builders(choice, cache), push, self.events.append)

    def said(self, kind: type[Note] | type[Caution]) -> str:
        return "\n".join(event.message for event in self.events if isinstance(event, kind))


@pytest.fixture
def world(project: Path) -> World:
    return World(project)


@pytest.mark.parametrize(
    ("choice", "engine", "taken"),
    [
        ("auto", MemoryEngine, "docker"),
        ("auto", NoEngine, "direct"),
        ("docker", MemoryEngine, "docker"),
        ("direct", MemoryEngine, "direct"),
        ("direct", NoEngine, "direct"),
    ],
)
def test_auto_is_docker_where_an_engine_answers(
    world: World, choice: str, engine: Callable[[], MemoryEngine], taken: str
) -> None:
    world.engine = engine()

    assert world.build(choice).builder == taken


def test_without_an_engine_the_image_is_said_to_be_unverified(world: World) -> None:
    world.engine = NoEngine()

    built = world.build("auto")

    assert (built.reference, built.engine, built.proofs) == (REFERENCE, None, ())
    assert "not verified" in world.said(Caution)
    assert {"start", "build"} == set(built.seconds)


def test_with_an_engine_the_image_is_proved_before_a_tag_names_it(world: World) -> None:
    built = world.build("direct", cache="main")
    kept = world.builder.calls
    world.builder = MemoryBuilder()
    world.engine = Unprovable()

    with pytest.raises(VerificationFailed):
        world.build("direct")

    assert built.proofs
    assert kept == ["push", "tag src", "tag main"]
    assert world.builder.calls == ["push"]


@pytest.mark.parametrize(
    "builder", [MemoryBuilder(because="wheels are missing"), MemoryBuilder(late="wheels are missing")]
)
def test_what_needs_an_engine_goes_to_it_with_a_sentence(world: World, builder: MemoryBuilder) -> None:
    world.builder = builder

    built = world.build("direct")
    world.engine = NoEngine()

    assert built.builder == "docker"
    assert "wheels are missing" in world.said(Note)
    with pytest.raises(MissingPrecondition, match=r"wheels are missing; and no engine answers"):
        world.build("direct")


@pytest.mark.parametrize(
    ("file", "words"),
    [("Dockerfile", "edited by hand"), ("kubeship.yaml", "changed since the Dockerfile was rendered")],
)
def test_what_was_reviewed_is_what_is_built(world: World, file: str, words: str) -> None:
    path = world.project / file
    path.write_text(path.read_text() + "# mine\n")

    assert world.build("direct").builder == "docker"
    assert words in world.said(Note)


def test_the_direct_builder_needs_a_push_and_docker_an_engine(world: World) -> None:
    with pytest.raises(InvalidInput, match="registry"):
        world.build("direct", push=False)
    world.engine = NoEngine()
    for choice, push in (("docker", True), ("auto", False)):
        with pytest.raises(MissingPrecondition, match="no engine answers"):
            world.build(choice, push)


def test_source_date_epoch_reaches_the_builder_and_must_be_a_number(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    world.build("direct")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")

    assert world.builder.request
    assert world.builder.request.epoch == 1_700_000_000
    with pytest.raises(InvalidInput, match="yesterday"):
        world.build("direct")


def test_preflight_asks_the_builder_that_will_push(world: World) -> None:
    app, never = load_app(world.project, None), world.events.append

    with_engine = builder_findings(app, world.builders("auto"), never)
    world.engine = NoEngine()
    without = builder_findings(app, world.builders("auto"), never)
    docker = builder_findings(app, world.builders("docker"), never)
    world.builder.because = "wheels are missing"
    impossible = builder_findings(app, world.builders("auto"), never)

    assert with_engine == []
    assert [(finding.fatal, finding.subject) for finding in without] == [(False, "engine")]
    assert world.builder.calls == ["may push?"]
    assert [finding.problem for finding in docker] == ["no engine answers"]
    assert "wheels are missing" in impossible[0].problem
