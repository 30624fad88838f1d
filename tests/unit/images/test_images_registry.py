"""Is a registry's answer understood, good or bad?"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, cast

import pytest
import requests
from docker.errors import APIError, ImageNotFound

from kubeship.errors import MissingPrecondition, PushFailed
from kubeship.images.distribution.failures import Kind, RegistryFailure
from kubeship.images.distribution.patience import Patience
from kubeship.images.distribution.reference import registry_of
from kubeship.images.ports import EngineApi, Messages
from kubeship.images.registry import base_digest, push, push_finding, resolve
from kubeship.images.registry_failures import refusal
from kubeship.model.events import Event, PushProgress
from kubeship.model.image import BuiltImage

DIGEST = "sha256:" + "a" * 64
IMAGE = BuiltImage("sha256:id", "registry.example.com/shop:abc", 1)


class FakeApi:
    """An engine with one registry behind it, which says what it is told to say."""

    address = "unix:///fake"

    def __init__(self, *pushes: tuple[dict[str, Any], ...], refuses: str = "", login: bool = True) -> None:
        """`pushes` are the messages of each attempt; the last is repeated."""
        self.pushes, self.refuses, self.login = list(pushes or [()]), refuses, login
        self.tagged: list[tuple[str, str, str]] = []
        self.local: dict[str, Any] | None = None

    @contextmanager
    def push(self, repository: str, tag: str) -> Iterator[Messages]:
        yield iter(self.pushes.pop(0) if len(self.pushes) > 1 else self.pushes[0])

    def tag(self, image: str, repository: str, tag: str) -> None:
        self.tagged.append((image, repository, tag))

    def distribution(self, reference: str, *, is_the_images: bool = False) -> dict[str, Any]:
        if self.refuses:
            raise APIError("500", requests.Response(), explanation=self.refuses)
        return {"Descriptor": {"digest": DIGEST}}

    def pull(self, reference: str, *, is_the_images: bool = False) -> None:
        """Gets nothing new."""

    def inspect_image(self, reference: str) -> Mapping[str, Any]:
        if self.local is None:
            raise ImageNotFound("404", requests.Response())
        return self.local

    def has_login(self, reference: str, *, is_the_images: bool = False) -> bool:
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
        push(fake(FakeApi()), IMAGE, "registry.example.com/shop", lambda event: None, quick())


@pytest.mark.parametrize(
    "said",
    [
        "received unexpected HTTP status: 503 Service Unavailable",
        "received unexpected HTTP status: 500 Internal Server Error",
        "toomanyrequests: too many requests",
        "unexpected status from PUT request to https://r/v2/x: 502 Bad Gateway",
        'Put "http://r:5000/v2/x": EOF',
        "read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer",
        "write tcp 127.0.0.1:1->127.0.0.1:2: write: broken pipe",
        "net/http: TLS handshake timeout",
        'error parsing HTTP 429 response body: unexpected end of JSON input: ""',
    ],
)
def test_push_that_breaks_is_tried_again_and_said(said: str) -> None:
    slept: list[float] = []
    events: list[Event] = []
    api = FakeApi(({"error": said},), (), ({"aux": {"Digest": DIGEST}},))

    pushed = push(fake(api), IMAGE, "registry.example.com/shop", events.append, quick(slept))

    assert pushed == f"registry.example.com/shop@{DIGEST}"
    assert len(slept) == 2
    assert said in str(events[0])


@pytest.mark.parametrize("said", ["unauthorized: authentication required", "denied: no", "manifest invalid: 500"])
def test_push_that_is_refused_is_not_tried_again(said: str) -> None:
    slept: list[float] = []

    with pytest.raises(PushFailed):
        push(fake(FakeApi(({"error": said},))), IMAGE, "r.example.com/shop", lambda event: None, quick(slept))

    assert slept == []


def test_refused_push_without_a_login_says_how_to_log_in() -> None:
    api = FakeApi(({"error": "unauthorized: authentication required"},), login=False)

    with pytest.raises(PushFailed) as caught:
        push(fake(api), IMAGE, "r.example.com/shop", lambda event: None)

    assert "docker login r.example.com" in caught.value.hint
    assert "KUBESHIP_REGISTRY_USERNAME" in caught.value.hint


def test_image_is_tagged_before_it_is_pushed_under_another_name_or_a_tag_that_moves() -> None:
    api = FakeApi(({"aux": {"Digest": DIGEST}},))

    push(fake(api), IMAGE, "other.example.com/shop", emit=lambda event: None)
    push(fake(api), replace(IMAGE, tag="registry.example.com/shop:main"), "registry.example.com/shop", print)

    assert api.tagged == [
        ("sha256:id", "other.example.com/shop", "abc"),
        ("sha256:id", "registry.example.com/shop", "main"),
    ]


@pytest.mark.parametrize(
    ("said", "login", "kind", "advice"),
    [
        ("unauthorized: authentication required", False, "denied", "docker login localhost:5000"),
        ("no basic auth credentials", False, "denied", "docker login localhost:5000"),
        ("unauthorized: incorrect username or password", True, "refused-login", "docker login localhost:5000"),
        ("denied: requested access to the resource is denied", True, "denied", "ask for the right"),
        ("dial tcp: lookup r on 1.1.1.1:53: no such host", True, "unreachable", "spelling"),
        ("dial tcp 127.0.0.1:5000: connect: connection refused", True, "unreachable", "start the registry"),
        ("http: server gave HTTP response to HTTPS client", True, "unreachable", "insecure-registries"),
        (
            "x509: certificate signed by unknown authority",
            True,
            "unreachable",
            "/etc/docker/certs.d/localhost:5000/ca.crt",
        ),
        ("manifest unknown: manifest unknown", True, "missing", "name and tag"),
        ("error parsing HTTP 403 response body: invalid character '<'", True, "denied", "ask for the right"),
        ("error parsing HTTP 413 response body: invalid character '<'", True, "refused", "client_max_body_size"),
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
        ("r:5000/shop", "unauthorized: authentication required", False, "log in: docker login r:5000"),
        ("r:5000/shop", "incorrect username or password", True, "doesn't accept the credentials"),
        ("r:5000/shop", "connect: connection refused", True, "nothing answers at r:5000"),
    ],
)
def test_a_finding_speaks_only_when_a_push_cannot_work(
    repository: str, refuses: str, login: bool, problem: str | None
) -> None:
    found = push_finding(fake(FakeApi(refuses=refuses, login=login)), repository, lambda name: None)

    said = f"{found.problem} {found.remedy}" if found else ""
    assert (found is None) if problem is None else problem in said


@pytest.mark.parametrize(
    ("kind", "address", "repository", "is_found"),
    [
        ("denied", "unix:///fake", "r:5000/shop", True),
        ("missing", "unix:///fake", "r:5000/shop", True),
        ("unreachable", "unix:///fake", "r:5000/shop", False),
        ("passing", "unix:///fake", "r:5000/shop", False),
        ("denied", "ssh://elsewhere", "r:5000/shop", True),
        ("denied", "ssh://elsewhere", "localhost:5000/shop", False),
    ],
)
def test_push_that_is_begun_and_refused_is_a_finding(kind: Kind, address: str, repository: str, is_found: bool) -> None:
    api = FakeApi(refuses="manifest unknown")
    api.address = address

    found = push_finding(fake(api), repository, lambda name: RegistryFailure(kind, "because", "Do that."))

    assert (found is not None and "because" in found.problem and found.remedy == "Do that.") == is_found


def quick(slept: list[float] | None = None) -> Patience:
    return Patience(attempts=4, sleep=slept.append if slept is not None else lambda seconds: None)


def fake(api: FakeApi) -> EngineApi:
    return cast("EngineApi", api)
