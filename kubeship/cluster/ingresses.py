"""Will the Ingresses be picked up, and does another one answer for the same host already?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kubeship.cluster.errors import permitted
from kubeship.cluster.ports import Api
from kubeship.model.finding import Finding
from kubeship.model.objects import Object

DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"
OLD_CLASS = "kubernetes.io/ingress.class"
"""The annotation that came before ingressClassName, which controllers still read:
https://kubernetes.io/docs/concepts/services-networking/ingress/#deprecated-annotation"""
CANARY = "nginx.ingress.kubernetes.io/canary"
"""Takes a share of another Ingress' requests on purpose."""


def findings(api: Api, objects: Sequence[Object]) -> Iterable[Finding]:
    """Classes that aren't there, and hosts that are taken."""
    ingresses = [item for item in objects if item["kind"] == "Ingress"]
    if not ingresses:
        return ()
    classes = _classes(api, objects)
    missing = _class_findings(ingresses, classes) if classes is not None else ()
    return (*missing, *host_collisions(ingresses, _live_ingresses(api), api.namespace, _default(classes)))


def _classes(api: Api, objects: Iterable[Object]) -> dict[str, Object] | None:
    """Those that live or are deployed too; None where they may not be seen, since they are outside of namespaces."""
    live = permitted(lambda: api.list("networking.k8s.io/v1", "IngressClass").items)
    if live is None:
        return None
    brought = [item for item in objects if item["kind"] == "IngressClass"]
    return {item["metadata"]["name"]: item for item in (*live, *brought)}


def _default(classes: Mapping[str, Object] | None) -> str:
    marked = (
        name
        for name, item in (classes or {}).items()
        if (item["metadata"].get("annotations") or {}).get(DEFAULT_CLASS) == "true"
    )
    return next(marked, "")


def _class_findings(ingresses: Sequence[Object], classes: Mapping[str, Object]) -> Iterator[Finding]:
    named = ", ".join(sorted(classes)) or "none"
    for ingress in ingresses:
        name = f"Ingress/{ingress['metadata']['name']}"
        wanted = (ingress.get("spec") or {}).get("ingressClassName")
        if wanted and wanted not in classes:
            problem = f"{name} is of class {wanted}, which the cluster doesn't have; it has {named}"
            yield Finding(problem, "set ingress.class in kubeship.yaml to one of them", subject="ingress-class")
        if not _class_of(ingress, _default(classes)):
            problem = f"{name} has no class, and the cluster has no default one; it has {named}"
            yield Finding(problem, "set ingress.class in kubeship.yaml to one of them", False, "ingress-class")


def _class_of(ingress: Object, default: str) -> str:
    old = (ingress["metadata"].get("annotations") or {}).get(OLD_CLASS)
    return str((ingress.get("spec") or {}).get("ingressClassName") or old or default)


def _live_ingresses(api: Api) -> tuple[Object, ...]:
    """Of the whole cluster where that may be seen, else of the namespace, else none."""
    everywhere = permitted(lambda: api.list("networking.k8s.io/v1", "Ingress", everywhere=True).items)
    if everywhere is not None:
        return everywhere
    return permitted(lambda: api.list("networking.k8s.io/v1", "Ingress").items) or ()


def host_collisions(ours: Sequence[Object], live: Iterable[Object], namespace: str, default: str = "") -> list[Finding]:
    """Other Ingresses of the same class that answer for the same host and path.

    Which of them gets the requests is the controller's choice. A host beats a wildcard that covers it, and an exact
    path beats a prefix, so those are no collisions:
    https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards
    """
    names = {(item["metadata"].get("namespace") or namespace, item["metadata"]["name"]) for item in ours}
    wanted = {(_class_of(item, default), route) for item in ours if not _is_canary(item) for route in _routes(item)}
    found = []
    for other in live:
        metadata = other["metadata"]
        if (metadata.get("namespace"), metadata["name"]) in names or _is_canary(other):
            continue
        theirs = {(_class_of(other, default), route) for route in _routes(other)}
        shared = sorted({(host, path) for _, (host, path, _) in wanted & theirs})
        if shared:
            routes = ", ".join(host + path for host, path in shared)
            problem = f"{routes} is also served by Ingress/{metadata['name']} in namespace {metadata.get('namespace')}"
            found.append(Finding(problem, "choose another host, or delete the other Ingress", False, "host"))
    return found


def _is_canary(ingress: Object) -> bool:
    return (ingress["metadata"].get("annotations") or {}).get(CANARY) == "true"


def _routes(ingress: Object) -> set[tuple[str, str, bool]]:
    """Host, path, and whether that must match exactly; what no rule names is any host's."""
    spec = ingress.get("spec") or {}
    routes = {
        (rule.get("host") or "*", _path(path), path.get("pathType") == "Exact")
        for rule in spec.get("rules") or ()
        for path in (rule.get("http") or {}).get("paths") or ()
    }
    return routes | ({("*", "/", False)} if spec.get("defaultBackend") and not spec.get("rules") else set())


def _path(path: Object) -> str:
    """`/a` and `/a/` are the same prefix."""
    text = str(path.get("path") or "/")
    return text if path.get("pathType") == "Exact" else text.rstrip("/") or "/"
