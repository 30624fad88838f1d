"""Is an engine that can't be reached told as a sentence, whatever wraps the cause?"""

import errno
from pathlib import Path

import pytest
import requests
import urllib3
from docker.errors import APIError, DockerException

from kubeship.errors import BuildFailed, MissingPrecondition
from kubeship.images.connection import engine_errors, open_api, root_cause, unreachable


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (FileNotFoundError(errno.ENOENT, "No such file"), "its socket doesn't exist"),
        (PermissionError(errno.EACCES, "Permission denied"), "may not open its socket"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "refused"),
        (urllib3.exceptions.ReadTimeoutError(urllib3.HTTPConnectionPool("x"), "/", "Read timed out."), "in time"),
        (ValueError("odd"), "wrapped"),
    ],
)
def test_cause_is_found_inside_what_the_libraries_wrap_around_it(cause: Exception, reason: str) -> None:
    inner = requests.ConnectionError("Connection aborted.", cause)
    outer = DockerException("wrapped")
    outer.__cause__ = inner

    error = unreachable("unix:///x", outer)

    assert reason in error.message
    assert "unix:///x" in error.message


def test_engines_own_words_are_passed_on_in_the_family_that_is_asked_for() -> None:
    with (
        pytest.raises(BuildFailed, match="Building x failed: the engine said: disk on fire"),
        engine_errors("Building x", BuildFailed),
    ):
        raise APIError("500", requests.Response(), explanation="disk on fire")


def test_connection_that_breaks_is_no_traceback() -> None:
    with pytest.raises(MissingPrecondition, match="the connection to the engine broke"), engine_errors("Asking"):
        raise urllib3.exceptions.ProtocolError("Connection broken")


def test_missing_docker_context_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("DOCKER_CONTEXT", "staging")

    with pytest.raises(MissingPrecondition, match="The Docker context staging doesn't exist"):
        open_api()


def test_error_that_wraps_itself_ends_the_search() -> None:
    error = ValueError("loop")
    error.args = (error,)

    assert root_cause(error) is error
