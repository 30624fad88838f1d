"""Which registry, repository and version does an image's name mean?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kubeship.errors import InvalidInput

DOCKER_HUB = "docker.io"
DOCKER_HUB_HOSTS = {DOCKER_HUB, "index.docker.io", "registry-1.docker.io"}
DOCKER_HUB_API = "registry-1.docker.io"
MIRROR = "KUBESHIP_DOCKER_HUB_MIRROR"
"""A host, with its port, from which Docker Hub's images are read: the engine's `registry-mirrors` for one without."""

PATH = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*")
TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
"""OCI distribution specification, "Pulling manifests"; only sha256 is in use."""


def hub_mirror(environment: Mapping[str, str]) -> str:
    """The host that MIRROR names, also where it was written as an address; empty where there is none."""
    return re.sub(r"^https?://|/+$", "", environment.get(MIRROR, "").strip())


@dataclass(frozen=True)
class Reference:
    """`registry/path:tag@digest`, taken apart."""

    registry: str
    """As people write it: `docker.io` where none is named."""
    path: str
    """`library/python`."""
    tag: str | None = None
    digest: str | None = None

    @property
    def repository(self) -> str:
        """`docker.io/library/python`."""
        return f"{self.registry}/{self.path}"

    @property
    def version(self) -> str:
        """What the API is asked for: the digest where there is one, else the tag, else `latest`."""
        return self.digest or self.tag or "latest"

    @property
    def host(self) -> str:
        """Where its API is: Docker Hub's is at another name than people write."""
        return DOCKER_HUB_API if self.registry == DOCKER_HUB else self.registry

    def __str__(self) -> str:
        """As people write it."""
        return self.repository + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


def parse_reference(text: str) -> Reference:
    """Take a name apart as Docker does (distribution/reference). Raises InvalidInput for one that no registry takes."""
    name, at, digest = text.partition("@")
    head, slash, last = name.rpartition("/")
    last, colon, tag = last.partition(":")
    name = head + slash + last
    registry = registry_of(name)
    path = name.removeprefix(f"{registry}/")
    if registry in DOCKER_HUB_HOSTS:
        path, registry = path if "/" in path else f"library/{path}", DOCKER_HUB
    sound = PATH.fullmatch(path) and (not colon or TAG.fullmatch(tag)) and (not at or DIGEST.fullmatch(digest))
    if not sound:
        raise InvalidInput(
            f"{text} is no image's name.",
            hint="it is written registry.example.com/team/shop, in lower case, with :TAG or @sha256:DIGEST behind it",
        )
    return Reference(registry, path, tag or None, digest or None)


def registry_of(reference: str) -> str:
    """`registry.example.com:5000` of `registry.example.com:5000/team/shop`; docker.io where none is named.

    The first part is a host when it has a dot or a port or is localhost (distribution/reference, splitDockerDomain).
    """
    head, slash, _ = reference.partition("/")
    return head if slash and ("." in head or ":" in head or head == "localhost") else DOCKER_HUB
