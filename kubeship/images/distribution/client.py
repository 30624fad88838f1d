"""What can be read from a registry and put into it? Everything that images are made of, in few calls."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from kubeship.errors import MissingPrecondition, PushFailed
from kubeship.images.distribution.conversation import Conversation
from kubeship.images.distribution.credentials import Login, login_for
from kubeship.images.distribution.downloads import download
from kubeship.images.distribution.failures import RegistryFailure, registry_errors
from kubeship.images.distribution.manifests import ACCEPTED, INDEXES, digest_of, media_type, of_platform, parsed
from kubeship.images.distribution.patience import Patience
from kubeship.images.distribution.reference import DOCKER_HUB, Reference, hub_mirror, parse_reference
from kubeship.images.distribution.transport import Transport
from kubeship.images.distribution.uploads import Source, Upload, cancel, next_location
from kubeship.images.ports import Manifest
from kubeship.model.events import Emit, Event

LARGEST_CONFIGURATION = 16 * 1024 * 1024
PULL, PULL_AND_PUSH = "pull", "pull,push"


def open_registry(
    reference: str,
    *,
    environment: Mapping[str, str] = os.environ,
    is_the_images: bool = False,
    emit: Emit | None = None,
    patience: Patience | None = None,
) -> "RegistryClient":
    """The registry that a reference names, with the user's credentials for it; asked at the first call.

    `is_the_images`: it is the one of kubeship.yaml's `image`, which gets KUBESHIP_REGISTRY_USERNAME and _PASSWORD.
    `emit` gets a Note about each request that is tried again. Raises MissingPrecondition for unreadable credentials.
    """
    name = parse_reference(reference)
    mirror = hub_mirror(environment) if name.registry == DOCKER_HUB and not is_the_images else ""
    login = login_for(mirror or name.registry, environment, is_the_images=is_the_images)
    return open_as(reference, login, environment=environment, emit=emit, patience=patience, mirror=mirror)


def open_as(
    reference: str,
    login: Login | None,
    *,
    environment: Mapping[str, str] = os.environ,
    emit: Emit | None = None,
    patience: Patience | None = None,
    mirror: str = "",
) -> "RegistryClient":
    """The registry that a reference names, as somebody in particular, or as nobody; `mirror` is asked in its place."""
    name = parse_reference(reference)
    transport = Transport(name.registry, mirror or name.host, environment)
    return RegistryClient(Conversation(transport, login, patience or Patience(), environment, emit or _silently))


class RegistryClient:
    """A Registry over HTTP."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    @property
    def needs_login(self) -> bool:
        """Whether it lets nobody in without a name and a password, whatever is asked for; known after a first call."""
        return self._conversation.needs_login

    def manifest(self, reference: str, platform: str) -> Manifest:
        name = self._name(reference)
        with registry_errors(f"Reading {name}", MissingPrecondition):
            found = self._manifest(name)
            if found.media_type in INDEXES:
                digest = of_platform(found.content, platform, str(name))
                found = self._manifest(Reference(name.registry, name.path, digest=digest))
            return found

    def whole_manifest(self, reference: str) -> Manifest:
        """What a reference names itself, be it an index."""
        name = self._name(reference)
        with registry_errors(f"Reading {name}", MissingPrecondition):
            return self._manifest(name)

    def digest(self, reference: str) -> str | None:
        name = self._name(reference)
        with registry_errors(f"Looking up {name}", MissingPrecondition):
            path = f"/v2/{name.path}/manifests/{name.version}"
            answer = self._conversation.ask(
                "HEAD", path, str(name), self._scopes(name, PULL), {200, 404, 405}, headers={"Accept": ACCEPTED}
            )
            if answer.status_code == 404:
                return None
            return answer.headers.get("Docker-Content-Digest") or self._manifest(name).digest

    def blob(self, repository: str, digest: str) -> bytes:
        name = self._name(repository)
        with registry_errors(f"Reading {_blob_of(name, digest)}", MissingPrecondition):

            def attempt() -> bytes:
                path, subject = f"/v2/{name.path}/blobs/{digest}", name.repository
                scopes = self._scopes(name, PULL)
                with (
                    self._conversation.once("GET", path, subject, scopes, {200}) as answer,
                    self._conversation.breaks(),
                ):
                    found: bytes = answer.raw.read(LARGEST_CONFIGURATION, decode_content=False)
                if digest_of(found) != digest:
                    raise RegistryFailure(
                        "passing",
                        f"{name.registry} sent other bytes than those of {_blob_of(name, digest)}",
                        "run the same command again; if it says so again, something in between changes them",
                    )
                return found

            return self._conversation.persist(attempt)

    def download(self, repository: str, digest: str, to: Path) -> None:
        name = self._name(repository)
        with registry_errors(f"Downloading {_blob_of(name, digest)}", MissingPrecondition):
            download(self._conversation, name.path, digest, self._scopes(name, PULL), to)

    def has_blob(self, repository: str, digest: str) -> bool:
        name = self._name(repository)
        with registry_errors(f"Looking for {_blob_of(name, digest)}", PushFailed):
            path, subject = f"/v2/{name.path}/blobs/{digest}", name.repository
            scopes = self._scopes(name, PULL_AND_PUSH)
            return self._conversation.ask("HEAD", path, subject, scopes, {200, 404}).status_code == 200

    def mount(self, repository: str, digest: str, source: str) -> bool:
        name, source_name = self._name(repository), parse_reference(source)
        if source_name.registry != name.registry:
            return False
        query = f"mount={digest}&from={quote(source_name.path, safe='')}"
        scopes = (*self._scopes(name, PULL_AND_PUSH), *self._scopes(source_name, PULL))
        path, subject = f"/v2/{name.path}/blobs/uploads/?{query}", name.repository
        with registry_errors(f"Pushing {_blob_of(name, digest)}", PushFailed):
            try:
                answer = self._conversation.ask("POST", path, subject, scopes, {201, 202}, body=b"")
            except RegistryFailure as failure:
                # Who may not read there, or not in this way, may still upload; if not, the upload says why.
                if failure.kind in ("denied", "missing", "refused"):
                    return False
                raise
            if answer.status_code == 202:
                cancel(self._conversation, next_location(self._conversation, answer), subject, scopes)
            return answer.status_code == 201

    def upload(self, repository: str, digest: str, size: int, content: Callable[[], BinaryIO], emit: Emit) -> None:
        name = self._name(repository)
        with registry_errors(f"Pushing {_blob_of(name, digest)}", PushFailed):
            source = Source(name.path, digest, size, content)
            Upload(self._conversation, source, self._scopes(name, PULL_AND_PUSH), emit).send()

    def put_manifest(self, reference: str, body: bytes, media_type: str) -> str:
        name = self._name(reference)
        digest = digest_of(body)
        with registry_errors(f"Pushing {name}", PushFailed):
            path, scopes = f"/v2/{name.path}/manifests/{name.version}", self._scopes(name, PULL_AND_PUSH)
            try:
                self._conversation.ask(
                    "PUT", path, str(name), scopes, {201}, headers={"Content-Type": media_type}, body=body
                )
            except RegistryFailure as failure:
                # An immutable tag that names these bytes already is as good.
                if failure.kind != "refused" or not self._names(name, digest):
                    raise
            return digest

    def push_refusal(self, repository: str) -> RegistryFailure | None:
        """Why a push is not allowed, proved by beginning one and taking it back; None when it is."""
        name = self._name(repository)
        scopes = self._scopes(name, PULL_AND_PUSH)
        path = f"/v2/{name.path}/blobs/uploads/"
        try:
            answer = self._conversation.ask("POST", path, name.repository, scopes, {202}, body=b"")
            cancel(self._conversation, next_location(self._conversation, answer), name.repository, scopes)
        except RegistryFailure as failure:
            return failure
        return None

    def require_push(self, repository: str) -> None:
        """Raises PushFailed with the reason why a push is not allowed, before anything is built."""
        with registry_errors(f"Pushing to {repository}", PushFailed):
            if failure := self.push_refusal(repository):
                raise failure

    def _manifest(self, name: Reference) -> Manifest:
        def attempt() -> Manifest:
            path, scopes = f"/v2/{name.path}/manifests/{name.version}", self._scopes(name, PULL)
            with self._conversation.once("GET", path, str(name), scopes, {200}, headers={"Accept": ACCEPTED}) as answer:
                body = self._conversation.read(answer)
            claimed = name.digest or answer.headers.get("Docker-Content-Digest")
            content = parsed(body, digest_of(body), claimed, str(name))
            return Manifest(digest_of(body), media_type(content, answer.headers.get("Content-Type")), body, content)

        return self._conversation.persist(attempt)

    def _names(self, name: Reference, digest: str) -> bool:
        try:
            return self.digest(str(name)) == digest
        except MissingPrecondition:
            return False

    def _name(self, reference: str) -> Reference:
        name = parse_reference(reference)
        if name.registry != self._conversation.registry:
            raise ValueError(f"{reference} is not of {self._conversation.registry}, whose client was asked")
        return name

    def _scopes(self, name: Reference, actions: str) -> tuple[str, ...]:
        return (f"repository:{name.path}:{actions}",)


def _blob_of(name: Reference, digest: str) -> str:
    """A digest's first twelve digits are enough for a person."""
    return f"{name.repository} (blob {digest[:19]})"


def _silently(event: Event) -> None:
    """Nobody listens."""
