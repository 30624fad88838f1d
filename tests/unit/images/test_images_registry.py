"""Is a registry's answer understood, good or bad?"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import pytest
import requests
from docker.errors import APIError, ImageNotFound

from kubeship.errors import MissingPrecondition, PushFailed
from kubeship.images.ports import EngineApi, Messages
from kubeship.images.registry import base_digest, push, push_finding, resolve
from kubeship.images.registry_failures import refusal, registry_of
from kubeship.model.events import Event, PushProgress
from kubeship.model.image import BuiltImage

DIGEST = "sha256:" + "a" * 64
IMAGE = BuiltImage("sha256:id", "registry.example.com/shop:abc", 1)


class FakeApi:
    """An engine with one registry behind it, which says what it is told to say."""

    address = "unix:///fake"

    def __init__(self, messages: tuple[dict[str, Any], ...] = (), refuses: str = "", login: bool = True) -> None:
        self.messages, self.refuses, self.login = messages, refuses, login
        self.tagged: list[tuple[str, str, str]] = []
        self.local: dict[str, Any] | None = None

    @contextmanager
    def push(self, repository: str, tag: str) -> Iterator[Messages]:
        yield iter(self.messages)

    def tag(self, image: str, repository: str, tag: str) -> None:
        self.tagged.append((image, repository, tag))

    def distribution(self, reference: str) -> dict[str, Any]:
        if self.refuses:
            raise APIError("500", requests.Response(), explanation=self.refuses)
        return {"Descriptor": {"digest": DIGEST}}

    def pull(self, reference: str) -> None:
        """Gets nothing new."""

    def inspect_image(self, reference: str) -> Mapping[str, Any]:
        if self.local is None:
            raise ImageNotFound("404", requests.Response())
        return self.local

    def has_login(self, reference: str) -> bool:
        return self.login


def test_push_gives_the_digest_and_the_bytes_of_all_layers() -> None:
    api = FakeApi(
        (
            {"status": "The push refers to repository [registry.example.com/shop]"},
            {"status": "Preparing", "progressDetail": {}, "id": "one"},
            {"status": "Pushing", "progressDetail": {"current": 50, "total": 100}, "id": "one"},
            {"status": "Pushing", "progressDetail": {"current": 512, "total": 300}, "id": "two"},
            {"status": "Layer already exists", "progressDetail": {}, "id": "three"},
            {"status": "Pushed", "progressDetail": {}, "id": "one"},
            {"progressDetail": {}, "aux": {"Tag": "abc", "Digest": DIGEST, "Size": 1}},
        )
    )
    events: list[Event] = []

    pushed = push(fake(api), IMAGE, "registry.example.com/shop", events.append)

    assert pushed == f"registry.example.com/shop@{DIGEST}"
    assert events == [PushProgress(50, 100), PushProgress(350, 400), PushProgress(400, 400)]


def test_error_in_the_stream_is_the_pushs_error() -> None:
    api = FakeApi(({"status": "Preparing"}, {"error": "denied: requested access to the resource is denied"}))

    with pytest.raises(PushFailed, match="doesn't allow it") as caught:
        push(fake(api), IMAGE, "registry.example.com/shop", emit=lambda event: None)

    assert "docker login registry.example.com" in caught.value.hint


def test_push_that_ends_without_a_digest_has_failed() -> None:
    with pytest.raises(PushFailed, match="without a digest"):
        push(fake(FakeApi()), IMAGE, "registry.example.com/shop", emit=lambda event: None)


def test_image_of_another_name_is_tagged_before_it_is_pushed() -> None:
    api = FakeApi(({"aux": {"Digest": DIGEST}},))

    push(fake(api), IMAGE, "other.example.com/shop", emit=lambda event: None)

    assert api.tagged == [("sha256:id", "other.example.com/shop", "abc")]


@pytest.mark.parametrize(
    ("said", "login", "kind", "advice"),
    [
        ("unauthorized: authentication required", False, "denied", "docker login localhost:5000"),
        ("no basic auth credentials", False, "denied", "docker login localhost:5000"),
        ("unauthorized: incorrect username or password", True, "refused-login", "docker login localhost:5000"),
        ("denied: requested access to the resource is denied", True, "denied", "Ask for the right"),
        ("dial tcp: lookup r on 1.1.1.1:53: no such host", True, "unreachable", "spelling"),
        ("dial tcp 127.0.0.1:5000: connect: connection refused", True, "unreachable", "Start the registry"),
        ("http: server gave HTTP response to HTTPS client", True, "unreachable", "insecure-registries"),
        (
            "x509: certificate signed by unknown authority",
            True,
            "unreachable",
            "/etc/docker/certs.d/localhost:5000/ca.crt",
        ),
        ("manifest unknown: manifest unknown", True, "missing", "name and tag"),
    ],
)
def test_registrys_words_have_a_meaning(said: str, login: bool, kind: str, advice: str) -> None:
    found = refusal("localhost:5000/shop:1", said, login)

    assert found is not None
    assert found.kind == kind
    assert advice in found.hint


@pytest.mark.parametrize(
    ("reference", "registry"),
    [("python:3.11", "docker.io"), ("team/shop", "docker.io"), ("localhost/x", "localhost"), ("r:5000/a/b", "r:5000")],
)
def test_registry_is_the_part_that_looks_like_a_host(reference: str, registry: str) -> None:
    assert registry_of(reference) == registry


def test_reference_is_resolved_to_the_registrys_digest() -> None:
    assert resolve(fake(FakeApi()), "r:5000/shop:1") == f"r:5000/shop@{DIGEST}"


def test_reference_that_the_registry_lacks_is_a_missing_precondition() -> None:
    with pytest.raises(MissingPrecondition, match=r"doesn't hold r:5000/shop:1"):
        resolve(fake(FakeApi(refuses="manifest unknown")), "r:5000/shop:1")


def test_engine_that_cannot_ask_the_registry_pulls_instead() -> None:
    api = FakeApi(refuses="something odd")
    api.local = {"RepoDigests": [f"other@{'b' * 64}", f"r:5000/shop@{DIGEST}"]}

    assert resolve(fake(api), "r:5000/shop:1") == f"r:5000/shop@{DIGEST}"


def test_base_image_falls_back_to_what_the_engine_has_and_then_to_nothing() -> None:
    offline = FakeApi(refuses="dial tcp: lookup registry: no such host")

    unknown = base_digest(fake(offline), "python:3.11-slim")
    offline.local = {"RepoDigests": [f"python@{DIGEST}"]}
    known = base_digest(fake(offline), "python:3.11-slim")

    assert (unknown, known) == (None, DIGEST)


@pytest.mark.parametrize(
    ("repository", "refuses", "login", "problem"),
    [
        ("shop", "", True, "names no registry"),
        ("r:5000/shop", "", True, None),
        ("r:5000/shop", "manifest unknown", False, None),
        ("r:5000/shop", "denied", True, None),
        ("r:5000/shop", "unauthorized: authentication required", False, "Log in: docker login r:5000"),
        ("r:5000/shop", "incorrect username or password", True, "doesn't accept the credentials"),
        ("r:5000/shop", "connect: connection refused", True, "nothing answers at r:5000"),
    ],
)
def test_a_finding_speaks_only_when_a_push_cannot_work(
    repository: str, refuses: str, login: bool, problem: str | None
) -> None:
    found = push_finding(fake(FakeApi(refuses=refuses, login=login)), repository)

    said = f"{found.problem} {found.remedy}" if found else ""
    assert (found is None) if problem is None else problem in said


def fake(api: FakeApi) -> EngineApi:
    return cast("EngineApi", api)
