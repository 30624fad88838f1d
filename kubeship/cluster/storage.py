"""Will the claims for volumes be bound?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kubeship.cluster.errors import permitted
from kubeship.cluster.ports import Api
from kubeship.model.finding import Finding
from kubeship.model.objects import Object, ObjectRef, ref

DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
"""https://kubernetes.io/docs/reference/labels-annotations-taints/#storageclass-kubernetes-io-is-default-class"""


@dataclass(frozen=True)
class Claim:
    """A volume that somebody asks for."""

    asked_by: str
    """`PersistentVolumeClaim/media`, `volumeClaimTemplates[data] of StatefulSet/db`."""
    storage_class: str | None
    """None: the default one; empty: none, only volumes made by hand."""


def findings(api: Api, objects: Sequence[Object], live: Mapping[ObjectRef, Object]) -> Iterator[Finding]:
    """Claims whose class isn't there, or that name none where there is no default; those that live aren't looked at.

    Classes and volumes that are deployed with them count as if they were there.
    """
    claims = [claim for item in objects for claim in _claims(item) if ref(item) not in live]
    if not claims:
        return
    classes = permitted(lambda: api.list("storage.k8s.io/v1", "StorageClass").items)
    volumes = permitted(lambda: api.list("v1", "PersistentVolume").items)
    if classes is None or volumes is None:
        return  # they are outside of namespaces; whoever may not see them learns of it from the pods
    brought = [{**item, "status": {"phase": "Available"}} for item in objects if item["kind"] == "PersistentVolume"]
    own_classes = [item for item in objects if item["kind"] == "StorageClass"]
    yield from unbound(claims, [*classes, *own_classes], [*volumes, *brought])


def unbound(claims: Sequence[Claim], classes: Sequence[Object], volumes: Sequence[Object]) -> Iterator[Finding]:
    """The claims that no class and no volume that is there would serve."""
    names = sorted(item["metadata"]["name"] for item in classes)
    default = any((item["metadata"].get("annotations") or {}).get(DEFAULT_CLASS) == "true" for item in classes)
    free = {
        (item.get("spec") or {}).get("storageClassName") or ""
        for item in volumes
        if (item.get("status") or {}).get("phase") == "Available"
    }
    known = ", ".join(names) or "none"
    for claim in claims:
        wanted = claim.storage_class
        if wanted in names or (wanted or "") in free or (wanted is None and default):
            continue
        if wanted is None:
            problem = f"{claim.asked_by} names no StorageClass, and the cluster has no default one; it has {known}"
        elif wanted:
            problem = f"{claim.asked_by} is of StorageClass {wanted}, which the cluster doesn't have; it has {known}"
        else:
            problem = f"{claim.asked_by} asks for a volume without a StorageClass, and no such volume is free"
        yield Finding(
            f"{problem}: its pods would wait for the volume forever",
            "set the volume's class in kubeship.yaml to one of them, or have a PersistentVolume made for it",
            subject="storage-class",
        )


def _claims(item: Object) -> Iterator[Claim]:
    spec = item.get("spec") or {}
    if item["kind"] == "PersistentVolumeClaim" and not spec.get("volumeName"):
        yield Claim(str(ref(item)), spec.get("storageClassName"))
    for template in (spec.get("volumeClaimTemplates") or ()) if item["kind"] == "StatefulSet" else ():
        name = (template.get("metadata") or {}).get("name")
        asked_by = f"volumeClaimTemplates[{name}] of {ref(item)}"
        yield Claim(asked_by, (template.get("spec") or {}).get("storageClassName"))
