"""Are names, challenges, pauses and answers of registries understood?"""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from kubeship.errors import InvalidInput
from kubeship.images.distribution.answers import error_words, refusal
from kubeship.images.distribution.challenge import TOKEN_SECONDS, challenge, token_of
from kubeship.images.distribution.credentials import Login
from kubeship.images.distribution.patience import Patience, asked_pause
from kubeship.images.distribution.reference import hub_mirror, parse_reference
from kubeship.images.distribution.transport import followed
from kubeship.images.distribution.uploads import received

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "host", "path", "version"),
    [
        ("python:3.12-slim", "registry-1.docker.io", "library/python", "3.12-slim"),
        ("team/shop", "registry-1.docker.io", "team/shop", "latest"),
        ("docker.io/python", "registry-1.docker.io", "library/python", "latest"),
        ("index.docker.io/team/shop:1", "registry-1.docker.io", "team/shop", "1"),
        ("localhost:5000/shop", "localhost:5000", "shop", "latest"),
        ("ghcr.io/team/shop/web:1", "ghcr.io", "team/shop/web", "1"),
        (f"r.example.com/shop:1@{DIGEST}", "r.example.com", "shop", DIGEST),
        ("[::1]:5000/shop:1", "[::1]:5000", "shop", "1"),
    ],
)
def test_name_says_where_and_what(text: str, host: str, path: str, version: str) -> None:
    found = parse_reference(text)

    assert (found.host, found.path, found.version) == (host, path, version)


@pytest.mark.parametrize("text", ["", "Shop", "r.example.com/Shop", "shop:", "shop:a b", "shop@sha256:1", "a//b", "-a"])
def test_name_that_no_registry_takes_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="no image's name"):
        parse_reference(text)


@pytest.mark.parametrize(
    ("header", "scheme", "parameters"),
    [
        ('Basic realm="x"', "basic", {"realm": "x"}),
        ("basic realm=x", "basic", {"realm": "x"}),
        (
            'Bearer realm="https://a/token?x=1",service="s",scope="repository:a/b:pull,push"',
            "bearer",
            {"realm": "https://a/token?x=1", "service": "s", "scope": "repository:a/b:pull,push"},
        ),
        ('Basic realm="x", Bearer realm="https://a/t",service="s"', "bearer", {"realm": "https://a/t", "service": "s"}),
        ('Negotiate, Basic realm="a, Bearer b"', "basic", {"realm": "a, Bearer b"}),
    ],
)
def test_registry_says_how_it_wants_to_be_told_who_asks(header: str, scheme: str, parameters: dict[str, str]) -> None:
    found = challenge(header)

    assert found is not None
    assert (found.scheme, found.parameters) == (scheme, parameters)


@pytest.mark.parametrize("header", [None, "", "Negotiate", "Bearer service=x", "Digest realm=x"])
def test_what_kubeship_cannot_do_is_no_challenge(header: str | None) -> None:
    assert challenge(header) is None


def test_token_is_renewed_before_it_expires() -> None:
    known, unknown = token_of({"token": "x", "expires_in": 300}, 1000), token_of({"access_token": "y"}, 1000)

    assert known and unknown
    assert (known.value, known.expires) == ("x", 1270)
    assert (unknown.value, unknown.expires) == ("y", 1000 + TOKEN_SECONDS * 0.9)
    assert token_of({}, 0) is None


def test_pauses_double_up_to_a_bound_and_end() -> None:
    patience = Patience(attempts=8, first_pause=1, longest_pause=10, chance=lambda: 1.0)

    assert [patience.pause(n, None) for n in range(1, 9)] == [1, 2, 4, 8, 10, 10, 10, None]
    assert patience.pause(1, 30) == 31
    assert patience.pause(1, 61) is None


def test_retry_after_is_a_number_or_a_date() -> None:
    tomorrow = format_datetime(datetime.now(UTC) + timedelta(hours=24), usegmt=True)

    assert asked_pause("7") == 7
    assert asked_pause(tomorrow) == pytest.approx(86400, abs=5)
    assert asked_pause("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert (asked_pause(None), asked_pause("soon")) == (None, None)


@pytest.mark.parametrize(("header", "bytes_"), [("0-1023", 1024), ("bytes=0-9", 10), ("0-0", 0), (None, 0), ("x", 0)])
def test_range_says_how_much_has_arrived(header: str | None, bytes_: int) -> None:
    assert received(header) == bytes_


@pytest.mark.parametrize(
    ("url", "location", "leads"),
    [
        ("https://r/v2/x", "/v2/y?a=b", "https://r/v2/y?a=b"),
        ("https://r/v2/x", "http://r/v2/y", "https://r/v2/y"),
        ("https://r/v2/x", "https://storage/y", "https://storage/y"),
        ("http://r/v2/x", "http://r/v2/y", "http://r/v2/y"),
    ],
)
def test_registry_behind_a_proxy_that_ends_tls_may_call_itself_http(url: str, location: str, leads: str) -> None:
    assert followed(url, location) == leads


@pytest.mark.parametrize(
    ("status", "body", "login", "reason", "advice"),
    [
        (401, "", False, "wants a login for r.io/shop", "docker login r.io"),
        (403, "denied", False, "wants a login", "KUBESHIP_REGISTRY_USERNAME"),
        (401, "UNAUTHORIZED", True, "doesn't accept the credentials of a test", "log in again"),
        (401, "insufficient_scope", True, "doesn't allow it for r.io/shop with a test", "ask for the right"),
        (403, "DENIED", True, "doesn't allow it for r.io/shop", "ask for the right"),
        (404, "NAME_UNKNOWN: The repository with name 'shop' does not exist", True, "no repository shop", "aws ecr"),
        (404, "MANIFEST_UNKNOWN", True, "doesn't hold r.io/shop", "name and tag"),
        (400, "tag invalid: cannot be overwritten because the tag is immutable", True, "another image", "immutable"),
        (403, "DENIED: will exceed the configured upper limit of storage resource", True, "no room", "delete"),
        (405, "UNSUPPORTED", True, "read-only", "image:"),
        (413, "<html><h1>413 Request Entity Too Large</h1>", True, "bigger than r.io", "client_max_body_size"),
        (418, "a teapot", True, "r.io answered 418", "own log"),
    ],
)
def test_refusal_is_a_sentence_with_what_to_do(status: int, body: str, login: bool, reason: str, advice: str) -> None:
    found = refusal(status, body.encode(), "r.io/shop", "r.io", Login("me", "x", origin="a test") if login else None)

    assert reason in found.reason
    assert advice in found.hint
    assert found.kind != "passing"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_known(status: int) -> None:
    assert refusal(status, b"", "r.io/shop", "r.io", None).kind == "passing"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"errors":[{"code":"DENIED","message":"no"},{"code":"X"}]}', "DENIED: no; X"),
        (b'{"message":"no such thing"}', "no such thing"),
        (b"<html><body><h1>Bad   Gateway</h1></body></html>", "Bad Gateway"),
        (b"[]", "[]"),
        (b"\xff\xfe", "��"),
        (b"", ""),
    ],
)
def test_registrys_own_words_are_kept(body: bytes, words: str) -> None:
    assert error_words(body) == words


@pytest.mark.parametrize("written", ["mirror.test:5000", "http://mirror.test:5000", "https://mirror.test:5000/"])
def test_a_mirror_may_be_written_as_an_address(written: str) -> None:
    assert hub_mirror({"KUBESHIP_DOCKER_HUB_MIRROR": written}) == "mirror.test:5000"
