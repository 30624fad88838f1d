"""Who else writes to an object's fields, since when, and did somebody say that they may be taken?"""

import re

from kubeship.cluster.compare import field_path
from kubeship.cluster.errors import Refusal
from kubeship.model.changes import Consent, field_key
from kubeship.model.objects import Object, ObjectRef

SYNCING = {
    "agentk": "GitLab's agent",
    "argocd-application-controller": "Argo CD",
    "argocd-controller": "Argo CD",
    "helm-controller": "Flux",
    "kustomize-controller": "Flux",
}
"""Managers that put their values back: argoproj/argo-cd common.ArgoCDSSAManager (with server-side apply) and the
program's own name (without); https://fluxcd.io/flux/faq/#why-are-kubectl-edits-rolled-back-by-flux;
https://docs.gitlab.com/user/clusters/agent/"""

OTHER_APP = "kubeship for the app "
"""How another app of kubeship's is named as a manager; the app's name follows."""


def owned_elsewhere(refusal: Refusal) -> dict[str, str]:
    """Field -> who owns it with another value."""
    return {field_path(field): name_of(manager) for field, manager in refusal.conflicts}


def is_taken(name: ObjectRef, path: str, consent: Consent) -> bool:
    """Whether the field was named with --take-over."""
    return _spelled(field_key(name, path)) in {_spelled(taken) for taken in consent.taken}


def is_replaced(name: ObjectRef, consent: Consent) -> bool:
    """Whether the object was named with --replace."""
    return _spelled(str(name)) in {_spelled(replaced) for replaced in consent.replaced}


def same_field(one: str, other: str) -> bool:
    """The server writes `labels.app.kubernetes.io/name` where a diff has `labels[app.kubernetes.io/name]`."""
    return _unbracketed(one) == _unbracketed(other)


def name_of(manager: str) -> str:
    """Of `kubectl-edit" using apps/v1`: kubectl-edit."""
    return manager.partition('"')[0].strip()


def written_at(live: Object, manager: str) -> str:
    """When a manager wrote last, RFC 3339; empty where it isn't known."""
    entries = live["metadata"].get("managedFields") or ()
    return max((str(entry.get("time", "")) for entry in entries if entry.get("manager") == manager), default="")


def _spelled(key: str) -> str:
    """`deployment/web:spec.replicas`, as a person types it who is used to kubectl, is Deployment's."""
    kind, slash, rest = key.partition("/")
    return kind.lower() + slash + _unbracketed(rest)


def _unbracketed(path: str) -> str:
    return re.sub(r"\[([^\]]*)\]", r".\1", path)
