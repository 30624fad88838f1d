"""How is the container engine reached, and how is what docker-py raises told?"""

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
from kubeship.images.reachability import DEFAULT_ADDRESS, root_cause, unreachable, unreachable_by_ssh
from kubeship.images.ssh import CONNECT_SECONDS, SshTunnel, ssh_client

ANSWER_SECONDS = 60
"""How long the engine may think about an ordinary request."""
FIRST_ANSWER_SECONDS = 15

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
            hint="see what the engine's own log says (journalctl -u docker), then run the same command again",
        ) from error
    except DockerException as error:
        hint = "correct it, then run the same command again"
        if "Credentials store" in str(error):  # docker/auth.py, _resolve_authconfig_credstore
            hint = (
                "install the credential helper that Docker's config.json names (credsStore, credHelpers), or remove it"
            )
        raise family(f"{doing} failed: {error}", hint=hint) from error
    except VENDOR_ERRORS as error:
        raise family(
            f"{doing} failed: the connection to the engine broke ({root_cause(error)}).",
            hint="check that the engine runs (`docker version`), then run the same command again",
        ) from error


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
            hint="choose one that `docker context ls` shows with `docker context use NAME`, or set DOCKER_HOST",
        )
    return {"base_url": context.Host, **({"tls": context.TLSConfig} if context.TLSConfig else {})}
