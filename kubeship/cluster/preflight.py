"""What would fail later? Everything that can be asked of the cluster before anything is changed, at once."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from kubeship.cluster import permissions, quotas
from kubeship.cluster.dry_run import NOTHING_BEYOND, compare
from kubeship.cluster.errors import Refusal
from kubeship.cluster.parallel import each
from kubeship.cluster.ports import Api
from kubeship.cluster.references import Reference, references
from kubeship.errors import InvalidInput
from kubeship.model.changes import Consent, described, field_key
from kubeship.model.finding import Finding
from kubeship.model.objects import Object, ObjectRef, pod_template, ref

ENFORCE = "pod-security.kubernetes.io/enforce"
DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"


def preflight(
    api: Api, objects: Sequence[Object], consent: Consent = NOTHING_BEYOND, *, thorough: bool = False
) -> tuple[Finding, ...]:
    """All findings, the namespace's first. Raises Refusal only when the server can't be asked at all.

    `thorough` asks about objects that wouldn't change too: what admission says of them may have changed.
    """
    namespace, findings = _namespace(api)
    checks: list[Callable[[], Iterable[Finding]]] = [
        lambda: permissions.findings(api, objects),
        lambda: _ingress_findings(api, objects),
        lambda: _reference_findings(api, objects, namespace),
    ]
    # In a namespace that isn't there yet nothing can be tried.
    if namespace is not None:
        checks.append(lambda: _quota_findings(api, objects))
        checks.append(lambda: _dry_run(api, objects, namespace, consent, thorough))
    return (*findings, *(finding for check in checks for finding in _answered(check)))


def _answered(check: Callable[[], Iterable[Finding]]) -> tuple[Finding, ...]:
    """What a check finds; what it may not ask, and what the API refuses, are findings too."""
    try:
        return tuple(check())
    except InvalidInput as error:
        return (Finding(error.message, error.hint, subject="manifest"),)
    except Refusal as refusal:
        if refusal.status in {0, 401}:
            raise
        return (Finding(refusal.message, refusal.hint, refusal.status != 403, "permission"),)


def _namespace(api: Api) -> tuple[Object | None, tuple[Finding, ...]]:
    """The namespace (as far as may be seen), and what is wrong with it."""
    try:
        live = api.get(ObjectRef("v1", "Namespace", "", api.namespace))
    except Refusal as refusal:
        if refusal.status != 403:
            raise
        return {"metadata": {"name": api.namespace}}, ()  # it may well be there; the dry run tells
    if live is None:
        return None, (
            Finding(
                f"namespace {api.namespace} doesn't exist",
                f"run `kubectl create namespace {api.namespace}`",
                subject="namespace",
            ),
        )
    if live["metadata"].get("deletionTimestamp"):
        problem = f"namespace {api.namespace} is being deleted"
        return live, (Finding(problem, "wait until it is gone, then run this again", subject="namespace"),)
    return live, ()


def _dry_run(
    api: Api, objects: Sequence[Object], namespace: Object, consent: Consent, thorough: bool
) -> Iterable[Finding]:
    changes, warnings = compare(api, objects, consent, thorough=thorough)
    for change in changes:
        for conflict in change.conflicts:
            take_over = f"take it over: --take-over {field_key(change.ref, conflict.path)}"
            adopt = "have the whole object become kubeship's: --adopt"
            yield Finding(
                f"{change.ref}: {described(conflict)}",
                f"take the field out of the manifest, or {adopt if change.foreign else take_over}",
                subject="conflict",
            )
    level = (namespace["metadata"].get("labels") or {}).get(ENFORCE)
    for warning in warnings:
        # The server only warns about a workload, and then rejects its pods:
        # https://kubernetes.io/docs/concepts/security/pod-security-admission/#workload-resources-and-pod-templates
        rejects = bool(level) and f'would violate PodSecurity "{level}:' in warning
        consequence = f"namespace {api.namespace} will reject the pods: " if rejects else "the API server warns: "
        yield Finding(consequence + warning, "set what it names in the manifest", rejects, "admission")


def _quota_findings(api: Api, objects: Sequence[Object]) -> Iterable[Finding]:
    try:
        limiting = api.list("v1", "ResourceQuota").items
        ranges = api.list("v1", "LimitRange").items
    except Refusal as refusal:
        if refusal.status != 403:
            raise
        return ()  # whoever may not see them learns of them from the pods that aren't admitted
    if not limiting and not ranges:
        return ()
    workloads = [item for item in objects if pod_template(item)]
    live = {
        ref(item): found for item, found in zip(workloads, each(api.get, map(ref, workloads)), strict=True) if found
    }
    return quotas.findings(limiting, ranges, objects, live)


def _reference_findings(api: Api, objects: Sequence[Object], namespace: Object | None) -> Iterable[Finding]:
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
    try:
        live = api.get(ObjectRef("v1", reference.kind, "", reference.name))
    except Refusal as refusal:
        if refusal.status != 403:
            raise
        problem = f"can't check that {what} exists ({reference.purpose} of {reference.needed_by}): {refusal.message}"
        return Finding(problem, refusal.hint, False, subject)
    if live is None:
        return Finding(
            f"{what} doesn't exist in namespace {api.namespace}; {reference.needed_by} needs it ({reference.purpose})",
            _creation(reference, api.namespace),
            fatal,
            subject,
        )
    held = {key for field in ("data", "binaryData") for key in live.get(field) or {}}
    missing = sorted(reference.keys - held)
    if missing:
        return Finding(
            f"{what} in namespace {api.namespace} has no {', '.join(missing)}; {reference.needed_by} needs it",
            f"add it: {_addition(reference, missing, api.namespace)}",
            fatal,
            subject,
        )
    return None


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
        case _:
            return f"`kubectl create configmap {reference.name} {place} {literals}`"


def _ingress_findings(api: Api, objects: Sequence[Object]) -> Iterable[Finding]:
    ingresses = [item for item in objects if item["kind"] == "Ingress"]
    if not ingresses:
        return ()
    return (*_class_findings(api, ingresses), *host_collisions(ingresses, _live_ingresses(api), api.namespace))


def _class_findings(api: Api, ingresses: Sequence[Object]) -> Iterable[Finding]:
    try:
        classes = api.list("networking.k8s.io/v1", "IngressClass").items
    except Refusal as refusal:
        if refusal.status != 403:
            raise
        return  # they are outside of namespaces; whoever may not see them isn't the one to be told
    known = {item["metadata"]["name"] for item in classes}
    named = ", ".join(sorted(known)) or "none"
    default = any((item["metadata"].get("annotations") or {}).get(DEFAULT_CLASS) == "true" for item in classes)
    for ingress in ingresses:
        name = f"Ingress/{ingress['metadata']['name']}"
        wanted = ingress["spec"].get("ingressClassName")
        if wanted and wanted not in known:
            problem = f"{name} is of class {wanted}, which the cluster doesn't have; it has {named}"
            yield Finding(problem, "set ingress.class in kubeship.yaml to one of them", subject="ingress-class")
        if not wanted and not default:
            problem = f"{name} has no class, and the cluster has no default one; it has {named}"
            yield Finding(problem, "set ingress.class in kubeship.yaml to one of them", False, "ingress-class")


def _live_ingresses(api: Api) -> tuple[Object, ...]:
    """Of the whole cluster where that may be seen, else of the namespace, else none."""
    for everywhere in (True, False):
        try:
            return api.list("networking.k8s.io/v1", "Ingress", everywhere=everywhere).items
        except Refusal as refusal:
            if refusal.status != 403:
                raise
    return ()


def host_collisions(ours: Sequence[Object], live: Iterable[Object], namespace: str) -> list[Finding]:
    """Other Ingresses that answer for the same host and path; which of them gets the requests is the controller's."""
    names = {item["metadata"]["name"] for item in ours}
    wanted = {route for item in ours for route in _routes(item)}
    found = []
    for other in live:
        metadata = other["metadata"]
        if metadata.get("namespace") == namespace and metadata["name"] in names:
            continue
        shared = sorted(wanted & _routes(other))
        if shared:
            routes = ", ".join(host + path for host, path in shared)
            problem = f"{routes} is also served by Ingress/{metadata['name']} in namespace {metadata.get('namespace')}"
            found.append(Finding(problem, "choose another host, or delete the other Ingress", False, "host"))
    return found


def _routes(ingress: Object) -> set[tuple[str, str]]:
    return {
        (rule.get("host") or "*", path.get("path") or "/")
        for rule in (ingress.get("spec") or {}).get("rules") or ()
        for path in (rule.get("http") or {}).get("paths") or ()
    }
