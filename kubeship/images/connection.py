"""How is the container engine reached, and what stands in the way when it isn't?"""

import os
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
    try:
        parameters = _parameters()
        address = str(parameters.get("base_url") or DEFAULT_ADDRESS)
        client = docker.APIClient(**parameters, version="auto", timeout=FIRST_ANSWER_SECONDS)
    except VENDOR_ERRORS as error:
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


REASONS: tuple[tuple[type[BaseException], str, str], ...] = (
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
