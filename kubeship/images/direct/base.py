"""What is the image built upon? The base's manifest and configuration, from its registry or a mirror of it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kubeship.errors import KubeshipError
from kubeship.images.direct.configuration import LAYERS
from kubeship.images.direct.store import Store, key_of
from kubeship.images.distribution.reference import DOCKER_HUB, Reference, hub_mirror, parse_reference
from kubeship.images.ports import Manifest, Registry
from kubeship.model.direct import NeedsEngine


@dataclass(frozen=True)
class Base:
    """A base image for one platform."""

    repository: str
    """Where its layers are: `docker.io/library/python`."""
    media_type: str
    digest: str
    manifest: Mapping[str, Any]
    configuration: Mapping[str, Any]

    @property
    def layers(self) -> tuple[Mapping[str, Any], ...]:
        """Descriptors, from the lowest."""
        return tuple(self.manifest["layers"])

    @property
    def python(self) -> str | None:
        """`3.12.4`, where the image says so, as the official ones do."""
        variables = (self.configuration.get("config") or {}).get("Env") or []
        return dict(entry.partition("=")[::2] for entry in variables).get("PYTHON_VERSION")


def base_reference(text: str, environment: Mapping[str, str]) -> str:
    """Where the base is read from: by digest where there is one, through the mirror where one is named."""
    name = parse_reference(text)
    mirror = hub_mirror(environment)
    if mirror and name.registry == DOCKER_HUB:
        name = Reference(mirror, name.path, name.tag, name.digest)
    return f"{name.repository}@{name.digest}" if name.digest else f"{name.repository}:{name.tag or 'latest'}"


def read_base(
    text: str, platform: str, store: Store, environment: Mapping[str, str], registry: Callable[[str], Registry]
) -> Base:
    """The base image; one that is pinned by digest is asked for once. Raises NeedsEngine when it can't be read."""
    reference = base_reference(text, environment)
    repository = reference.partition("@")[0] if "@" in reference else reference.rpartition(":")[0]
    pinned = "@" in reference
    key = key_of(reference, platform)
    known = store.answer("bases", key) if pinned else None
    if isinstance(known, dict) and {"digest", "media_type", "manifest", "configuration"} <= known.keys():
        return Base(repository, known["media_type"], known["digest"], known["manifest"], known["configuration"])
    try:
        client = registry(reference)
        manifest: Manifest = client.manifest(reference, platform)
        if manifest.media_type not in LAYERS:
            raise NeedsEngine(f"the base {text} has a manifest of an old kind ({manifest.media_type})")
        configuration = json.loads(client.blob(repository, manifest.content["config"]["digest"]))
        found = "/".join(str(configuration.get(key)) for key in ("os", "architecture"))
        if not f"{platform}/".startswith(f"{found}/"):
            raise NeedsEngine(f"the base {text} is for {found}, not for {platform}")
    except KubeshipError as error:
        raise NeedsEngine(f"the base image can't be read: {error.message.rstrip('.')}") from error
    base = Base(repository, manifest.media_type, manifest.digest, manifest.content, configuration)
    if pinned:
        store.remember(
            "bases",
            key,
            {
                "digest": base.digest,
                "media_type": base.media_type,
                "manifest": dict(base.manifest),
                "configuration": configuration,
            },
        )
    return base
