"""What do objects take of quotas that count objects and storage? kubernetes.io/docs/concepts/policy/resource-quotas"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from kubeship.cluster.pod_resources import amount, replicas
from kubeship.cluster.ports import Api
from kubeship.model.objects import Object

OLD_NAMES = frozenset(
    {"configmaps", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas", "secrets", "services"}
)
"""Of the core group; quotas may count these without `count/` too."""


def taken(api: Api, objects: Iterable[Object]) -> dict[str, Decimal]:
    """By the names that quotas use: `count/deployments.apps`, `services.loadbalancers`, `requests.storage`."""
    total: defaultdict[str, Decimal] = defaultdict(Decimal)
    for item in objects:
        kind = api.kind(item["apiVersion"], item["kind"])
        if not kind.namespaced:
            continue
        total[f"count/{kind.resource}" + (f".{kind.group}" if kind.group else "")] += 1
        if not kind.group and kind.resource in OLD_NAMES:
            total[kind.resource] += 1
        if item["kind"] == "Service":
            for name, count in _ports(item):
                total[name] += count
        for claim, count in _claims(item):
            for name, value in _storage(claim):
                total[name] += value * count
    return dict(total)


def _ports(service: Object) -> Iterator[tuple[str, int]]:
    spec = service.get("spec") or {}
    ports = spec.get("ports") or ()
    if spec.get("type") == "NodePort" or (
        spec.get("type") == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts", True)
    ):
        yield "services.nodeports", len(ports)
    if spec.get("type") == "LoadBalancer":
        yield "services.loadbalancers", 1


def _claims(item: Object) -> Iterator[tuple[Object, int]]:
    """Claims of its own, and those that a StatefulSet's controller makes: one a replica."""
    spec = item.get("spec") or {}
    if item["kind"] == "PersistentVolumeClaim":
        yield item, 1
    if item["kind"] == "StatefulSet":
        for template in spec.get("volumeClaimTemplates") or ():
            yield template, replicas(item)


def _storage(claim: Object) -> Iterator[tuple[str, Decimal]]:
    spec = claim.get("spec") or {}
    size = amount(((spec.get("resources") or {}).get("requests") or {}).get("storage", 0))
    yield "requests.storage", size
    if claim.get("kind") != "PersistentVolumeClaim":
        yield from (("persistentvolumeclaims", Decimal(1)), ("count/persistentvolumeclaims", Decimal(1)))
    if name := spec.get("storageClassName"):
        yield f"{name}.storageclass.storage.k8s.io/requests.storage", size
        yield f"{name}.storageclass.storage.k8s.io/persistentvolumeclaims", Decimal(1)
