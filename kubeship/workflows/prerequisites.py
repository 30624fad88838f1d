"""What must be there before a release step's pod can start? Files, volumes, Secrets and rights that it refers to.

All of these are new beside what runs, or the same: no workload changes by them.
"""

from collections.abc import Iterable, Iterator

from kubeship.model.objects import Object, containers, pod_spec

RIGHTS = frozenset({"Role", "RoleBinding"})


def prerequisites(steps: Iterable[Object], rest: Iterable[Object]) -> tuple[Object, ...]:
    """Those of `rest` that a pod of `steps` refers to, in their order."""
    needed = {reference for step in steps for reference in _references(step)}
    accounts = {name for kind, name in needed if kind == "ServiceAccount"}
    return tuple(item for item in rest if _brings(item) in needed or (item["kind"] in RIGHTS and accounts))


def _brings(item: Object) -> tuple[str, str]:
    """The object that exists once this one is applied: External Secrets makes a Secret."""
    if item["kind"] == "ExternalSecret":
        target = (item.get("spec") or {}).get("target") or {}
        return "Secret", str(target.get("name") or item["metadata"]["name"])
    return item["kind"], item["metadata"]["name"]


def _references(step: Object) -> Iterator[tuple[str, str]]:
    spec = pod_spec(step)
    if spec.get("serviceAccountName"):
        yield "ServiceAccount", spec["serviceAccountName"]
    for volume in spec.get("volumes") or ():
        for kind, field, key in (
            ("ConfigMap", "configMap", "name"),
            ("PersistentVolumeClaim", "persistentVolumeClaim", "claimName"),
            ("Secret", "secret", "secretName"),
        ):
            if volume.get(field):
                yield kind, volume[field].get(key, "")
    for container in containers(step):
        for variable in container.get("env") or ():
            source = variable.get("valueFrom") or {}
            for kind, field in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
                if source.get(field):
                    yield kind, source[field].get("name", "")
        for source in container.get("envFrom") or ():
            for kind, field in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
                if source.get(field):
                    yield kind, source[field].get("name", "")
