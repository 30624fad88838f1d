"""What may BuildKit ask of us while it builds? Secrets of the build, and credentials for the registries of its bases.

A session is a connection to the engine that is turned around: `POST /session` is upgraded to HTTP/2, and the engine
calls us. Sources: moby/buildkit, session/secrets/secrets.proto, session/auth/auth.proto; docker/docs, API 1.41.
"""

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from kubeship.errors import KubeshipError
from kubeship.images.grpc_server import NOT_FOUND, UNKNOWN, Method, Refused, serve
from kubeship.images.ports import Credentials, EngineApi
from kubeship.images.protobuf import bytes_field, fields, number_field, text

HEALTH = "/grpc.health.v1.Health/Check"
"""Asked every few seconds; without an answer the engine ends the session."""
SECRET = "/moby.buildkit.secrets.v1.Secrets/GetSecret"  # noqa: S105  # the method's name
CREDENTIALS = "/moby.filesync.v1.Auth/Credentials"
SERVING = 1
DOCKER_HUB = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io"})
END_SECONDS = 5


@dataclass(frozen=True)
class Session:
    """What one build may be told. Its values never show: neither in a message nor in a representation."""

    secrets: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    credentials: Callable[[str], Credentials | None] = field(default=lambda registry: None, repr=False)
    """By registry, as in a reference: `registry.example.com:5000`, `docker.io`."""


@contextmanager
def open_session(api: EngineApi, session: Session) -> Iterator[str]:
    """The session's id, for `POST /build`, while it is served; closed at the end, whatever the end is."""
    identity = uuid.uuid4().hex
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "h2c",
        "X-Docker-Expose-Session-Uuid": identity,
        "X-Docker-Expose-Session-Name": "kubeship",
        # One header can name one method. BuildKit looks there only for services that it can do without.
        "X-Docker-Expose-Session-Grpc-Method": SECRET,
    }
    with api.upgraded("/session", headers) as connection:
        thread = threading.Thread(target=serve, args=(connection, methods(session)), daemon=True)
        thread.start()
        yield identity
    thread.join(END_SECONDS)


def methods(session: Session) -> dict[str, Method]:
    """The calls that are answered, by path; every other one is `unimplemented`, and BuildKit goes on without it."""

    def secret(request: bytes) -> bytes:
        name = text(dict(fields(request)).get(1))  # GetSecretRequest: ID 1
        if name not in session.secrets:
            raise Refused(NOT_FOUND, f"secret {name} is not declared: add it to `build.secrets` in kubeship.yaml")
        return bytes_field(1, session.secrets[name])  # GetSecretResponse: data 1

    def credentials(request: bytes) -> bytes:
        host = text(dict(fields(request)).get(1))  # CredentialsRequest: Host 1
        try:
            found = session.credentials("docker.io" if host in DOCKER_HUB else host)
        except KubeshipError as error:
            raise Refused(UNKNOWN, error.message) from error
        if found is None:
            return b""
        # CredentialsResponse: Username 1, Secret 2. Without a user name the secret is an identity token.
        return bytes_field(1, found.username.encode()) + bytes_field(2, found.secret.encode())

    return {HEALTH: lambda request: number_field(1, SERVING), SECRET: secret, CREDENTIALS: credentials}
