"""How is the container engine reached, and what stands in the way when it isn't?"""

import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import docker
import urllib3
from docker.context import Context
from docker.context.config import get_current_context_name
from docker.errors import APIError, DockerException, StreamParseError
from docker.utils import kwargs_from_env

from kubeship.errors import KubeshipError, MissingPrecondition
from kubeship.images.docker_api import DockerApi
from kubeship.images.ssh import CONNECT_SECONDS, SshTunnel, ssh_client

ANSWER_SECONDS = 60
"""How long the engine may think about an ordinary request."""
FIRST_ANSWER_SECONDS = 15
DEFAULT_ADDRESS = "unix:///var/run/docker.sock"

VENDOR_ERRORS = (DockerException, StreamParseError, urllib3.exceptions.HTTPError, OSError)
"""What docker-py lets through: its own, urllib3's while a stream is read, and those of requests, which are OSErrors."""


def open_api() -> DockerApi:
    """The API of the engine that DOCKER_HOST, DOCKER_CONTEXT or the current Docker context names.

    Raises MissingPrecondition with the reason when it doesn't answer.
    """
    address = DEFAULT_ADDRESS
    tunnel: SshTunnel | None = None
    try:
        parameters = _parameters()
        address = str(parameters.get("base_url") or DEFAULT_ADDRESS)
        if address.startswith("ssh://"):
            tunnel = SshTunnel(address)
            client = ssh_client(tunnel, CONNECT_SECONDS)
        else:
            client = _Client(**parameters, version="auto", timeout=FIRST_ANSWER_SECONDS)
    except VENDOR_ERRORS as error:
        if tunnel and (said := tunnel.said()):
            raise unreachable_by_ssh(address, said) from error
        raise unreachable(address, error) from error
    client.timeout = ANSWER_SECONDS
    return DockerApi(client, address)


@contextmanager
def engine_errors(doing: str, family: type[KubeshipError] = MissingPrecondition) -> Iterator[None]:
    """Turns what docker-py raises inside into the family's error: `doing` completes `... failed: reason`."""
    try:
        yield
    except KubeshipError:
        raise
    except APIError as error:
        raise family(
            f"{doing} failed: the engine said: {explanation(error)}",
            hint="See what the engine's own log says (journalctl -u docker), then run the same command again.",
        ) from error
    except DockerException as error:
        hint = "Correct it, then run the same command again."
        if "Credentials store" in str(error):  # docker/auth.py, _resolve_authconfig_credstore
            hint = (
                "Install the credential helper that Docker's config.json names (credsStore, credHelpers), or remove it."
            )
        raise family(f"{doing} failed: {error}", hint=hint) from error
    except VENDOR_ERRORS as error:
        raise family(
            f"{doing} failed: the connection to the engine broke ({root_cause(error)}).",
            hint="Check that the engine runs (`docker version`), then run the same command again.",
        ) from error


def unreachable(address: str, error: BaseException) -> MissingPrecondition:
    """The sentence for an engine that doesn't answer."""
    cause = root_cause(error)
    for kind, reason, hint in REASONS:
        if isinstance(cause, kind):
            return MissingPrecondition(f"The container engine at {address} can't be reached: {reason}.", hint=hint)
    return MissingPrecondition(
        f"The container engine at {address} can't be reached: {cause}.",
        hint="Check DOCKER_HOST and `docker context ls`; `docker version` must answer.",
    )


def unreachable_by_ssh(address: str, said: str) -> MissingPrecondition:
    """The sentence for what ssh, or the docker command at its other end, had to say."""
    last = said.splitlines()[-1]
    hint = next(
        (hint for words, hint in SSH_REASONS if words in said), f"Try it by hand: ssh ssh://{_host(address)} docker ps"
    )
    return MissingPrecondition(f"The container engine at {address} can't be reached: {last}", hint=hint)


SSH_REASONS = (
    ("Permission denied", "Let ssh have a key that the host takes (`ssh-add`), and name the user: ssh://USER@HOST."),
    ("Host key verification failed", "Log in once by hand, so that ssh knows the host's key; in CI use ssh-keyscan."),
    ("not found", "Install the docker command on that host: it connects ssh with the engine there."),
    ("docker.sock", "See that the engine runs there, and that the user is in its group docker."),
    ("Could not resolve hostname", "Correct the host's name in DOCKER_HOST, or in the Docker context."),
)
"""What is said, what to do; in order of precedence."""


def _host(address: str) -> str:
    return address.removeprefix("ssh://").partition("/")[0]


REASONS: tuple[tuple[type[BaseException], str, str], ...] = (
    (
        ssl.SSLCertVerificationError,
        "its certificate is not one that ca.pem vouches for, or it is for another name",
        "Put the engine's ca.pem, and your cert.pem and key.pem, into the folder that DOCKER_CERT_PATH names.",
    ),
    (
        ssl.SSLError,
        "it wants TLS with a certificate of yours, or doesn't speak TLS at all",
        "Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem; or unset them.",
    ),
    (
        socket.gaierror,
        "no host has that name",
        "Correct the host's name in DOCKER_HOST, or in the Docker context.",
    ),
    (
        FileNotFoundError,
        "its socket doesn't exist, so no engine runs there",
        "Start Docker (`systemctl start docker`, or Docker Desktop), or set DOCKER_HOST to where one runs.",
    ),
    (
        PermissionError,
        "your user may not open its socket",
        "Join the group that may (`sudo usermod -aG docker $USER`, then log in again), or use a rootless engine.",
    ),
    (
        ConnectionRefusedError,
        "the connection is refused, so nothing listens there",
        "Start Docker (`systemctl start docker`), or correct DOCKER_HOST.",
    ),
    (
        TimeoutError,
        "it doesn't answer in time",
        "See whether the engine hangs (`docker version`); restart it, or correct DOCKER_HOST.",
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


def explanation(error: APIError) -> str:
    """The engine's words without docker-py's wrapping."""
    return str(error.explanation or error).strip()


class _Client(docker.APIClient):
    def request(self, *arguments: Any, **options: Any) -> Any:
        """A request that trusts the engine's own authority: REQUESTS_CA_BUNDLE would replace it (psf/requests 3829)."""
        return super().request(*arguments, **{"verify": self.verify, **options})


def _parameters() -> dict[str, Any]:
    if os.environ.get("DOCKER_HOST"):
        return {**kwargs_from_env()}
    name = os.environ.get("DOCKER_CONTEXT") or get_current_context_name()
    if name == "default":
        return {}
    context = Context.load_context(name)
    if context is None:
        raise MissingPrecondition(
            f"The Docker context {name} doesn't exist.",
            hint="Choose one that `docker context ls` shows with `docker context use NAME`, or set DOCKER_HOST.",
        )
    return {"base_url": context.Host, **({"tls": context.TLSConfig} if context.TLSConfig else {})}
