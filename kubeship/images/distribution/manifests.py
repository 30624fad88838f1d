"""Which image manifest does an answer hold, and is it the one that was asked for?"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from kubeship.images.distribution.failures import RegistryFailure

OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
INDEXES = frozenset({OCI_INDEX, DOCKER_LIST})
ACCEPTED = ", ".join((OCI_INDEX, DOCKER_LIST, OCI_MANIFEST, DOCKER_MANIFEST))


def digest_of(content: bytes) -> str:
    """`sha256:...` of bytes."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def parsed(body: bytes, digest: str, claimed: str | None, subject: str) -> Mapping[str, Any]:
    """The manifest's content. Raises RegistryFailure for other bytes than `claimed`, or what is none."""
    if claimed and claimed.startswith("sha256:") and claimed != digest:
        raise RegistryFailure(
            "passing",
            f"the manifest of {subject} arrived damaged",
            "run the same command again; if it says so again, a proxy in between changes what passes through it",
        )
    try:
        content: Mapping[str, Any] = json.loads(body)
        version = content["schemaVersion"]
    except (ValueError, KeyError, TypeError):
        version = None
    if version != 2:
        raise RegistryFailure(
            "refused",
            f"what the registry holds as {subject} is no image manifest of today",
            "check the name; an image in Docker's old format (schema 1) must be pushed again by a newer Docker",
        )
    return content


def media_type(content: Mapping[str, Any], header: str | None) -> str:
    """What the manifest says of itself, else what the answer's Content-Type says of it."""
    said = content.get("mediaType") or (header or "").partition(";")[0].strip()
    return said or (OCI_INDEX if "manifests" in content else OCI_MANIFEST)


def of_platform(index: Mapping[str, Any], platform: str, subject: str) -> str:
    """The digest of a platform's manifest in an index. Raises RegistryFailure naming those that there are."""
    system, _, rest = platform.partition("/")
    architecture, _, variant = rest.partition("/")
    there = [one for one in index.get("manifests", []) if _name(one) != "unknown/unknown"]  # attestations
    fitting = [
        one
        for one in there
        if (one["platform"].get("os"), one["platform"].get("architecture")) == (system, architecture)
        and variant in ("", one["platform"].get("variant") or DEFAULT_VARIANTS.get(architecture, variant))
    ]
    if not fitting:
        raise RegistryFailure(
            "missing",
            f"{subject} is not there for {platform}, only for {', '.join(map(_name, there)) or 'nothing'}",
            "choose one of these as `platform:` in kubeship.yaml, or another base image",
        )
    preferred = DEFAULT_VARIANTS.get(architecture)
    fitting.sort(key=lambda one: one["platform"].get("variant") not in (variant or preferred, None))
    return str(fitting[0]["digest"])


def platforms_of(index: Mapping[str, Any]) -> tuple[str, ...]:
    """`linux/amd64`, `linux/arm/v7` of each image in an index; attestations are none."""
    return tuple(name for name in map(_name, index.get("manifests", [])) if name != "unknown/unknown")


DEFAULT_VARIANTS = {"arm64": "v8", "arm": "v7"}
"""What an architecture without a variant means (containerd, platforms/database.go)."""


def _name(descriptor: Mapping[str, Any]) -> str:
    platform = descriptor.get("platform") or {}
    parts = (platform.get("os", "unknown"), platform.get("architecture", "unknown"), platform.get("variant"))
    return "/".join(filter(None, parts))
