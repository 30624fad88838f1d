"""How does docker-py do what this room asks of an engine? The only code that calls it."""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

import requests
from docker import auth
from docker.errors import DockerException, NotFound

from kubeship.images.distribution.credentials import login_for
from kubeship.images.distribution.reference import registry_of
from kubeship.images.ports import Credentials, Messages

RECEIVED_BYTES = 1 << 16
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
    def build(
        self, parameters: Mapping[str, str], context: Iterator[bytes], headers: Mapping[str, str]
    ) -> Iterator[Messages]:
        response = self._client._post(
            self._client._url("/build"),
            params=parameters,
            data=context,
            headers={"Content-Type": "application/x-tar", **headers},
            stream=True,
            timeout=None,  # a step may be silent for as long as it compiles
        )
        with self._messages(response) as messages:
            yield messages

    @contextmanager
    def upgraded(self, path: str, headers: Mapping[str, str]) -> Iterator["Upgraded"]:
        response = self._client._post(self._client._url(path), headers=headers, stream=True)
        try:
            self._client._raise_for_status(response)
            connection = _upgraded(response)
            try:
                yield connection
            finally:
                connection.end()
        finally:
            response.close()

    def inspect_image(self, reference: str) -> dict[str, Any]:
        return dict(self._client.inspect_image(reference))

    def history(self, reference: str) -> list[dict[str, Any]]:
        return list(self._client.history(reference))

    def tag(self, image: str, repository: str, tag: str) -> None:
        self._client.tag(image, repository, tag)

    @contextmanager
    def push(self, repository: str, tag: str) -> Iterator[Messages]:
        response = self._client._post(
            self._client._url("/images/{0}/push", repository),
            params={"tag": tag},
            # The engine wants the header even where there is nothing to say (moby, distribution/push.go).
            headers={"X-Registry-Auth": auth.encode_header(_credentials(repository, is_the_images=True))},
            stream=True,
            timeout=STALLED_SECONDS,
        )
        with self._messages(response) as messages:
            yield messages

    def pull(self, reference: str, *, is_the_images: bool = False) -> None:
        own = _credentials(reference, is_the_images)
        for message in self._client.pull(reference, stream=True, decode=True, auth_config=own):
            if "error" in message:
                raise DockerException(message["error"])

    def distribution(self, reference: str, *, is_the_images: bool = False) -> dict[str, Any]:
        return dict(self._client.inspect_distribution(reference, _credentials(reference, is_the_images)))

    def has_login(self, reference: str, *, is_the_images: bool = False) -> bool:
        return bool(_credentials(reference, is_the_images))

    def credentials(self, registry: str) -> Credentials | None:
        login = login_for(registry, os.environ)
        return Credentials(login.username, login.identity_token or login.password) if login else None

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

    @contextmanager
    def _messages(self, response: requests.Response) -> Iterator[Messages]:
        """The messages of a stream; closing it is what tells the engine that nobody waits any more."""
        try:
            self._client._raise_for_status(response)
            yield self._client._stream_helper(response, decode=True)
        finally:
            response.close()


@dataclass(frozen=True)
class Upgraded:
    """A connection that speaks another protocol than HTTP/1.1 from here on."""

    reader: BinaryIO
    """What http.client read the answer's headers with: it may hold bytes that came right behind them."""
    socket: socket.socket

    def receive(self) -> bytes:
        """What has arrived; nothing when the other side is done."""
        return self.reader.read1(RECEIVED_BYTES)  # type: ignore[attr-defined,no-any-return]  # a BufferedReader

    def send(self, content: bytes) -> None:
        """Send all of it."""
        if content:
            self.socket.sendall(content)

    def end(self) -> None:
        """Let both sides know that nothing more comes; who waits in `receive` gets nothing."""
        with suppress(OSError):
            # Not SSLSocket's own, which forgets its TLS state while another thread may be using it.
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


def _upgraded(response: requests.Response) -> Upgraded:
    """The connection under an answer of 101, as docker-py itself takes it for `attach` (_get_raw_response_socket)."""
    if response.status_code != requests.codes.switching_protocols:
        raise DockerException(f"the engine answered {response.status_code} where it should have switched protocols")
    raw: Any = response.raw
    reader: BinaryIO = raw._fp.fp
    connection: socket.socket = raw._fp.fp.raw._sock
    connection.settimeout(None)  # the engine calls when it has something to ask
    return Upgraded(reader, connection)


def _credentials(reference: str, is_the_images: bool) -> dict[str, str]:
    """AuthConfig of the engine's API: empty for nobody in particular."""
    registry = registry_of(reference)
    login = login_for(registry, os.environ, is_the_images=is_the_images)
    if login is None:
        return {}
    if login.identity_token:
        return {"identitytoken": login.identity_token, "serveraddress": registry}
    return {"username": login.username, "password": login.password, "serveraddress": registry}
