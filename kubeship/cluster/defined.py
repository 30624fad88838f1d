"""Which kinds do the objects themselves define, so that the server knows them once they are applied?"""

from collections.abc import Iterable, Mapping

from kubeship.cluster.ports import Api, Kind
from kubeship.errors import InvalidInput
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


def is_known(api: Api, api_version: str, kind: str) -> bool:
    """Whether the server serves that kind at the moment."""
    try:
        api.kind(api_version, kind)
    except InvalidInput:
        return False
    return True


def of_kinds(item: Object, kinds: Kinds) -> bool:
    """Whether an object is of one of them."""
    return (item["apiVersion"], item["kind"]) in kinds
