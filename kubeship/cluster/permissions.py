"""May we do all that a deploy needs, and which Role is missing if not?"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kubeship.cluster.defined import defined
from kubeship.cluster.errors import Refusal
from kubeship.cluster.granted import Permission, granted
from kubeship.cluster.observe import FOLLOWED
from kubeship.cluster.ports import Api
from kubeship.errors import InvalidInput
from kubeship.model.finding import Finding
from kubeship.model.objects import Object

APPLIED = ("create", "delete", "get", "patch")
"""What compare, apply, prune and rollback do to each kind that is deployed. Many of a kind are listed, where that is
allowed, which is quicker."""
FOLLOWING = (*APPLIED, "list", "watch")
"""The same for workloads, which are watched."""

OWN: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("", "configmaps", ("create", "delete", "get", "list", "patch")),
    ("", "events", ("list", "watch")),
    ("", "pods", ("get", "list", "watch")),
    ("", "pods/log", ("get",)),
    ("apps", "replicasets", ("list", "watch")),
    ("coordination.k8s.io", "leases", ("create", "delete", "get", "update")),
    ("discovery.k8s.io", "endpointslices", ("list", "watch")),
)
"""What kubeship itself needs beside the deployed kinds: records, diagnosis, the lease. docs/deploy.md has the same."""


@dataclass(frozen=True)
class Helpful:
    """What a deploy goes without, and what is less then."""

    group: str
    resource: str
    verbs: tuple[str, ...]
    lost: str
    """What isn't done without it: half a sentence."""
    always: bool = False
    """Whether a deploy says so too, and not only `check`."""


HELPFUL: tuple[Helpful, ...] = (
    Helpful("", "limitranges", ("list",), "limits aren't checked"),
    Helpful("", "persistentvolumeclaims", ("get",), "claims that pods refer to aren't checked"),
    Helpful("", "pods", ("create",), "webhooks and policies on pods aren't tried (by a dry run)"),
    Helpful("", "pods", ("delete",), "a StatefulSet's pod that is stuck isn't freed"),
    Helpful("", "pods/exec", ("create", "get"), "where a process listens isn't looked up"),
    Helpful("", "resourcequotas", ("list",), "quotas aren't checked"),
    Helpful("", "secrets", ("get",), "Secrets aren't checked, and what they hold isn't masked in logs", always=True),
    Helpful("", "serviceaccounts", ("get",), "pull secrets of ServiceAccounts aren't known"),
    Helpful("autoscaling", "horizontalpodautoscalers", ("list",), "autoscalers of others aren't known", always=True),
    Helpful("networking.k8s.io", "ingresses", ("list",), "hosts that other Ingresses answer for aren't known"),
)
"""In the namespace. docs/deploy.md has the same."""


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
        verbs = FOLLOWING if name in FOLLOWED else APPLIED
        permissions |= {Permission(kind.group, kind.resource, verb, kind.namespaced) for verb in verbs}
    return frozenset(permissions)


def findings(api: Api, objects: Sequence[Object], *, thorough: bool = False) -> tuple[Finding, ...]:
    """One finding for all that is needed and not allowed, one for what would only be helpful."""
    required = needed(api, objects)
    helpful = [one for one in HELPFUL if one.always or thorough]
    useful = {Permission(one.group, one.resource, verb): one for one in helpful for verb in one.verbs}
    try:
        allowed = granted(api, required | useful.keys())
    except Refusal as refusal:
        if refusal.status in {0, 401}:
            raise
        return (Finding(f"can't tell what is allowed: {refusal.message}", refusal.hint, False, "permission"),)
    missing = sorted(required - allowed)
    unhelpful = sorted(useful.keys() - required - allowed)
    lost = dict.fromkeys(useful[permission].lost for permission in unhelpful)
    beside = f" (a deploy works without it, but {'; '.join(lost)})"
    return (*_finding(api, missing, fatal=True), *_finding(api, unhelpful, fatal=False, beside=beside))


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


def _finding(api: Api, missing: Sequence[Permission], *, fatal: bool, beside: str = "") -> tuple[Finding, ...]:
    if not missing:
        return ()
    named = "; ".join(f"{', '.join(verbs)} {resource}" for (_, resource), verbs in _by_resource(missing).items())
    problem = f"these credentials may not, in namespace {api.namespace}: {named}{beside}"
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
