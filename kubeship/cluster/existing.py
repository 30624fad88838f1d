"""Are the Secrets, ConfigMaps and ServiceAccounts there that the manifests refer to, with what they must hold?"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from kubeship.cluster.errors import Refusal
from kubeship.cluster.keyring import PULL_KEYS
from kubeship.cluster.parallel import each
from kubeship.cluster.ports import Api
from kubeship.cluster.references import API, Reference, references
from kubeship.model.finding import Finding
from kubeship.model.objects import Object, ObjectRef


def findings(api: Api, objects: Sequence[Object], namespace: Object | None) -> Iterable[Finding]:
    """In a namespace that isn't there yet all of them: a deploy that creates it would only fail later."""
    first = "" if namespace is not None else f"`kubectl create namespace {api.namespace}`, then "
    found = each(lambda reference: _reference_finding(api, reference), references(objects))
    return [replace(finding, remedy=first + finding.remedy) for finding in found if finding is not None]


def _reference_finding(api: Api, reference: Reference) -> Finding | None:
    subject = reference.kind.lower()
    # cert-manager and its like make the certificate's Secret after the Ingress; a missing pull secret only matters
    # to a registry that asks for one.
    fatal = reference.purpose not in {"TLS certificate", "image pull secret"}
    what = f"{reference.kind}/{reference.name}"
    outside = reference.kind in API
    namespace = reference.namespace or api.namespace
    wanted = ObjectRef(API.get(reference.kind, "v1"), reference.kind, "" if outside else namespace, reference.name)
    try:
        live = api.get(wanted)
    except Refusal as refusal:
        if refusal.status != 403:
            raise
        if outside:
            return None  # whoever may not see them learns of it from the pods that aren't admitted
        problem = f"can't check that {what} exists ({reference.purpose} of {reference.needed_by}): {refusal.message}"
        return Finding(problem, refusal.hint, False, subject)
    if live is None and outside:
        return Finding(
            f"the cluster has no {what}; {reference.needed_by} names it, and its pods will be rejected",
            f"name one of `kubectl get {subject}`, or take it out of the manifest",
            subject=subject,
        )
    if live is None:
        return Finding(
            f"{what} doesn't exist in namespace {namespace}; {reference.needed_by} needs it ({reference.purpose})",
            _creation(reference, namespace),
            fatal,
            subject,
        )
    held = {key for field in ("data", "binaryData") for key in live.get(field) or {}}
    missing = sorted(reference.keys - held)
    if missing:
        return Finding(
            f"{what} in namespace {namespace} has no {', '.join(missing)}; {reference.needed_by} needs it",
            f"add it: {_addition(reference, missing, namespace)}",
            fatal,
            subject,
        )
    return _wrong_type(reference, live, namespace)


def _wrong_type(reference: Reference, live: Object, namespace: str) -> Finding | None:
    """Kubelet and Ingress controllers pass over Secrets that aren't what they look for, without a word."""
    kind = str(live.get("type") or "Opaque")
    held = live.get("data") or {}
    if reference.purpose == "image pull secret" and PULL_KEYS.get(kind) not in held:
        wanted = "kubernetes.io/dockerconfigjson with the key .dockerconfigjson"
    elif reference.purpose == "TLS certificate" and not {"tls.crt", "tls.key"} <= held.keys():
        wanted = "kubernetes.io/tls with the keys tls.crt and tls.key"
    else:
        return None
    keys = ", ".join(sorted(held)) or "nothing"
    return Finding(
        f"Secret/{reference.name} in namespace {namespace} is no {reference.purpose}: it is of type {kind} and holds "
        f"{keys}, expected {wanted}",
        f"`kubectl delete secret {reference.name} --namespace {namespace}`, then {_creation(reference, namespace)}",
        False,
        "secret",
    )


def _addition(reference: Reference, keys: Iterable[str], namespace: str) -> str:
    """A Secret takes `stringData` and encodes it; whoever edits it would have to."""
    field = "stringData" if reference.kind == "Secret" else "data"
    change = json.dumps({field: dict.fromkeys(keys, "...")})
    return f"`kubectl patch {reference.kind.lower()} {reference.name} --namespace {namespace} --patch '{change}'`"


def _creation(reference: Reference, namespace: str) -> str:
    place = f"--namespace {namespace}"
    literals = " ".join(f"--from-literal={key}=..." for key in sorted(reference.keys)) or "--from-literal=KEY=..."
    match reference.kind, reference.purpose:
        case "Secret", "image pull secret":
            return f"`kubectl create secret docker-registry {reference.name} {place} --docker-server=...`"
        case "Secret", "TLS certificate":
            return (
                f"`kubectl create secret tls {reference.name} {place} --cert=... --key=...`, or let cert-manager do it"
            )
        case "Secret", _:
            return f"`kubectl create secret generic {reference.name} {place} {literals}`"
        case "ServiceAccount", _:
            return f"`kubectl create serviceaccount {reference.name} {place}`"
        case "PersistentVolumeClaim", _:
            return f"make the claim in namespace {namespace} (a file in deploy/, or kubectl), or correct its name"
        case _:
            return f"`kubectl create configmap {reference.name} {place} {literals}`"
