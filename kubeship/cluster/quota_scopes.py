"""Which pods does a ResourceQuota count? kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes"""

from collections.abc import Mapping
from typing import Any

from kubeship.cluster.pod_resources import states_nothing
from kubeship.model.objects import Object


def counts(quota: Object, spec: Object) -> bool | None:
    """Whether it counts a pod of that spec; None for a scope that isn't known here."""
    wanted = quota.get("spec") or {}
    selectors = [{"scopeName": name, "operator": "Exists"} for name in wanted.get("scopes") or ()]
    selectors += (wanted.get("scopeSelector") or {}).get("matchExpressions") or ()
    answers = [_matches(selector, spec) for selector in selectors]
    return None if None in answers else all(answers)


def _matches(selector: Mapping[str, Any], spec: Object) -> bool | None:
    deadline = spec.get("activeDeadlineSeconds")
    answers: dict[str, bool | None] = {
        "BestEffort": states_nothing(spec),
        "CrossNamespacePodAffinity": _crosses_namespaces(spec),
        "NotBestEffort": not states_nothing(spec),
        "NotTerminating": deadline is None,
        "PriorityClass": _selected(selector, str(spec.get("priorityClassName") or "")),
        "Terminating": deadline is not None,
    }
    return answers.get(str(selector.get("scopeName")))


def _selected(selector: Mapping[str, Any], name: str) -> bool | None:
    """A pod without a class gets the cluster's default one, if there is one, which isn't looked up here."""
    values = selector.get("values") or ()
    answers = {"DoesNotExist": False, "Exists": True, "In": name in values, "NotIn": name not in values}
    return answers.get(str(selector.get("operator"))) if name else None


def _crosses_namespaces(spec: Object) -> bool:
    affinity = spec.get("affinity") or {}
    terms = [
        weighted.get("podAffinityTerm") or weighted
        for kind in ("podAffinity", "podAntiAffinity")
        for field in (
            "requiredDuringSchedulingIgnoredDuringExecution",
            "preferredDuringSchedulingIgnoredDuringExecution",
        )
        for weighted in (affinity.get(kind) or {}).get(field) or ()
    ]
    return any(term.get("namespaces") or term.get("namespaceSelector") is not None for term in terms)
