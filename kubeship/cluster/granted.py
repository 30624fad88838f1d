"""What is allowed? What the server lists at once, and for all else one question each.

A SelfSubjectRulesReview names in one answer what RBAC grants, but may leave out what other authorizers do
(kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access): what it lists counts as granted,
and what it doesn't list is asked with a SelfSubjectAccessReview. So a Role that suffices costs two requests in place of
fifty, and none that doesn't is misjudged. Where another authorizer denies what RBAC grants, the dry run says so.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kubeship.cluster.errors import Refusal
from kubeship.cluster.parallel import each
from kubeship.cluster.ports import Api
from kubeship.model.objects import Object

ACCESS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
RULES = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
DOING = "asking what is allowed"


@dataclass(frozen=True, order=True)
class Permission:
    """One verb on one resource."""

    group: str
    resource: str
    """`deployments`, `pods/log`."""
    verb: str
    namespaced: bool = True


EVERYTHING = Permission("*", "*", "*")


def granted(api: Api, wanted: Iterable[Permission]) -> frozenset[Permission]:
    """Those of the permissions that the credentials have in the namespace. Raises Refusal."""
    asked = frozenset(wanted)
    rules = _rules(api)
    # The rules of the namespace say nothing of what lies outside of it.
    inside = {one for one in asked if one.namespaced}
    listed = {one for one in inside if any(_grants(rule, one) for rule in rules)}
    if listed < inside and _allowed(api, EVERYTHING):  # an authorizer that lists nothing
        listed = inside
    rest = sorted(asked - listed)
    answers = zip(rest, each(lambda permission: _allowed(api, permission), rest), strict=True)
    return frozenset(listed | {permission for permission, allowed in answers if allowed})


def _rules(api: Api) -> Collection[Mapping[str, Any]]:
    review: Object = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": api.namespace},
    }
    try:
        status = api.post(RULES, review, DOING).get("status") or {}
    except Refusal as refusal:
        if refusal.status in {0, 401}:
            raise
        return ()
    found: Collection[Mapping[str, Any]] = status.get("resourceRules") or ()
    return found


def _grants(rule: Mapping[str, Any], wanted: Permission) -> bool:
    """A rule for some names alone is none for all (rbac/v1 PolicyRule)."""
    subresource = wanted.resource.partition("/")[2]
    names = {"*", wanted.resource, *([f"*/{subresource}"] if subresource else [])}
    return (
        not rule.get("resourceNames")
        and bool({"*", wanted.verb} & set(rule.get("verbs") or ()))
        and bool({"*", wanted.group} & set(rule.get("apiGroups") or ()))
        and bool(names & set(rule.get("resources") or ()))
    )


def _allowed(api: Api, permission: Permission) -> bool:
    resource, _, subresource = permission.resource.partition("/")
    attributes = {
        "group": permission.group,
        "resource": resource,
        "subresource": subresource,
        "verb": permission.verb,
        **({"namespace": api.namespace} if permission.namespaced else {}),
    }
    review: Object = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    return bool((api.post(ACCESS, review, DOING).get("status") or {}).get("allowed"))
