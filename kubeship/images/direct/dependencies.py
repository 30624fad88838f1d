"""Where does the layer with the dependencies come from? From an earlier build with the same inputs, or made now."""

import hashlib
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kubeship.errors import InvalidInput
from kubeship.images.direct.base import Base
from kubeship.images.direct.configuration import NewLayer
from kubeship.images.direct.layer import Packed, write_layer
from kubeship.images.direct.secrets import uv_variables
from kubeship.images.direct.store import Store, key_of
from kubeship.images.direct.target import target_of
from kubeship.images.direct.uv import Uv
from kubeship.model.direct import DirectRequest
from kubeship.model.events import Emit, Note

FORMAT = 1
"""Another number makes all layers anew."""
INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")
CREATED_BY = "COPY /opt/venv /opt/venv"
"""As the Dockerfile's image has it in its history."""
WITHOUT_BYTECODE = "No Python {} is here to make bytecode with, so the image holds none and starts more slowly"


class LayerLost(Exception):
    """A layer that was made before is needed, and its file is gone or broken; it must be made again."""


@dataclass(frozen=True)
class Inputs:
    """Everything that the layer is made from."""

    request: DirectRequest
    base: Base
    uv: Uv
    environment: Mapping[str, str]

    @property
    def key(self) -> str:
        """Equal for equal inputs. Raises InvalidInput for a dependency file that can't be read."""
        image = self.request.image
        indexes = [_without_credentials(self.environment.get(name, "")) for name in INDEX_VARIABLES]
        bytecode = self.request.python == f"{sys.version_info.major}.{sys.version_info.minor}"
        return key_of(
            FORMAT,
            {name: _hash(self.request.context / name) for name in image.dependency_files},
            (image.manager, image.require_hashes, image.server_requirement, image.groups, image.extras),
            (self.request.python, image.platform, self.base.digest, self.uv.version, bytecode),
            (image.indexes, indexes, self.request.epoch),
        )


def dependency_layer(inputs: Inputs, store: Store, scratch: Path, emit: Emit) -> NewLayer:
    """The layer below /opt/venv; its bytes are in the store. Raises what installing raises."""
    key = inputs.key
    known = store.answer("layers", key)
    if isinstance(known, dict) and known.keys() == {"digest", "diff_id", "size", "compiled"}:
        emit(Note("The dependencies are those of an earlier build"))
        _tell(known["compiled"], inputs, emit)
        return NewLayer(Packed(known["digest"], known["diff_id"], known["size"]), CREATED_BY)
    from kubeship.images.direct.install import install  # noqa: PLC0415 - an edited line needs none of it
    from kubeship.images.direct.requirements import Place, installs  # noqa: PLC0415

    request = inputs.request
    target = target_of(request.image.platform, request.python, inputs.base.python)
    secrets = uv_variables(request.secrets, inputs.environment)
    place = Place(request, target, inputs.uv, scratch, secrets, emit)
    emit(Note(f"Installing the dependencies with uv {inputs.uv.version}"))
    members, compiled = install(place, installs(place))
    _tell(compiled, inputs, emit)
    path = scratch / "dependencies.tar.gz"
    with store.writing(), path.open("wb") as file:
        packed = write_layer(members, file, request.epoch)
    store.keep(packed.digest, path)
    found = {"digest": packed.digest, "diff_id": packed.diff_id, "size": packed.size, "compiled": compiled}
    store.remember("layers", key, found)
    return NewLayer(packed, CREATED_BY)


def _tell(compiled: bool, inputs: Inputs, emit: Emit) -> None:
    if not compiled:
        emit(Note(WITHOUT_BYTECODE.format(inputs.request.python)))


def _without_credentials(index: str) -> str:
    """A token that changes is no other index."""
    return re.sub(r"(?<=://)[^/@\s]+@", "", index)


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InvalidInput(
            f"{path} can't be read: {os.strerror(error.errno or 0)}.",
            hint="correct dependencies.files in kubeship.yaml, or run `kubeship init` again",
        ) from error
