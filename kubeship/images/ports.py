"""What does this room ask of a container engine? The few calls of its HTTP API that builds, proofs and pushes need."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

Messages = Iterator[dict[str, Any]]
"""JSON messages, as the engine streams them."""


class EngineApi(Protocol):
    """Docker's Engine API (docs.docker.com/engine/api). What goes wrong raises docker-py's errors."""

    address: str

    def version(self) -> dict[str, Any]:
        """`GET /version`."""

    def ping(self) -> Mapping[str, str]:
        """The headers of `GET /_ping`."""

    def build(self, parameters: Mapping[str, str], context: Iterator[bytes]) -> AbstractContextManager[Messages]:
        """`POST /build` with a tar; leaving the context closes the connection, which ends the build."""

    def inspect_image(self, reference: str) -> dict[str, Any]:
        """`GET /images/REFERENCE/json`."""

    def tag(self, image: str, repository: str, tag: str) -> None:
        """`POST /images/IMAGE/tag`."""

    def push(self, repository: str, tag: str) -> AbstractContextManager[Messages]:
        """`POST /images/REPOSITORY/push` with the user's credentials; errors are in the messages."""

    def pull(self, reference: str) -> None:
        """`POST /images/create` with the user's credentials, read to its end."""

    def distribution(self, reference: str) -> dict[str, Any]:
        """`GET /distribution/REFERENCE/json`: what the registry holds, with the user's credentials."""

    def has_login(self, reference: str) -> bool:
        """Whether the Docker configuration has credentials for the reference's registry."""

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
