"""Is a registry's answer to a pod's login told apart: refused, not allowed, not there, not known?"""

import pytest

from kubeship.images.distribution.answers import refusal
from kubeship.images.distribution.credentials import Login
from kubeship.images.readable import _outcome, read
from kubeship.model.pulling import PullLogin

SENT = PullLogin("ann", "word", "Secret/pull")


@pytest.mark.parametrize(
    ("status", "body", "login", "expected"),
    [
        (401, b'{"errors": [{"code": "UNAUTHORIZED"}]}', SENT, "login refused"),
        (401, b'{"errors": [{"code": "UNAUTHORIZED"}]}', None, "denied"),
        (401, b'{"errors": [{"message": "insufficient_scope"}]}', SENT, "denied"),
        (403, b'{"errors": [{"code": "DENIED"}]}', SENT, "denied"),
        (404, b'{"errors": [{"code": "MANIFEST_UNKNOWN"}]}', SENT, "missing"),
        (429, b"", SENT, "unknown"),
        (503, b"", None, "unknown"),
    ],
)
def test_answers_are_told_apart(status: int, body: bytes, login: PullLogin | None, expected: str) -> None:
    who = Login(login.username, login.password, origin=login.origin) if login else None

    failure = refusal(status, body, "reg.test/shop:1", "reg.test", who)

    assert _outcome(failure, login) == expected
    assert "word" not in failure.reason


def test_a_name_that_no_registry_takes_and_a_host_that_is_not_there() -> None:
    assert read("Team/Shop:1", None).outcome == "invalid"
    assert read(f"shop@sha512:{'0' * 128}", None).outcome == "unknown"
    assert read("nosuch.invalid/shop:1", SENT).outcome == "unknown"
