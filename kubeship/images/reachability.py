"""Why can't the container engine be reached? Said without docker-py, which takes a tenth of a second to import."""

import errno
import os
import socket
import ssl
from pathlib import Path

import urllib3

from kubeship.errors import MissingPrecondition
from kubeship.images.docker_configuration import configuration_file

DEFAULT_ADDRESS = "unix:///var/run/docker.sock"


def require_socket() -> None:
    """Raise MissingPrecondition where a look at the disk says that there is no engine; otherwise it has to be asked."""
    address = os.environ.get("DOCKER_HOST") or DEFAULT_ADDRESS
    elsewhere = not os.environ.get("DOCKER_HOST") and (
        os.environ.get("DOCKER_CONTEXT") or configuration_file()  # which may name a context
    )
    path = address.removeprefix("unix://")
    if path == address or elsewhere or Path(path).exists():
        return
    raise unreachable(address, FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)))


def unreachable(address: str, error: BaseException) -> MissingPrecondition:
    """The sentence for an engine that doesn't answer."""
    cause = root_cause(error)
    for kind, reason, hint in REASONS:
        if isinstance(cause, kind):
            return MissingPrecondition(f"The container engine at {address} can't be reached: {reason}.", hint=hint)
    return MissingPrecondition(
        f"The container engine at {address} can't be reached: {cause}.",
        hint="check DOCKER_HOST and `docker context ls`; `docker version` must answer",
    )


def unreachable_by_ssh(address: str, said: str) -> MissingPrecondition:
    """The sentence for what ssh, or the docker command at its other end, had to say."""
    last = said.splitlines()[-1]
    hint = next(
        (hint for words, hint in SSH_REASONS if words in said), f"try it by hand: ssh ssh://{_host(address)} docker ps"
    )
    return MissingPrecondition(f"The container engine at {address} can't be reached: {last}", hint=hint)


SSH_REASONS = (
    ("Permission denied", "let ssh have a key that the host takes (`ssh-add`), and name the user: ssh://USER@HOST"),
    ("Host key verification failed", "log in once by hand, so that ssh knows the host's key; in CI use ssh-keyscan"),
    ("not found", "install the docker command on that host: it connects ssh with the engine there"),
    ("docker.sock", "see that the engine runs there, and that the user is in its group docker"),
    ("Could not resolve hostname", "correct the host's name in DOCKER_HOST, or in the Docker context"),
)
"""What is said, what to do; in order of precedence."""


def _host(address: str) -> str:
    return address.removeprefix("ssh://").partition("/")[0]


REASONS: tuple[tuple[type[BaseException], str, str], ...] = (
    (
        ssl.SSLCertVerificationError,
        "its certificate is not one that ca.pem vouches for, or it is for another name",
        "put the engine's ca.pem, and your cert.pem and key.pem, into the folder that DOCKER_CERT_PATH names",
    ),
    (
        ssl.SSLError,
        "it wants TLS with a certificate of yours, or doesn't speak TLS at all",
        "set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem; or unset them",
    ),
    (
        socket.gaierror,
        "no host has that name",
        "correct the host's name in DOCKER_HOST, or in the Docker context",
    ),
    (
        FileNotFoundError,
        "its socket doesn't exist, so no engine runs there",
        "start Docker (`systemctl start docker`, or Docker Desktop), or set DOCKER_HOST to where one runs",
    ),
    (
        PermissionError,
        "your user may not open its socket",
        "join the group that may (`sudo usermod -aG docker $USER`, then log in again), or use a rootless engine",
    ),
    (
        ConnectionRefusedError,
        "the connection is refused, so nothing listens there",
        "start Docker (`systemctl start docker`), or correct DOCKER_HOST",
    ),
    (
        TimeoutError,
        "it doesn't answer in time",
        "see whether the engine hangs (`docker version`); restart it, or correct DOCKER_HOST",
    ),
)


def root_cause(error: BaseException) -> BaseException:
    """The operating system's own error inside those that requests, urllib3 and docker-py wrap around it."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, BaseException) and found not in seen:
            seen.append(found)
            waiting += [*found.args, found.__cause__, getattr(found, "reason", None), found.__context__]
    plain = [found for found in seen if isinstance(found, OSError) and isinstance(found.errno, int)]
    timeouts = [found for found in seen if isinstance(found, (TimeoutError, urllib3.exceptions.TimeoutError))]
    if timeouts and not plain:
        return TimeoutError("no answer in time")
    return plain[-1] if plain else error
