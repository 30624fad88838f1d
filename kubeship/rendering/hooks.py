"""How do release steps run first when Helm, Argo CD or Flux applies the objects? By that program's annotations."""

from collections.abc import Callable, Iterator, Mapping

from kubeship.model.objects import RELEASE_ANNOTATION, Object, containers, is_release_step, pod_spec

# Sources: helm.sh/docs/topics/charts_hooks, argo-cd.readthedocs.io (user-guide/resource_hooks, sync-waves) and
# fluxcd.io/flux/components/kustomize/kustomizations (force). Each deletes what ran at the last release first, since a
# Job's template can't be changed. Where an object has Helm's and Argo CD's, Argo CD takes its own.
Annotations = Callable[[str], Mapping[str, str]]


def argo_cd(order: str) -> Mapping[str, str]:
    """For `kubectl` and Argo CD alike: what isn't Argo CD leaves them aside."""
    return {
        "argocd.argoproj.io/hook": "PreSync",
        "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
        "argocd.argoproj.io/sync-wave": order,
    }


def helm(order: str) -> Mapping[str, str]:
    """Helm runs hooks in the order of their weights, before it changes anything else."""
    return {
        **argo_cd(order),
        "helm.sh/hook": "pre-install,pre-upgrade",
        "helm.sh/hook-delete-policy": "before-hook-creation",
        "helm.sh/hook-weight": order,
    }


def flux(order: str) -> Mapping[str, str]:
    """Flux has no hooks, but makes what can't be changed anew."""
    return {**argo_cd(order), "kustomize.toolkit.fluxcd.io/force": "enabled"}


ANNOTATIONS = frozenset({*helm(""), *flux("")})


def with_hooks(objects: Mapping[str, Object], annotations: Annotations) -> dict[str, Object]:
    """The objects, release steps annotated in their order, and what they need to start before them."""
    needed = {name for item in objects.values() if is_release_step(item) for name in _needs(item)}
    return {file_name: _hooked(item, needed, annotations) for file_name, item in objects.items()}


def without_hooks(item: Object) -> Object:
    """The object as it is without them."""
    metadata = dict(item["metadata"])
    if annotations := metadata.pop("annotations", None):
        kept = {key: text for key, text in annotations.items() if key not in ANNOTATIONS}
        metadata |= {"annotations": kept} if kept else {}
    return {**item, "metadata": metadata}


def _hooked(item: Object, needed: set[tuple[str, str]], annotations: Annotations) -> Object:
    metadata = item["metadata"]
    own = metadata.get("annotations") or {}
    if is_release_step(item):
        added = annotations(own[RELEASE_ANNOTATION])
    elif needed & set(_provides(item)):
        added = annotations("0")
    else:
        return item
    return {**item, "metadata": {**metadata, "annotations": {**own, **added}}}


def _needs(job: Object) -> Iterator[tuple[str, str]]:
    """(kind, name) of what a step's pod can't start without."""
    pod = pod_spec(job)
    if account := pod.get("serviceAccountName"):
        yield "ServiceAccount", account
    for volume in pod.get("volumes") or ():
        if "configMap" in volume:
            yield "ConfigMap", volume["configMap"]["name"]
        if "secret" in volume:
            yield "Secret", volume["secret"]["secretName"]
    for container in containers(job):
        for variable in container.get("env") or ():
            if secret := (variable.get("valueFrom") or {}).get("secretKeyRef"):
                yield "Secret", secret["name"]


def _provides(item: Object) -> Iterator[tuple[str, str]]:
    """(kind, name) of what an object is, or has made."""
    yield item["kind"], item["metadata"]["name"]
    if item["kind"] == "ExternalSecret":
        target = (item["spec"].get("target") or {}).get("name")
        yield "Secret", target or item["metadata"]["name"]
    if item["kind"] in {"RoleBinding", "ClusterRoleBinding"}:
        yield from (("ServiceAccount", subject["name"]) for subject in item.get("subjects") or ())
