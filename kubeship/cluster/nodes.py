"""On which of the cluster's nodes could a pod run, and what do they have?"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kubeship.cluster.errors import permitted
from kubeship.cluster.keyring import full_name
from kubeship.cluster.ports import Api
from kubeship.model.objects import Object

LISTED_IMAGES = 50
"""A kubelet names so many of its images at most (nodeStatusMaxImages of KubeletConfiguration); fewer are all."""

KEEPS_OUT = frozenset({"NoExecute", "NoSchedule"})
PASSING = ("node.cloudprovider.kubernetes.io/", "node.kubernetes.io/")
"""Begins the keys of taints that go by themselves, or by an uncordon: a node that isn't ready will be again.
https://kubernetes.io/docs/reference/labels-annotations-taints/"""


def nodes(api: Api) -> tuple[Object, ...] | None:
    """All nodes; None where they may not be seen."""
    return permitted(lambda: api.list("v1", "Node").items)


def eligible(found: Iterable[Object], spec: Mapping[str, Any]) -> tuple[Object, ...]:
    """Those that the pod's nodeSelector, required node affinity and tolerations admit.

    An autoscaler may add others: where none is left, nothing is known.
    """
    return tuple(node for node in found if _selected(node, spec) and _tolerated(node, spec))


def platform(node: Object) -> str:
    """`linux/amd64`; empty for a node that doesn't say: one that has just joined, or a virtual one."""
    info = (node.get("status") or {}).get("nodeInfo") or {}
    system, processor = info.get("operatingSystem"), info.get("architecture")
    return f"{system}/{processor}" if system and processor else ""


def certainly_without(found: Sequence[Object] | None, image: str) -> bool:
    """Whether every node has said all its images, and this isn't one of them."""
    listed = [(node.get("status") or {}).get("images") or () for node in found or ()]
    held = {name for images in listed for entry in images for name in entry.get("names") or ()}
    return bool(listed) and all(len(images) < LISTED_IMAGES for images in listed) and full_name(image) not in held


def _selected(node: Object, spec: Mapping[str, Any]) -> bool:
    labels = node["metadata"].get("labels") or {}
    if any(labels.get(key) != value for key, value in (spec.get("nodeSelector") or {}).items()):
        return False
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    terms = (affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}).get("nodeSelectorTerms")
    # Terms are alternatives; what one of them demands must hold altogether.
    return terms is None or any(
        all(_matches(labels, demand) for demand in term.get("matchExpressions") or ())
        and all(
            _matches({"metadata.name": node["metadata"]["name"]}, demand) for demand in term.get("matchFields") or ()
        )
        for term in terms
    )


def _matches(labels: Mapping[str, str], demand: Mapping[str, Any]) -> bool:
    """https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#operators"""
    value, values = labels.get(str(demand.get("key"))), demand.get("values") or []
    operator = demand.get("operator")
    if operator in {"Gt", "Lt"}:
        try:
            difference = int(value or "") - int(values[0])
        except (ValueError, IndexError):
            return False
        return difference > 0 if operator == "Gt" else difference < 0
    answers = {
        "In": value in values,
        "NotIn": value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }
    return answers.get(str(operator), True)


def _tolerated(node: Object, spec: Mapping[str, Any]) -> bool:
    lasting = [
        taint
        for taint in (node.get("spec") or {}).get("taints") or ()
        if taint.get("effect") in KEEPS_OUT and not taint["key"].startswith(PASSING)
    ]
    return all(any(_tolerates(one, taint) for one in spec.get("tolerations") or ()) for taint in lasting)


def _tolerates(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    """https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/"""
    if toleration.get("effect") not in {None, "", taint.get("effect")}:
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in {None, "", taint["key"]}
    return toleration.get("key") == taint["key"] and (toleration.get("value") or "") == (taint.get("value") or "")
