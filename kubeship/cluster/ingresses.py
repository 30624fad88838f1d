"""Will the Ingresses be picked up, and does another one answer for the same host already?"""

from collections.abc import Iterable, Sequence

from kubeship.cluster.errors import Refusal
from kubeship.cluster.ports import Api
from kubeship.model.finding import Finding
from kubeship.model.objects import Object

DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"


def findings(api: Api, objects: Sequence[Object]) -> Iterable[Finding]:
    """Classes that aren't there, and hosts that are taken."""
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
