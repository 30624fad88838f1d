"""By which key does the Kubernetes API merge the items of a list, where it doesn't replace the list?

Source: `x-kubernetes-patch-merge-key` and `x-kubernetes-patch-strategy` of the API's own OpenAPI document
(kubernetes/api/openapi-spec/swagger.json, 1.35); tests/e2e/test_patches.py compares.
"""

from collections.abc import Mapping

from kubeship.model.objects import Object

FieldPath = tuple[str, ...]
"""Names of fields; items of lists add nothing."""

SET = ""
"""In place of a key: a list of plain values, merged as a set."""
REPLACE = "="
"""In place of a key: a mapping that is replaced as a whole."""

CONTAINER: Mapping[FieldPath, str] = {
    (): "name",
    ("env",): "name",
    ("ports",): "containerPort",
    ("volumeDevices",): "devicePath",
    ("volumeMounts",): "mountPath",
}
METADATA: Mapping[FieldPath, str] = {("finalizers",): SET, ("ownerReferences",): "uid"}


def _under(*parents: str, rows: Mapping[FieldPath, str]) -> Mapping[FieldPath, str]:
    return {(*parents, *path): key for path, key in rows.items()}


POD: Mapping[FieldPath, str] = {
    **_under("containers", rows=CONTAINER),
    **_under("initContainers", rows=CONTAINER),
    **_under("ephemeralContainers", rows=CONTAINER),
    ("hostAliases",): "ip",
    ("imagePullSecrets",): "name",
    ("resourceClaims",): "name",
    ("schedulingGates",): "name",
    ("topologySpreadConstraints",): "topologyKey",
    ("volumes",): "name",
    **_under("volumes", "ephemeral", "volumeClaimTemplate", "metadata", rows=METADATA),
}
POD_TEMPLATE = {**_under("metadata", rows=METADATA), **_under("spec", rows=POD)}
WORKLOAD = _under("spec", "template", rows=POD_TEMPLATE)

KINDS: Mapping[tuple[str, str], Mapping[FieldPath, str]] = {
    ("", "Pod"): POD_TEMPLATE,
    ("", "PodTemplate"): _under("template", rows=POD_TEMPLATE),
    ("", "ReplicationController"): WORKLOAD,
    ("", "Service"): {("spec", "ports"): "port"},
    ("", "ServiceAccount"): {("secrets",): "name"},
    ("apps", "DaemonSet"): WORKLOAD,
    ("apps", "Deployment"): WORKLOAD,
    ("apps", "ReplicaSet"): WORKLOAD,
    ("apps", "StatefulSet"): {**WORKLOAD, **_under("spec", "volumeClaimTemplates", "metadata", rows=METADATA)},
    ("batch", "CronJob"): {
        **_under("spec", "jobTemplate", "metadata", rows=METADATA),
        **_under("spec", "jobTemplate", rows=WORKLOAD),
    },
    ("batch", "Job"): WORKLOAD,
    ("policy", "PodDisruptionBudget"): {("spec", "selector"): REPLACE},
}
"""By API group and kind. A kind that isn't here has none but those of its metadata, as custom resources have none."""


def merge_keys(item: Object) -> Mapping[FieldPath, str]:
    """The fields of an object that aren't merged as plain mappings or replaced as plain lists: path -> how."""
    group, slash, _ = str(item["apiVersion"]).rpartition("/")
    own = KINDS.get((group if slash else "", item["kind"]), {})
    return {**own, **_under("metadata", rows=METADATA)}
