"""Does a build take the engine's word as it comes, and say what is in the way?"""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from docker.errors import DockerException

from kubeship.errors import BuildFailed, InvalidInput, MissingPrecondition
from kubeship.images.build import build, build_parameters
from kubeship.images.ports import Credentials, EngineApi, Messages
from kubeship.model.events import BuildStage, Caution, Event
from kubeship.model.image import BuildRequest, BuildSecret, BuiltImage


class FakeApi:
    """An engine that says what it is told to say, and reads the context to its end."""

    address = "unix:///fake"

    def __init__(self, *messages: dict[str, Any], headers: Mapping[str, str] | None = None) -> None:
        self.messages, self.headers = messages, headers or {}
        self.closed = False
        self.logins: dict[str, Credentials] = {}
        self.helpers_missing: set[str] = set()
        self.parameters: Mapping[str, str] = {}
        self.sent_headers: Mapping[str, str] = {}

    def ping(self) -> Mapping[str, str]:
        return self.headers

    def credentials(self, registry: str) -> Credentials | None:
        if registry in self.helpers_missing:
            raise DockerException(f"docker-credential-gone for {registry}")
        return self.logins.get(registry)

    @contextmanager
    def build(
        self, parameters: Mapping[str, str], context: Iterator[bytes], headers: Mapping[str, str]
    ) -> Iterator[Messages]:
        self.parameters, self.sent_headers = parameters, headers
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


@pytest.mark.parametrize("headers", [{"Builder-Version": "1"}, {"Libpod-Api-Version": "5.0"}])
def test_engine_without_buildkit_builds_with_the_classic_builder(tmp_path: Path, headers: dict[str, str]) -> None:
    api = FakeApi({"stream": "Step 1/1 : FROM scratch\n ---> 1\n"}, {"aux": {"ID": "sha256:new"}}, headers=headers)
    events: list[Event] = []

    built = build(fake(api), request(tmp_path), events.append)

    assert built.id == "sha256:new"
    assert "version" not in api.parameters
    assert events == [BuildStage("[1/1] FROM scratch", "started"), BuildStage("[1/1] FROM scratch", "done")]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("RUN --mount=type=cache,target=/c make", r"Dockerfile \(--mount=\)"),
        ("COPY --link a b", r"Dockerfile \(--link\)"),
        ("RUN <<EOF", r"Dockerfile \(<<EOF\)"),
    ],
)
def test_dockerfile_that_needs_buildkit_is_refused_without_it(tmp_path: Path, line: str, words: str) -> None:
    wanted = request(tmp_path, f"FROM scratch\n{line}\n")

    with pytest.raises(MissingPrecondition, match=words):
        build(fake(FakeApi(headers={"Builder-Version": "1"})), wanted, emit=lambda event: None)


def test_secrets_are_refused_without_buildkit(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t")
    wanted = replace(request(tmp_path), secrets=(BuildSecret("index", file=tmp_path / "token"),))

    with pytest.raises(MissingPrecondition, match=r"build\.secrets"):
        build(fake(FakeApi(headers={"Builder-Version": "1"})), wanted, emit=lambda event: None)


def test_engine_for_windows_containers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingPrecondition, match="Windows containers"):
        build(fake(FakeApi(headers={"OSType": "windows"})), request(tmp_path), emit=lambda event: None)


def test_classic_builder_gets_the_logins_of_the_bases_alone(tmp_path: Path) -> None:
    api = FakeApi({"aux": {"ID": "sha256:new"}}, headers={"Builder-Version": "1"})
    api.logins = {"private.example.com": Credentials("ann", "secret"), "other.example.com": Credentials("b", "c")}

    build(fake(api), request(tmp_path, "FROM private.example.com/base:1\n"), emit=lambda event: None)

    sent = json.loads(base64.urlsafe_b64decode(api.sent_headers["X-Registry-Config"]))
    assert sent == {"private.example.com": {"username": "ann", "password": "secret"}}


def test_credential_helper_that_is_not_there_is_a_caution(tmp_path: Path) -> None:
    api = FakeApi({"id": "moby.image.id", "aux": {"ID": "sha256:new"}})
    api.helpers_missing = {"docker.io"}
    events: list[Event] = []

    build(fake(api), request(tmp_path, "FROM python:3.12\n"), events.append)

    assert [type(event) for event in events] == [Caution]


def test_cache_and_arguments_are_asked_for(tmp_path: Path) -> None:
    wanted = replace(request(tmp_path), cache="registry.example.com/shop:main", arguments={"SOURCE_DATE_EPOCH": "1"})

    parameters = build_parameters(wanted, "buildkit")

    assert json.loads(parameters["cachefrom"]) == ["registry.example.com/shop:main"]
    assert json.loads(parameters["buildargs"]) == {"SOURCE_DATE_EPOCH": "1", "BUILDKIT_INLINE_CACHE": "1"}


def test_source_date_epoch_that_is_no_number_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="SOURCE_DATE_EPOCH is 'yesterday'"):
        build(
            fake(FakeApi()),
            replace(request(tmp_path), arguments={"SOURCE_DATE_EPOCH": "yesterday"}),
            emit=lambda event: None,
        )


def test_missing_dockerfile_is_named_before_anything_is_sent(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no ops/Dockerfile in"):
        build(
            fake(FakeApi()), BuildRequest(tmp_path, "ops/Dockerfile", "shop:1", "linux/amd64"), emit=lambda event: None
        )


def test_engine_is_asked_for_buildkit_and_the_platform(tmp_path: Path) -> None:
    wanted = BuildRequest(tmp_path, "Dockerfile", "shop:1", "linux/arm64")

    parameters = build_parameters(wanted, "buildkit")

    assert (parameters["version"], parameters["platform"]) == ("2", "linux/arm64")


def request(context: Path, dockerfile: str = "FROM scratch\n") -> BuildRequest:
    (context / "Dockerfile").write_text(dockerfile)
    return BuildRequest(context, "Dockerfile", "shop:1", "linux/amd64")


def fake(api: FakeApi) -> EngineApi:
    return cast("EngineApi", api)
