"""Which other objects do the manifests need, and with which keys?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kubeship.model.objects import Object, containers, pod_spec, ref


@dataclass(frozen=True)
class Reference:
    """An object that must exist."""

    kind: str
    """One of API's, or of v1."""
    name: str
    keys: frozenset[str]
    """What it must hold; empty: it need only be there."""
    needed_by: str
    """`Deployment/shop-web`."""
    purpose: str
    """`variables`, `volume`, `image pull secret`, `TLS certificate`, `service account`, `class`."""
    namespace: str = ""
    """Empty: the environment's."""


API = {"PriorityClass": "scheduling.k8s.io/v1", "RuntimeClass": "node.k8s.io/v1"}
"""Kinds outside of v1; both lie outside of namespaces."""

BORN = frozenset({("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")})
"""What the controller manager puts into each namespace."""

VOLUME_SECRETS = (
    ("azureFile", "secretName"),
    ("cephfs", "secretRef"),
    ("csi", "nodePublishSecretRef"),
    ("flexVolume", "secretRef"),
    ("iscsi", "secretRef"),
    ("rbd", "secretRef"),
)
"""Other volumes that are mounted with a Secret (Volume v1 core of the API reference)."""

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
    brought = {(item["kind"], item["metadata"]["name"]): _keys(item) for item in objects}
    made = made_secrets(objects)
    merged: dict[tuple[str, str, str, str], Reference] = {}
    for found in _found(objects):
        missing = found.keys - brought.get((found.kind, found.name), frozenset())
        if ((found.kind, found.name) in brought and not missing) or (found.kind == "Secret" and found.name in made):
            continue
        if (found.kind, found.name) in BORN:
            continue
        key = (found.kind, found.name, found.purpose, found.namespace)
        earlier = merged.get(key)
        keys = missing | (earlier.keys if earlier else frozenset())
        merged[key] = replace(earlier or found, keys=keys)
    return tuple(merged.values())


def made_secrets(objects: Iterable[Object]) -> frozenset[str]:
    """The Secrets that operators make of the objects."""
    return frozenset(_made_by(item) for item in objects if item["kind"] in MAKES_SECRET)


def _made_by(item: Object) -> str:
    """The Secret that an operator makes of it."""
    value: Any = item
    for key in MAKES_SECRET[item["kind"]]:
        value = value.get(key) if isinstance(value, dict) else None
    return str(value or item["metadata"]["name"])


def _found(objects: Iterable[Object]) -> Iterator[Reference]:
    for item in objects:
        namespace = item["metadata"].get("namespace") or ""
        yield from (replace(found, namespace=namespace) for found in _of_object(item, str(ref(item))))


def _of_object(item: Object, needed_by: str) -> Iterator[Reference]:
    for container in containers(item):
        yield from _of_container(container, needed_by)
    spec = pod_spec(item)
    for volume in spec.get("volumes") or ():
        yield from _of_volume(volume, needed_by)
    for secret in spec.get("imagePullSecrets") or ():
        if secret.get("name"):
            yield Reference("Secret", secret["name"], frozenset(), needed_by, "image pull secret")
    for kind, field, purpose in (
        ("ServiceAccount", "serviceAccountName", "service account"),
        ("PriorityClass", "priorityClassName", "class"),
        ("RuntimeClass", "runtimeClassName", "class"),
    ):
        if spec.get(field):
            yield Reference(kind, spec[field], frozenset(), needed_by, purpose)
    if item["kind"] == "Ingress":
        for tls in item["spec"].get("tls") or ():
            if tls.get("secretName"):
                yield Reference("Secret", tls["secretName"], frozenset(), needed_by, "TLS certificate")


def _of_container(container: Object, needed_by: str) -> Iterator[Reference]:
    for variable in container.get("env") or ():
        source = variable.get("valueFrom") or {}
        for kind, field in (("Secret", "secretKeyRef"), ("ConfigMap", "configMapKeyRef")):
            if name := _required(source.get(field)):
                keys = frozenset(filter(None, [source[field].get("key")]))
                yield Reference(kind, name, keys, needed_by, "variables")
    for source in container.get("envFrom") or ():
        for kind, field in (("Secret", "secretRef"), ("ConfigMap", "configMapRef")):
            if name := _required(source.get(field)):
                yield Reference(kind, name, frozenset(), needed_by, "variables")


def _of_volume(volume: Object, needed_by: str) -> Iterator[Reference]:
    if claim := (volume.get("persistentVolumeClaim") or {}).get("claimName"):
        yield Reference("PersistentVolumeClaim", claim, frozenset(), needed_by, "volume")
    for kind_of_volume, field in VOLUME_SECRETS:
        named = (volume.get(kind_of_volume) or {}).get(field)
        if name := named.get("name") if isinstance(named, dict) else named:
            yield Reference("Secret", name, frozenset(), needed_by, "volume")
    for source in [volume, *((volume.get("projected") or {}).get("sources") or ())]:
        for kind, field in (("Secret", "secret"), ("ConfigMap", "configMap")):
            if name := _required(source.get(field)):
                keys = frozenset(entry["key"] for entry in source[field].get("items") or () if entry.get("key"))
                yield Reference(kind, name, keys, needed_by, "volume")


def _required(source: Any) -> str:
    """The name of what must be there; a Secret's volume calls it `secretName`. Without a name the dry run complains."""
    return "" if not source or source.get("optional") else str(source.get("secretName") or source.get("name") or "")


def _keys(item: Object) -> frozenset[str]:
    return frozenset(key for field in ("data", "binaryData", "stringData") for key in item.get(field) or {})
