"""A registry that lives in memory, behind the port, with a base image in it: small, by hand."""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from kubeship.errors import MissingPrecondition, PushFailed
from kubeship.images.direct.configuration import DOCKER_MANIFEST, LAYERS
from kubeship.images.ports import Manifest
from kubeship.model.events import Emit

BASE_VARIABLES = ["PATH=/usr/local/bin:/usr/bin", "LANG=C.UTF-8"]


def digest_of(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


@dataclass
class MemoryRegistry:
    """Blobs by repository, manifests by reference, and every call that changed or asked something."""

    blobs: dict[str, dict[str, bytes]] = field(default_factory=dict)
    manifests: dict[str, bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    can_mount: bool = True

    def with_base(self, repository: str) -> str:
        """Put a base image of one layer into a repository; returns `repository:tag`."""
        layer = b"base layer"
        configuration = json.dumps(
            {
                "architecture": "amd64",
                "os": "linux",
                "config": {"Env": BASE_VARIABLES, "Cmd": ["python3"]},
                "rootfs": {"type": "layers", "diff_ids": [digest_of(layer)]},
                "history": [{"created_by": "base"}],
            }
        ).encode()
        self.blobs[repository] = {digest_of(item): item for item in (layer, configuration)}
        self.manifests[f"{repository}:3"] = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": DOCKER_MANIFEST,
                "config": {"mediaType": "config", "size": len(configuration), "digest": digest_of(configuration)},
                "layers": [
                    {"mediaType": LAYERS[DOCKER_MANIFEST], "size": len(layer), "digest": digest_of(layer)},
                ],
            }
        ).encode()
        return f"{repository}:3"

    def image(self, reference: str) -> tuple[dict[str, Any], dict[str, Any], list[bytes]]:
        """An image's manifest, configuration and layers."""
        manifest = json.loads(self.manifests[reference])
        repository = reference.partition("@")[0] if "@" in reference else reference.rpartition(":")[0]
        held = self.blobs[repository]
        return (
            manifest,
            json.loads(held[manifest["config"]["digest"]]),
            [held[layer["digest"]] for layer in manifest["layers"]],
        )

    def manifest(self, reference: str, platform: str) -> Manifest:
        self.calls.append(f"manifest {reference} {platform}")
        if reference not in self.manifests:
            raise MissingPrecondition(f"Reading {reference} failed: it isn't there.", hint="push it")
        body = self.manifests[reference]
        return Manifest(digest_of(body), DOCKER_MANIFEST, body, json.loads(body))

    def digest(self, reference: str) -> str | None:
        self.calls.append(f"digest {reference}")
        return digest_of(self.manifests[reference]) if reference in self.manifests else None

    def blob(self, repository: str, digest: str) -> bytes:
        return self.blobs[repository][digest]

    def download(self, repository: str, digest: str, to: Path) -> None:
        self.calls.append(f"download {repository}")
        to.write_bytes(self.blobs[repository][digest])

    def has_blob(self, repository: str, digest: str) -> bool:
        self.calls.append(f"has {digest}")
        return digest in self.blobs.get(repository, {})

    def mount(self, repository: str, digest: str, source: str) -> bool:
        self.calls.append(f"mount {source}")
        if not self.can_mount or digest not in self.blobs.get(source, {}):
            return False
        self.blobs.setdefault(repository, {})[digest] = self.blobs[source][digest]
        return True

    def upload(self, repository: str, digest: str, size: int, content: Callable[[], BinaryIO], emit: Emit) -> None:
        self.calls.append(f"upload {digest}")
        with content() as opened:
            taken = opened.read()
        assert isinstance(opened, io.IOBase)
        assert (digest_of(taken), len(taken)) == (digest, size)
        self.blobs.setdefault(repository, {})[digest] = taken

    def put_manifest(self, reference: str, body: bytes, media_type: str) -> str:
        self.calls.append(f"put {reference}")
        repository = reference.partition("@")[0] if "@" in reference else reference.rpartition(":")[0]
        named = json.loads(body)
        for item in (named["config"], *named["layers"]):
            if item["digest"] not in self.blobs.get(repository, {}):
                raise PushFailed(f"Pushing {reference} failed: a blob is missing.", hint="push it")
        self.manifests[reference] = body
        self.manifests[f"{repository}@{digest_of(body)}"] = body
        return digest_of(body)
