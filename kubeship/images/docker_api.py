"""How does docker-py do what this room asks of an engine? The only code that calls it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
from docker import auth
from docker.errors import DockerException, NotFound

from kubeship.images.ports import Messages

STALLED_SECONDS = 600
"""Silence after which a push or pull is given up; a registry may take minutes to commit a layer."""


class DockerApi:
    """An EngineApi over docker-py's low-level client, whose typing stubs lack what a BuildKit build needs."""

    def __init__(self, client: Any, address: str) -> None:
        """`client` is a docker.APIClient."""
        self._client = client
        self.address = address

    def version(self) -> dict[str, Any]:
        return dict(self._client.version())

    def ping(self) -> Mapping[str, str]:
        answer = self._client._get(self._client._url("/_ping", versioned_api=False))
        self._client._raise_for_status(answer)
        headers: Mapping[str, str] = answer.headers
        return headers

    @contextmanager
    def build(self, parameters: Mapping[str, str], context: Iterator[bytes]) -> Iterator[Messages]:
        response = self._client._post(
            self._client._url("/build"),
            params=parameters,
            data=context,
            headers={"Content-Type": "application/x-tar"},
            stream=True,
            timeout=None,  # a step may be silent for as long as it compiles
        )
        with self._messages(response) as messages:
            yield messages

    def inspect_image(self, reference: str) -> dict[str, Any]:
        return dict(self._client.inspect_image(reference))

    def tag(self, image: str, repository: str, tag: str) -> None:
        self._client.tag(image, repository, tag)

    @contextmanager
    def push(self, repository: str, tag: str) -> Iterator[Messages]:
        header = self._credentials(repository)
        response = self._client._post(
            self._client._url("/images/{0}/push", repository),
            params={"tag": tag},
            # The engine wants the header even where there is nothing to say (moby, distribution/push.go).
            headers={"X-Registry-Auth": header or auth.encode_header({})},
            stream=True,
            timeout=STALLED_SECONDS,
        )
        with self._messages(response) as messages:
            yield messages

    def pull(self, reference: str) -> None:
        for message in self._client.pull(reference, stream=True, decode=True):
            if "error" in message:
                raise DockerException(message["error"])

    def distribution(self, reference: str) -> dict[str, Any]:
        return dict(self._client.inspect_distribution(reference))

    def has_login(self, reference: str) -> bool:
        return self._credentials(reference) is not None

    def create_container(self, name: str, config: Mapping[str, Any]) -> None:
        self._client.create_container_from_config(dict(config), name)

    def start(self, container: str) -> None:
        self._client.start(container)

    def wait(self, container: str, seconds: float) -> int | None:
        try:
            return int(self._client.wait(container, timeout=seconds)["StatusCode"])
        except requests.ReadTimeout:
            return None
        except requests.ConnectionError as error:
            if "timed out" in str(error).lower():  # urllib3's ReadTimeoutError while the body is read
                return None
            raise

    def inspect_container(self, container: str) -> dict[str, Any]:
        return dict(self._client.inspect_container(container))

    def logs(self, container: str) -> str:
        output: bytes = self._client.logs(container, stdout=True, stderr=True)
        return output.decode(errors="replace")

    def remove_container(self, container: str) -> None:
        try:
            self._client.remove_container(container, force=True, v=True)
        except NotFound:
            return

    def containers(self, label: str) -> list[dict[str, Any]]:
        return list(self._client.containers(all=True, filters={"label": label}))

    def _credentials(self, reference: str) -> bytes | None:
        registry, _ = auth.resolve_repository_name(reference)
        header: bytes | None = auth.get_config_header(self._client, registry)
        return header

    @contextmanager
    def _messages(self, response: requests.Response) -> Iterator[Messages]:
        """The messages of a stream; closing it is what tells the engine that nobody waits any more."""
        try:
            self._client._raise_for_status(response)
            yield self._client._stream_helper(response, decode=True)
        finally:
            response.close()
