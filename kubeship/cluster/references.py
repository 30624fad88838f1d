"""Which other objects do the manifests need, and with which keys?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kubeship.model.objects import Object, containers, pod_template, ref


@dataclass(frozen=True)
class Reference:
    """An object that must exist."""

    kind: str
    """Secret, ConfigMap, ServiceAccount."""
    name: str
    keys: frozenset[str]
    """What it must hold; empty: it need only be there."""
    needed_by: str
    """`Deployment/shop-web`."""
    purpose: str
    """`variables`, `volume`, `image pull secret`, `TLS certificate`, `service account`."""


MAKES_SECRET: dict[str, tuple[str, ...]] = {
    "Certificate": ("spec", "secretName"),
    "ExternalSecret": ("spec", "target", "name"),
    "SealedSecret": ("spec", "template", "metadata", "name"),
}
"""Kind of an operator's -> where it names the Secret that it makes; without that it is named as the object itself.
Sources: cert-manager.io/docs/reference/api-docs, external-secrets.io/latest/api/spec,
github.com/bitnami-labs/sealed-secrets."""


def references(objects: Sequence[Object]) -> tuple[Reference, ...]:
    """What the objects refer to and don't bring along; what they mark as optional is left out.

    References to one object for one purpose are one, with all keys.
    """
    brought = {_name(item): _keys(item) for item in objects}
    made = {_made_by(item) for item in objects if item["kind"] in MAKES_SECRET}
    merged: dict[tuple[str, str, str], Reference] = {}
    for found in _found(objects):
        missing = found.keys - brought.get((found.kind, found.name), frozenset())
        if ((found.kind, found.name) in brought and not missing) or (found.kind == "Secret" and found.name in made):
            continue
        earlier = merged.get((found.kind, found.name, found.purpose))
        keys = missing | (earlier.keys if earlier else frozenset())
        needed_by = earlier.needed_by if earlier else found.needed_by
        merged[(found.kind, found.name, found.purpose)] = Reference(
            found.kind, found.name, keys, needed_by, found.purpose
        )
    return tuple(merged.values())


def _made_by(item: Object) -> str:
    """The Secret that an operator makes of it."""
    value: Any = item
    for key in MAKES_SECRET[item["kind"]]:
        value = value.get(key) if isinstance(value, dict) else None
    return str(value or item["metadata"]["name"])


def _found(objects: Iterable[Object]) -> Iterator[Reference]:
    for item in objects:
        needed_by = str(ref(item))
        for container in containers(item):
            yield from _of_container(container, needed_by)
        spec = (pod_template(item) or {}).get("spec") or {}
        for volume in spec.get("volumes") or ():
            yield from _of_volume(volume, needed_by)
        for secret in spec.get("imagePullSecrets") or ():
            yield Reference("Secret", secret["name"], frozenset(), needed_by, "image pull secret")
        account = spec.get("serviceAccountName") or "default"
        if account != "default":  # which every namespace has
            yield Reference("ServiceAccount", account, frozenset(), needed_by, "service account")
        if item["kind"] == "Ingress":
            for tls in item["spec"].get("tls") or ():
                if tls.get("secretName"):
                    yield Reference("Secret", tls["secretName"], frozenset(), needed_by, "TLS certificate")


def _of_container(container: Object, needed_by: str) -> Iterator[Reference]:
    for variable in container.get("env") or ():
        source = variable.get("valueFrom") or {}
        for kind, field in (("Secret", "secretKeyRef"), ("ConfigMap", "configMapKeyRef")):
            wanted = source.get(field)
            if wanted and not wanted.get("optional"):
                yield Reference(kind, wanted["name"], frozenset({wanted["key"]}), needed_by, "variables")
    for source in container.get("envFrom") or ():
        for kind, field in (("Secret", "secretRef"), ("ConfigMap", "configMapRef")):
            wanted = source.get(field)
            if wanted and not wanted.get("optional"):
                yield Reference(kind, wanted["name"], frozenset(), needed_by, "variables")


def _of_volume(volume: Object, needed_by: str) -> Iterator[Reference]:
    """A Secret's volume names it `secretName`, all others `name`."""
    sources = [volume, *((volume.get("projected") or {}).get("sources") or ())]
    for source in sources:
        for kind, field in (("Secret", "secret"), ("ConfigMap", "configMap")):
            wanted = source.get(field)
            if wanted and not wanted.get("optional"):
                keys = frozenset(entry["key"] for entry in wanted.get("items") or ())
                yield Reference(kind, wanted.get("secretName") or wanted["name"], keys, needed_by, "volume")


def _name(item: Object) -> tuple[str, str]:
    """External Secrets makes a Secret of an ExternalSecret (external-secrets.io/latest/api/externalsecret)."""
    if item["kind"] == "ExternalSecret":
        target = (item.get("spec") or {}).get("target") or {}
        return "Secret", str(target.get("name") or item["metadata"]["name"])
    return item["kind"], item["metadata"]["name"]


def _keys(item: Object) -> frozenset[str]:
    if item["kind"] == "ExternalSecret":
        return frozenset(each["secretKey"] for each in (item.get("spec") or {}).get("data") or ())
    return frozenset(key for field in ("data", "binaryData", "stringData") for key in item.get(field) or {})
