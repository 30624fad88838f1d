"""Would the pods be let in? A dry run of a workload doesn't ask the webhooks and policies that look at pods alone."""

import re
from collections.abc import Collection, Iterator, Sequence
from urllib.parse import quote

from kubeship.cluster import admission
from kubeship.cluster.errors import Refusal
from kubeship.cluster.ports import Api
from kubeship.model.finding import Finding
from kubeship.model.objects import Object, pod_template, ref

POD_SECURITY = re.compile(r'violates PodSecurity "(?P<level>[^"]+)": (?P<why>.*)', re.DOTALL)
"""k8s.io/pod-security-admission/admission/admission.go."""

CONTROLLERS = {"CronJob": "Job", "Deployment": "ReplicaSet"}
"""Workload -> what makes its pods, where it isn't the workload itself."""


def findings(api: Api, workloads: Sequence[Object], said: Collection[str] = ()) -> Iterator[Finding]:
    """What keeps the pods out beyond the warnings that were `said`; nothing where one may not make pods.

    Only a controller makes them in earnest, and a webhook may treat that otherwise: its denial isn't fatal. What the
    namespace's quotas and limits say is told by others, who know which pods will be gone by then.
    """
    for item in workloads:
        refusal = _refusal(api, item)
        if refusal is None:
            continue
        if refusal.forbidden:
            return
        if violated := POD_SECURITY.search(refusal.words):
            if any(violated["why"] in warning for warning in said):
                continue
            problem = f"namespace {api.namespace} will reject the pods of {ref(item)}: it enforces PodSecurity "
            yield Finding(
                f"{problem}{violated['level']}: {violated['why']}",
                "set what it names in the manifest",
                subject="admission",
            )
        elif admission.keeps_out(refusal.words):
            yield Finding(refusal.message, refusal.hint, False, "admission")
        if admission.FAILS.search(refusal.words):
            return  # it would be waited for again and again


def _refusal(api: Api, item: Object) -> Refusal | None:
    namespace = item["metadata"].get("namespace") or api.namespace
    path = f"/api/v1/namespaces/{quote(namespace, safe='')}/pods?dryRun=All"
    try:
        api.post(path, pod_of(item), f"asking whether pods of {ref(item)} are let in")
    except Refusal as refusal:
        if refusal.status in {0, 401}:
            raise
        return refusal
    return None


def pod_of(item: Object) -> Object:
    """A pod as the workload's controller would make it."""
    template = pod_template(item) or {}
    metadata = template.get("metadata") or {}
    name = item["metadata"]["name"]
    owner = {
        "apiVersion": "apps/v1" if item["kind"] == "Deployment" else item["apiVersion"],
        "kind": CONTROLLERS.get(item["kind"], item["kind"]),
        "name": name,
        "uid": "00000000-0000-0000-0000-000000000000",
        "controller": True,
    }
    spec = template.get("spec") or {}
    claimed = tuple(_claimed(item))
    own = {volume["name"] for volume in claimed}
    volumes = [*(one for one in spec.get("volumes") or () if one.get("name") not in own), *claimed]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "generateName": f"{name[:50]}-",
            "labels": metadata.get("labels") or {},
            "annotations": metadata.get("annotations") or {},
            "ownerReferences": [owner],
        },
        "spec": {**spec, **({"volumes": volumes} if volumes else {})},
    }


def _claimed(item: Object) -> Iterator[Object]:
    """A StatefulSet's own claims are volumes of its pods."""
    for template in (item.get("spec") or {}).get("volumeClaimTemplates") or ():
        name = (template.get("metadata") or {}).get("name")
        yield {"name": name, "persistentVolumeClaim": {"claimName": f"{name}-{item['metadata']['name']}-0"}}
