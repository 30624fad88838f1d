"""How does an image get into a registry in few requests? What it has is mounted or left, the rest sent."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, BinaryIO

from kubeship.errors import KubeshipError
from kubeship.images.direct.base import Base
from kubeship.images.direct.store import Store, key_of
from kubeship.images.distribution.together import Together
from kubeship.images.ports import Registry
from kubeship.model.events import Emit, Event, PushProgress

SMALL = 256 * 1024
"""Bytes below which sending is no dearer than asking whether the registry has it."""


@dataclass(frozen=True)
class Blob:
    """Bytes made here: a layer, or the configuration."""

    digest: str
    size: int
    content: Callable[[], BinaryIO]


@dataclass
class Progress:
    """Adds up what several uploads sent."""

    emit: Emit
    total: int = 0
    sent: dict[str, int] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def expect(self, size: int) -> None:
        """There is more to send."""
        with self.lock:
            self.total += size

    def of(self, digest: str) -> Emit:
        """What one upload tells, as part of the whole."""

        def hear(event: Event) -> None:
            if not isinstance(event, PushProgress):
                self.emit(event)
                return
            with self.lock:
                self.sent[digest] = event.sent
                self.emit(PushProgress(sum(self.sent.values()), self.total))

        return hear


@dataclass(frozen=True)
class Destination:
    """The repository that gets the image."""

    registry: Registry
    repository: str
    store: Store

    def known(self) -> frozenset[str]:
        """Blobs that the repository has for sure: those of an image that was pushed before and is still there."""
        before = self.store.answer("pushed", key_of(self.repository))
        if not isinstance(before, dict) or not isinstance(digest := before.get("manifest"), str):
            return frozenset()
        try:
            there = self.registry.digest(f"{self.repository}@{digest}") == digest
        except KubeshipError:  # sending says it better
            return frozenset()
        return frozenset(before.get("blobs", ())) if there else frozenset()

    def send(self, blobs: Sequence[Blob], known: frozenset[str], emit: Emit) -> int:
        """Send what isn't there, several at a time; the bytes that were sent."""
        together = Together()
        progress = Progress(together.until_ended(emit))

        def one(blob: Blob) -> int:
            if blob.digest in known or (blob.size > SMALL and self.registry.has_blob(self.repository, blob.digest)):
                return 0
            progress.expect(blob.size)
            self.registry.upload(self.repository, blob.digest, blob.size, blob.content, progress.of(blob.digest))
            return blob.size

        return sum(together.each(one, blobs))

    def take_base(self, base: Base, known: frozenset[str], registry: Callable[[str], Registry], emit: Emit) -> int:
        """Have the base's layers: mounted where its repository is of the same registry, copied otherwise."""
        together = Together()
        progress = Progress(together.until_ended(emit))

        def one(layer: Mapping[str, Any]) -> int:
            digest, size = layer["digest"], layer["size"]
            if digest in known or self.registry.has_blob(self.repository, digest):
                return 0
            if self.registry.mount(self.repository, digest, base.repository):
                return 0
            progress.expect(size)
            with self.store.scratch() as scratch:
                copy = scratch / "layer"
                registry(base.repository).download(base.repository, digest, copy)
                self.registry.upload(self.repository, digest, size, lambda: copy.open("rb"), progress.of(digest))
            return int(size)

        return sum(together.each(one, base.layers))

    def name(self, manifest: bytes, media_type: str, tags: Sequence[str], prove: Callable[[str], None] | None) -> str:
        """Name the image, once it is proved: the manifest comes last, so a tag never names half an image."""
        digest = "sha256:" + hashlib.sha256(manifest).hexdigest()
        if prove:
            self.registry.put_manifest(f"{self.repository}@{digest}", manifest, media_type)
            prove(f"{self.repository}@{digest}")
        Together().each(lambda tag: self.registry.put_manifest(f"{self.repository}:{tag}", manifest, media_type), tags)
        return f"{self.repository}@{digest}"

    def remember(self, manifest: str, blobs: Sequence[str]) -> None:
        """For the next push."""
        self.store.remember("pushed", key_of(self.repository), {"manifest": manifest, "blobs": list(blobs)})
