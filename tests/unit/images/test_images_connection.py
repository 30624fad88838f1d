"""Is an engine that can't be reached told as a sentence, whatever wraps the cause?"""

import errno
import socket
import ssl
from pathlib import Path

import pytest
import requests
import urllib3
from docker.errors import APIError, DockerException

from kubeship.errors import BuildFailed, MissingPrecondition
from kubeship.images.connection import engine_errors, open_api
from kubeship.images.reachability import require_socket, root_cause, unreachable, unreachable_by_ssh
from kubeship.images.ssh import command


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


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("ssh://build-host", ["--", "build-host", "docker system dial-stdio"]),
        ("ssh://ann@build-host:22", ["-l", "ann", "-p", "22", "--", "build-host", "docker system dial-stdio"]),
        ("ssh://h/run/d.sock", ["--", "h", "docker --host unix:///run/d.sock system dial-stdio"]),
        ("ssh://-oProxyCommand=evil", ["--", "-oproxycommand=evil", "docker system dial-stdio"]),
    ],
)
def test_ssh_is_asked_for_what_the_docker_command_asks_it_for(address: str, words: list[str]) -> None:
    assert command(address)[4:] == words


@pytest.mark.parametrize("address", ["ssh://ann:password@host", "ssh://", "ssh://host:port"])
def test_ssh_address_that_cannot_be_used_is_refused(address: str) -> None:
    with pytest.raises(DockerException):
        command(address)


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("Warning: x\nann@host: Permission denied (publickey).", "ssh-add"),
        ("bash: docker: command not found", "install the docker command"),
        ("something else", "ssh ssh://ann@host docker ps"),
    ],
)
def test_what_ssh_says_becomes_a_sentence_with_a_hint(said: str, hint: str) -> None:
    error = unreachable_by_ssh("ssh://ann@host", said)

    assert said.splitlines()[-1] in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ssl.SSLCertVerificationError(1, "self-signed certificate"), "its certificate is not one"),
        (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), "doesn't speak TLS"),
        (socket.gaierror(-2, "Name or service not known"), "no host has that name"),
    ],
)
def test_trouble_of_a_remote_engine_is_named(error: OSError, words: str) -> None:
    assert words in unreachable("tcp://host:2376", error).message


@pytest.mark.parametrize(
    ("environment", "missing"),
    [
        ({"DOCKER_HOST": "unix:///nowhere/docker.sock"}, "unix:///nowhere/docker.sock"),
        ({"DOCKER_HOST": "tcp://engine.example.com:2376"}, None),
        ({"DOCKER_HOST": "ssh://engine.example.com"}, None),
        ({"DOCKER_CONTEXT": "staging"}, None),
    ],
)
def test_engine_without_a_socket_is_told_before_docker_is_imported(
    environment: dict[str, str], missing: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    if missing is None:
        require_socket()
        return

    with pytest.raises(MissingPrecondition, match="its socket doesn't exist") as caught:
        require_socket()

    assert missing in caught.value.message


def test_configuration_that_may_name_another_engine_is_left_to_docker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.json").write_text('{"currentContext": "staging"}')

    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))

    require_socket()
