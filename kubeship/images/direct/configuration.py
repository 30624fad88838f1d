"""What does the image say of itself, and of which layers does it consist? The same as the Dockerfile's last stage."""

import json
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kubeship.images.direct.layer import FIRST_DAY, Packed
from kubeship.model.image_plan import ImagePlan

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LAYERS = {
    DOCKER_MANIFEST: "application/vnd.docker.image.rootfs.diff.tar.gzip",
    OCI_MANIFEST: "application/vnd.oci.image.layer.v1.tar+gzip",
}
"""By the manifest's type: both say the same, and an image doesn't mix them."""


@dataclass(frozen=True)
class NewLayer:
    """A layer on top of the base, with what made it."""

    packed: Packed
    created_by: str


def image_configuration(
    image: ImagePlan, base: Mapping[str, Any], layers: Sequence[NewLayer], epoch: int | None
) -> bytes:
    """The configuration (OCI image specification), the same bytes for the same image."""
    created = datetime.fromtimestamp(FIRST_DAY if epoch is None else epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    inherited = {key: value for key, value in (base.get("config") or {}).items() if key not in FORGOTTEN}
    settings = {
        **inherited,
        "Env": [f"{name}={value}" for name, value in _environment(image, inherited.get("Env") or []).items()],
        "User": f"{image.user}:{image.user}",
        "WorkingDir": inside(image.root),
        "Cmd": list(image.command),
        "StopSignal": image.stop_signal,
    }
    if image.port:
        settings["ExposedPorts"] = {**(inherited.get("ExposedPorts") or {}), f"{image.port}/tcp": {}}
    if image.healthcheck:
        settings["Healthcheck"] = {"Test": ["CMD", *image.healthcheck]}
    if image.labels:
        settings["Labels"] = {**(inherited.get("Labels") or {}), **image.labels}
    document = {
        "architecture": base.get("architecture"),
        **({"variant": base["variant"]} if base.get("variant") else {}),
        "os": base.get("os", "linux"),
        "created": created,
        "config": settings,
        "rootfs": {
            "type": "layers",
            "diff_ids": [*base["rootfs"]["diff_ids"], *(layer.packed.diff_id for layer in layers)],
        },
        "history": [*(base.get("history") or []), *_history(settings, layers, created)],
    }
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def _history(settings: Mapping[str, Any], layers: Sequence[NewLayer], created: str) -> list[dict[str, Any]]:
    """An entry for each instruction of the Dockerfile's last stage, in its order: `docker history` reads the same."""
    before = ["ENV", *(["LABEL"] if settings.get("Labels") else [])]
    after = ["WORKDIR", "USER"]
    after += [word for word, key in (("EXPOSE", "ExposedPorts"), ("HEALTHCHECK", "Healthcheck")) if settings.get(key)]
    after += ["STOPSIGNAL", "CMD"]
    common = {"created": created, "comment": "kubeship"}
    return [
        *({**common, "created_by": word, "empty_layer": True} for word in before),
        *({**common, "created_by": layer.created_by} for layer in layers),
        *({**common, "created_by": word, "empty_layer": True} for word in after),
    ]


FORGOTTEN = frozenset({"Hostname", "Domainname", "Image", "AttachStdin", "AttachStdout", "AttachStderr", "OnBuild"})
"""Of a base's configuration: traces of the container that it was made in."""


def image_manifest(
    base: Mapping[str, Any], media_type: str, configuration: Mapping[str, Any], layers: Sequence[Packed]
) -> bytes:
    """The manifest: the base's layers, then the new ones."""
    own = [{"mediaType": LAYERS[media_type], "size": layer.size, "digest": layer.digest} for layer in layers]
    document = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": {"mediaType": base["config"]["mediaType"], **configuration},
        "layers": [*base["layers"], *own],
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _environment(image: ImagePlan, base: Sequence[str]) -> dict[str, str]:
    """The base's variables, and those of the Dockerfile's ENV."""
    inherited = dict(entry.partition("=")[::2] for entry in base)
    python_path = {} if inside(image.import_root) == "/app" else {"PYTHONPATH": inside(image.import_root)}
    return {
        **inherited,
        "PATH": f"/opt/venv/bin:{inherited.get('PATH', DEFAULT_PATH)}",
        "HOME": "/tmp",  # noqa: S108 - where a user without a home may write
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        **dict(sorted({**python_path, **image.variables}.items())),
    }


DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def inside(path: str) -> str:
    """Where a path of the project is in the image."""
    return posixpath.normpath(posixpath.join("/app", path))
