"""What does this room ask of a container engine, and of a registry? The few calls that builds, proofs, pushes need."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from kubeship.model.events import Emit

Messages = Iterator[dict[str, Any]]
"""JSON messages, as the engine streams them."""


@dataclass(frozen=True)
class Credentials:
    """A login at a registry."""

    username: str
    """Empty: `secret` is an identity token."""
    secret: str = field(repr=False)


class Upgraded(Protocol):
    """A connection to the engine that is no HTTP any more."""

    def receive(self) -> bytes:
        """What has arrived; nothing when the other side is done."""

    def send(self, content: bytes) -> None:
        """Send all of it."""


class EngineApi(Protocol):
    """Docker's Engine API (docs.docker.com/engine/api). What goes wrong raises docker-py's errors."""

    address: str

    def version(self) -> dict[str, Any]:
        """`GET /version`."""

    def ping(self) -> Mapping[str, str]:
        """The headers of `GET /_ping`."""

    def build(
        self, parameters: Mapping[str, str], context: Iterator[bytes], headers: Mapping[str, str]
    ) -> AbstractContextManager[Messages]:
        """`POST /build` with a tar; leaving the context closes the connection, which ends the build."""

    def upgraded(self, path: str, headers: Mapping[str, str]) -> AbstractContextManager[Upgraded]:
        """`POST` that the engine answers with 101 Switching Protocols; leaving the context closes the connection."""

    def inspect_image(self, reference: str) -> dict[str, Any]:
        """`GET /images/REFERENCE/json`."""

    def history(self, reference: str) -> list[dict[str, Any]]:
        """`GET /images/REFERENCE/history`, newest first."""

    def tag(self, image: str, repository: str, tag: str) -> None:
        """`POST /images/IMAGE/tag`."""

    def push(self, repository: str, tag: str) -> AbstractContextManager[Messages]:
        """`POST /images/REPOSITORY/push` with the user's credentials; errors are in the messages."""

    def pull(self, reference: str, *, is_the_images: bool = False) -> None:
        """`POST /images/create` with the user's credentials, read to its end.

        `is_the_images`: the registry is that of kubeship.yaml's `image`, which gets KUBESHIP_REGISTRY_*.
        """

    def distribution(self, reference: str, *, is_the_images: bool = False) -> dict[str, Any]:
        """`GET /distribution/REFERENCE/json`: what the registry holds, with the user's credentials."""

    def has_login(self, reference: str, *, is_the_images: bool = False) -> bool:
        """Whether there are credentials for the reference's registry."""

    def credentials(self, registry: str) -> Credentials | None:
        """The Docker configuration's login at a registry (`registry.example.com:5000`, `docker.io`)."""

    def create_container(self, name: str, config: Mapping[str, Any]) -> None:
        """`POST /containers/create`."""

    def start(self, container: str) -> None:
        """`POST /containers/CONTAINER/start`."""

    def wait(self, container: str, seconds: float) -> int | None:
        """The exit code once the container has ended, None when it hasn't after `seconds`."""

    def inspect_container(self, container: str) -> dict[str, Any]:
        """`GET /containers/CONTAINER/json`."""

    def logs(self, container: str) -> str:
        """Everything that the container wrote."""

    def remove_container(self, container: str) -> None:
        """Kill and remove; it may be gone already."""

    def containers(self, label: str) -> list[dict[str, Any]]:
        """`GET /containers/json`, stopped ones too, that carry the label."""


@dataclass(frozen=True)
class Manifest:
    """What a registry holds under a reference, for one platform."""

    digest: str
    """`sha256:...` of `body`."""
    media_type: str
    body: bytes
    content: Mapping[str, Any]
    """`body`, parsed: `config` and `layers` are descriptors (OCI image specification)."""


class Registry(Protocol):
    """One registry's HTTP API (OCI distribution specification) with the user's credentials; safe to share by threads.

    A reference is `repository:tag` or `repository@sha256:...`, a repository `registry.example.com/team/shop`, both as
    people write them. Reading raises MissingPrecondition, writing PushFailed, each with the registry's reason; whatever
    may pass (429, 5xx, a broken or stalled connection) was tried again before.
    """

    def manifest(self, reference: str, platform: str) -> Manifest:
        """The image manifest for a platform (`linux/amd64`), out of an index where there is one."""

    def digest(self, reference: str) -> str | None:
        """`sha256:...` of what a tag names (an index' own, where it is one); None when the registry lacks it."""

    def blob(self, repository: str, digest: str) -> bytes:
        """A small blob, an image configuration, checked against its digest."""

    def download(self, repository: str, digest: str, to: Path) -> None:
        """Stream a blob into a file; goes on after a broken connection. The file is there whole and right, or not."""

    def has_blob(self, repository: str, digest: str) -> bool:
        """Whether the repository holds the blob."""

    def mount(self, repository: str, digest: str, source: str) -> bool:
        """Have the blob of `source`, a repository of the same registry; False when the registry wants it uploaded."""

    def upload(self, repository: str, digest: str, size: int, content: Callable[[], BinaryIO], emit: Emit) -> None:
        """Stream a blob of any size; goes on where the registry stands after a broken connection.

        `content` opens the bytes anew each time; what it returns must seek. Emits PushProgress of this blob alone.
        """

    def put_manifest(self, reference: str, body: bytes, media_type: str) -> str:
        """Name an image whose blobs have all arrived; returns its digest. A tag appears, or moves, at once."""
