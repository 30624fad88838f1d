"""How is an image put together and pushed without an engine? The adapter of workflows' DirectBuilder."""

import hashlib
import io
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kubeship.errors import KubeshipError
from kubeship.images.direct.application import application, without_models
from kubeship.images.direct.base import read_base
from kubeship.images.direct.bytecode import with_bytecode
from kubeship.images.direct.configuration import NewLayer, image_configuration, image_manifest
from kubeship.images.direct.dependencies import Inputs, LayerLost, dependency_layer
from kubeship.images.direct.layer import Member, write_layer
from kubeship.images.direct.obstacles import obstacle
from kubeship.images.direct.push import Blob, Destination
from kubeship.images.direct.secrets import uv_variables
from kubeship.images.direct.store import Store, cache_folder
from kubeship.images.direct.target import target_of
from kubeship.images.direct.uv import Uv, find_uv
from kubeship.images.ports import Registry
from kubeship.model.direct import DirectImage, DirectRequest, NeedsEngine, Prove
from kubeship.model.events import Emit, Note
from kubeship.model.finding import Finding


def direct_builder(repository: str, emit: Emit) -> "LayerBuilder":
    """The builder for an image's repository, with the user's cache folder and credentials."""
    clients: dict[str, Registry] = {}

    def registry(reference: str) -> Registry:
        """One client for each registry: its connections and tokens are used again."""
        from kubeship.images.distribution.client import open_registry  # noqa: PLC0415 - not needed to say no
        from kubeship.images.distribution.reference import parse_reference  # noqa: PLC0415

        name = parse_reference(reference).registry
        if name not in clients:
            ours = name == parse_reference(repository).registry
            clients[name] = open_registry(reference, is_the_images=ours, emit=emit)
        return clients[name]

    def require_push(repository: str) -> None:
        from kubeship.images.distribution.client import open_registry  # noqa: PLC0415

        open_registry(repository, is_the_images=True, emit=emit).require_push(repository)

    return LayerBuilder(Store(cache_folder(os.environ)), registry, os.environ, find_uv, require_push)


@dataclass(frozen=True)
class LayerBuilder:
    """Writes layers and puts them on top of the base's."""

    store: Store
    registry: Callable[[str], Registry]
    environment: Mapping[str, str]
    uv: Callable[[], Uv]
    require_push: Callable[[str], None]
    """Raises PushFailed where it isn't allowed."""

    def obstacle(self, request: DirectRequest) -> str | None:
        """Why only an engine can build it, as far as can be told without trying."""
        try:
            if because := obstacle(request.image):
                return because
            target_of(request.image.platform, request.python, None)
            uv_variables(request.secrets, self.environment)
            self.uv()
        except NeedsEngine as needs:
            return str(needs)
        return None

    def push_finding(self, repository: str) -> Finding | None:
        """Why pushing to the repository can't work: a push is begun and taken back."""
        if "/" not in repository:
            return Finding(
                f"The image name {repository} names no registry to push to.",
                f"set `image:` in kubeship.yaml to something like registry.example.com/team/{repository}",
                subject="registry",
            )
        try:
            self.require_push(repository)
        except KubeshipError as error:
            return Finding(error.message, error.hint, subject="registry")
        return None

    def build(self, request: DirectRequest, emit: Emit, prove: Prove | None = None) -> DirectImage:
        """Build and push; the tags come last, after `prove`.

        Raises NeedsEngine for what only turns out on the way, BuildFailed, PushFailed, InvalidInput.
        """
        try:
            return self._build(request, emit, prove)
        except LayerLost:
            return self._build(request, emit, prove)

    def _build(self, request: DirectRequest, emit: Emit, prove: Prove | None) -> DirectImage:
        image = request.image
        destination = Destination(self.registry(request.repository), request.repository, self.store)
        with ThreadPoolExecutor(1) as beside, self.store.scratch() as scratch:
            asked = beside.submit(destination.known)  # while layers are made
            base = read_base(image.base, image.platform, self.store, self.environment, self.registry)
            if "@" not in image.base:
                emit(Note(f"{image.base} is not pinned by digest; today it is {base.digest}"))
            inputs = Inputs(request, base, self.uv(), self.environment)
            dependencies = dependency_layer(inputs, self.store, scratch, emit)
            blobs = [self._kept(dependencies, inputs.key)]
            layers = [dependencies]
            for number, (created_by, members) in enumerate(self._application(request, inputs.uv)):
                path = scratch / f"{number}.tar.gz"
                layer = self._written(members, path, created_by, request.epoch)
                layers.append(layer)
                blobs.append(Blob(layer.packed.digest, layer.packed.size, _opener(path)))
            configuration = image_configuration(image, base.configuration, layers, request.epoch)
            described = _blob(configuration)
            known = asked.result()
            sent = destination.take_base(base, known, self.registry, emit)
            sent += destination.send([*blobs, described], known, emit)
            manifest = image_manifest(
                base.manifest,
                base.media_type,
                {"size": described.size, "digest": described.digest},
                [layer.packed for layer in layers],
            )
            size = sum(layer["size"] for layer in base.layers) + sum(layer.packed.size for layer in layers)
            digest = "sha256:" + hashlib.sha256(manifest).hexdigest()
            done = DirectImage(f"{request.repository}@{digest}", described.digest, size, sent)
            destination.name(manifest, base.media_type, request.tags, prove and (lambda _: prove(done)))
            everything = [*(layer["digest"] for layer in base.layers), *(blob.digest for blob in [*blobs, described])]
            destination.remember(digest, everything)
            return done

    def _application(self, request: DirectRequest, uv: Uv) -> list[tuple[str, list[Member]]]:
        """The layers of the project's own files: model weights where there are any; what changes most often last."""
        members = application(request.context, request.dockerfile)
        own, models = without_models(members, request.image.models)
        with_code, _ = with_bytecode(own, request.python, uv.program, self.store)
        layers = [("COPY /app /app", with_code)]
        return [(f"COPY {' '.join(request.image.models)} /app", models), *layers] if models else layers

    def _written(self, members: Sequence[Member], path: Path, created_by: str, epoch: int | None) -> NewLayer:
        with self.store.writing(), path.open("wb") as file:
            return NewLayer(write_layer(members, file, epoch), created_by)

    def _kept(self, layer: NewLayer, key: str) -> Blob:
        """A layer in the store; should its file be lost, it is forgotten, so that the next attempt makes it anew."""

        def content() -> BinaryIO:
            path = self.store.blob(layer.packed.digest)
            if path is None:
                self.store.forget("layers", key)
                raise LayerLost(layer.packed.digest)
            return path.open("rb")

        return Blob(layer.packed.digest, layer.packed.size, content)


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _blob(content: bytes) -> Blob:
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    return Blob(digest, len(content), lambda: io.BytesIO(content))
