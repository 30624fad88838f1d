"""Does a build take the layers of a tag, and leave its own there for the next one?"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import pytest

from kubeship.cli.adapters import builders
from kubeship.errors import InvalidInput
from kubeship.model.events import Emit
from kubeship.model.image import BuildRequest, BuiltImage
from kubeship.workflows.app import load_app
from kubeship.workflows.build import build_image
from kubeship.workflows.builders import Builders
from tests.unit.workflows.conftest import never
from tests.unit.workflows.world import MemoryEngine


@dataclass
class RecordingEngine(MemoryEngine):
    """Keeps what it is asked to build and to push."""

    requests: list[BuildRequest] = field(default_factory=list)
    pushed: list[str] = field(default_factory=list)

    def build(self, request: BuildRequest, emit: Emit) -> BuiltImage:
        self.requests.append(request)
        return super().build(request, emit)

    def push(self, image: BuiltImage, repository: str, emit: Emit) -> str:
        self.pushed.append(image.tag)
        return super().push(image, repository, emit)


def no_direct(repository: str, emit: Emit) -> NoReturn:
    raise AssertionError("the engine is there")


@pytest.mark.parametrize("push", [True, False])
def test_cache_is_read_by_every_build_and_written_by_those_that_push(project: Path, push: bool) -> None:
    engine = RecordingEngine()
    chosen = Builders(lambda: engine, no_direct, cache="main")

    built = build_image(load_app(project, None), chosen, push, never)

    cache = "registry.test/shop:main"
    assert [request.cache for request in engine.requests] == [cache]
    assert engine.pushed == ([built.image.tag, cache] if push else [])
    assert built.image.tag != cache


@pytest.mark.parametrize("word", ["registry.test/shop:main", "", "-x", "a b"])
def test_what_is_no_tag_is_refused(word: str) -> None:
    with pytest.raises(InvalidInput, match="is no tag"):
        builders(cache=word)
