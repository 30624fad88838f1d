"""Does a build take the engine's word as it comes, and say what is in the way?"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from kubeship.errors import BuildFailed, InvalidInput, MissingPrecondition
from kubeship.images.build import build, build_parameters
from kubeship.images.ports import EngineApi, Messages
from kubeship.model.image import BuildRequest, BuiltImage


class FakeApi:
    """An engine that says what it is told to say, and reads the context to its end."""

    address = "unix:///fake"

    def __init__(self, *messages: dict[str, Any], headers: Mapping[str, str] | None = None) -> None:
        self.messages, self.headers = messages, headers or {}
        self.closed = False

    def ping(self) -> Mapping[str, str]:
        return self.headers

    @contextmanager
    def build(self, parameters: Mapping[str, str], context: Iterator[bytes]) -> Iterator[Messages]:
        try:
            assert b"".join(context)
            yield iter(self.messages)
        finally:
            self.closed = True

    def inspect_image(self, reference: str) -> dict[str, Any]:
        return {"Size": 42}


def test_image_has_the_id_that_the_engine_told(tmp_path: Path) -> None:
    api = FakeApi({"id": "moby.image.id", "aux": {"ID": "sha256:new"}}, {"stream": "Successfully tagged shop:1\n"})

    built = build(fake(api), request(tmp_path), emit=lambda event: None)

    assert built == BuiltImage("sha256:new", "shop:1", 42)


def test_error_message_ends_the_build_and_the_connection(tmp_path: Path) -> None:
    api = FakeApi({"error": "failed to solve: dockerfile parse error line 1"})

    with pytest.raises(BuildFailed, match="dockerfile parse error"):
        build(fake(api), request(tmp_path), emit=lambda event: None)

    assert api.closed


def test_stream_that_ends_without_an_image_is_a_failed_build(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match="without an image"):
        build(fake(FakeApi()), request(tmp_path), emit=lambda event: None)


@pytest.mark.parametrize(
    ("headers", "words"), [({"Builder-Version": "1"}, "switched off"), ({"Libpod-Api-Version": "5.0"}, "Podman")]
)
def test_engine_without_buildkit_is_a_missing_precondition(tmp_path: Path, headers: dict[str, str], words: str) -> None:
    with pytest.raises(MissingPrecondition, match=words):
        build(fake(FakeApi(headers=headers)), request(tmp_path), emit=lambda event: None)


def test_missing_dockerfile_is_named_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no ops/Dockerfile in"):
        build(
            fake(FakeApi()), BuildRequest(tmp_path, "ops/Dockerfile", "shop:1", "linux/amd64"), emit=lambda event: None
        )


def test_engine_is_asked_for_buildkit_and_the_platform(tmp_path: Path) -> None:
    wanted = BuildRequest(tmp_path, "Dockerfile", "shop:1", "linux/arm64")

    parameters = build_parameters(wanted)

    assert (parameters["version"], parameters["platform"]) == ("2", "linux/arm64")


def request(context: Path) -> BuildRequest:
    (context / "Dockerfile").write_text("FROM scratch\n")
    return BuildRequest(context, "Dockerfile", "shop:1", "linux/amd64")


def fake(api: FakeApi) -> EngineApi:
    return cast("EngineApi", api)
