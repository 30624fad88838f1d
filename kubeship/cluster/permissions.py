"""May we do all that a deploy needs, and which Role is missing if not?"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kubeship.cluster.defined import defined
from kubeship.cluster.errors import Refusal
from kubeship.cluster.observe import FOLLOWED
from kubeship.cluster.parallel import each
from kubeship.cluster.ports import Api
from kubeship.errors import InvalidInput
from kubeship.model.finding import Finding
from kubeship.model.objects import Object

REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
APPLIED = ("create", "delete", "get", "patch")
"""What apply, prune and rollback do to each kind that is deployed."""


@dataclass(frozen=True, order=True)
class Permission:
    """One verb on one resource."""

    group: str
    resource: str
    """`deployments`, `pods/log`."""
    verb: str
    namespaced: bool = True


OWN: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("", "configmaps", ("create", "delete", "get", "list", "patch")),
    ("", "events", ("list", "watch")),
    ("", "pods", ("get", "list", "watch")),
    ("", "pods/log", ("get",)),
    ("apps", "replicasets", ("list", "watch")),
    ("coordination.k8s.io", "leases", ("create", "delete", "get", "update")),
    ("discovery.k8s.io", "endpointslices", ("list", "watch")),
)
"""What kubeship itself needs beside the deployed kinds: records, diagnosis, the lease."""

HELPFUL: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("", "secrets", ("get",)),
    ("", "limitranges", ("list",)),
    ("", "resourcequotas", ("list",)),
    ("autoscaling", "horizontalpodautoscalers", ("list",)),
)
"""Without these a deploy works, but less is checked before it."""


def needed(api: Api, objects: Sequence[Object]) -> frozenset[Permission]:
    """What deploying the objects takes, without kinds that neither the server knows nor the objects define."""
    permissions = {Permission(group, resource, verb) for group, resource, verbs in OWN for verb in verbs}
    kinds = defined(objects)
    for api_version, name in {(item["apiVersion"], item["kind"]) for item in objects}:
        try:
            kind = api.kind(api_version, name)
        except InvalidInput:
            if (api_version, name) not in kinds:
                continue  # told by others
            kind = kinds[api_version, name]
        verbs = (*APPLIED, "list", "watch") if name in FOLLOWED else APPLIED
        permissions |= {Permission(kind.group, kind.resource, verb, kind.namespaced) for verb in verbs}
    return frozenset(permissions)


def findings(api: Api, objects: Sequence[Object]) -> tuple[Finding, ...]:
    """One finding for all that is needed and not allowed, one for what would only be helpful."""
    everything = Permission("*", "*", "*")
    try:
        if _allowed(api, everything):
            return ()
        required = needed(api, objects)
        helpful = {Permission(group, resource, verb) for group, resource, verbs in HELPFUL for verb in verbs} - required
        asked = sorted(required | helpful)
        answers = dict(zip(asked, each(lambda permission: _allowed(api, permission), asked), strict=True))
    except Refusal as refusal:
        if refusal.status in {0, 401}:
            raise
        return (Finding(f"can't tell what is allowed: {refusal.message}", refusal.hint, False, "permission"),)
    missing = [permission for permission in sorted(required) if not answers[permission]]
    unhelpful = [permission for permission in sorted(helpful) if not answers[permission]]
    return (*_finding(api, missing, fatal=True), *_finding(api, unhelpful, fatal=False))


def role(permissions: Iterable[Permission], namespace: str) -> str:
    """The smallest Role (and ClusterRole, where a kind lives outside of namespaces) with the permissions, as YAML."""
    documents = []
    wanted = sorted(permissions)
    for namespaced, kind in ((True, "Role"), (False, "ClusterRole")):
        rules = _rules(permission for permission in wanted if permission.namespaced is namespaced)
        if rules:
            place = f", namespace: {namespace}" if namespaced else ""
            head = (
                f"apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: kubeship{place}}}\nrules:\n"
            )
            documents.append(head + "\n".join(rules))
    return "\n---\n".join(documents)


def _finding(api: Api, missing: Sequence[Permission], fatal: bool) -> tuple[Finding, ...]:
    if not missing:
        return ()
    named = "; ".join(f"{', '.join(verbs)} {resource}" for (_, resource), verbs in _by_resource(missing).items())
    problem = f"these credentials may not, in namespace {api.namespace}: {named}"
    if not fatal:
        problem += (
            " (a deploy works without it, but Secrets and autoscalers stay unchecked, and what Secrets hold isn't "
            "masked in logs)"
        )
    remedy = f"have this granted with `kubectl apply`, and bound to your user:\n{role(missing, api.namespace)}"
    return (Finding(problem, remedy, fatal, "permission"),)


def _by_resource(permissions: Iterable[Permission]) -> dict[tuple[str, str], list[str]]:
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for permission in permissions:
        name = permission.resource + (f".{permission.group}" if permission.group else "")
        grouped[(permission.group, name)].append(permission.verb)
    return grouped


def _rules(permissions: Iterable[Permission]) -> list[str]:
    """Resources of one group with the same verbs share a rule."""
    verbs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for permission in permissions:
        verbs[(permission.group, permission.resource)].append(permission.verb)
    shared: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (group, resource), allowed in verbs.items():
        shared[(group, tuple(allowed))].append(resource)
    return [
        f'- {{apiGroups: ["{group}"], resources: [{", ".join(resources)}], verbs: [{", ".join(allowed)}]}}'
        for (group, allowed), resources in shared.items()
    ]


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
    answer = api.post(REVIEWS, review, "asking what is allowed")
    return bool(answer["status"].get("allowed"))
