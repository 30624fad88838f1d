"""What is left to the autoscalers?"""

from collections.abc import Collection, Iterable, Sequence

from kubeship.cluster.errors import Refusal
from kubeship.cluster.ports import Api
from kubeship.errors import InvalidInput
from kubeship.model.objects import SCALED, Object

Targets = frozenset[tuple[str, str]]
"""`(kind, name)` of each workload that a HorizontalPodAutoscaler targets."""


def targets(api: Api, objects: Sequence[Object]) -> Targets:
    """Of the autoscalers that live, and of those that are about to."""
    if not any(item["kind"] in SCALED for item in objects):
        return frozenset()
    try:
        live = api.list("autoscaling/v2", "HorizontalPodAutoscaler").items
    except (Refusal, InvalidInput) as error:
        # Without the right to see them, or the API: a number that another one owns still shows as a conflict.
        if isinstance(error, Refusal) and error.status != 403:
            raise
        live = ()
    return autoscaled((*live, *(item for item in objects if item["kind"] == "HorizontalPodAutoscaler")))


def autoscaled(autoscalers: Iterable[Object]) -> Targets:
    """What the autoscalers target."""
    found = (autoscaler.get("spec", {}).get("scaleTargetRef", {}) for autoscaler in autoscalers)
    return frozenset((target.get("kind", ""), target.get("name", "")) for target in found)


def is_scaled(item: Object, targets: Targets) -> bool:
    """Whether an autoscaler decides how many replicas it has."""
    return (item["kind"], item["metadata"]["name"]) in targets


def with_live_replicas(item: Object, live: Object | None, targets: Targets, managers: Collection[str]) -> Object:
    """The object without a number of replicas, or with the live one as long as that is one of the managers'.

    Leaving the field out while it is kubeship's alone would make it fall back to 1:
    https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
    Once the autoscaler has scaled, it owns the field.
    """
    if live is None or not is_scaled(item, targets):
        return item
    spec = {key: value for key, value in (item.get("spec") or {}).items() if key != "replicas"}
    replicas = (live.get("spec") or {}).get("replicas")
    if replicas is not None and _owned(live, managers):
        spec["replicas"] = replicas
    return {**item, "spec": spec}


def with_first_replicas(item: Object, objects: Iterable[Object]) -> Object:
    """A workload that is made anew, with the least number of pods of the autoscaler among the objects.

    Without a number it would begin with one pod, until the autoscaler has metrics; from then on it owns the field.
    """
    name = (item["kind"], item["metadata"]["name"])
    scalers = (each for each in objects if each["kind"] == "HorizontalPodAutoscaler" and name in autoscaled([each]))
    least = next((each["spec"].get("minReplicas") or 1 for each in scalers), 1)
    if item["kind"] not in SCALED or least == 1:
        return item
    return {**item, "spec": {"replicas": least, **(item.get("spec") or {})}}


def _owned(live: Object, managers: Collection[str]) -> bool:
    return any(
        "f:replicas" in ((entry.get("fieldsV1") or {}).get("f:spec") or {})
        for entry in live["metadata"].get("managedFields") or ()
        if entry.get("manager") in managers and not entry.get("subresource")
    )
