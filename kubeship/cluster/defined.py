"""Which kinds do the objects themselves define, so that the server knows them once they are applied?"""

from collections.abc import Iterable, Mapping

from kubeship.cluster.ports import Kind
from kubeship.model.objects import Object

Kinds = Mapping[tuple[str, str], Kind]
"""By apiVersion and kind."""


def defined(objects: Iterable[Object]) -> Kinds:
    """Of their CustomResourceDefinitions, the versions that will be served (apiextensions.k8s.io/v1)."""
    found: dict[tuple[str, str], Kind] = {}
    for item in objects:
        if item["kind"] != "CustomResourceDefinition":
            continue
        spec = item.get("spec") or {}
        names, group = spec.get("names") or {}, spec.get("group") or ""
        for version in spec.get("versions") or ():
            if version.get("served", True) and names.get("kind"):
                kind = Kind(group, str(names.get("plural") or ""), spec.get("scope") != "Cluster")
                found[f"{group}/{version.get('name')}", names["kind"]] = kind
    return found


def of_kinds(item: Object, kinds: Kinds) -> bool:
    """Whether an object is of one of them."""
    return (item["apiVersion"], item["kind"]) in kinds
