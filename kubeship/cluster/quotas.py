"""Will the namespace's ResourceQuotas and LimitRanges let the pods and the other objects be?"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from kubeship.cluster.errors import permitted
from kubeship.cluster.limit_ranges import outside
from kubeship.cluster.object_counts import taken
from kubeship.cluster.pod_resources import Amounts, amount, defaults_of, of_container, of_pod, replicas
from kubeship.cluster.ports import Api
from kubeship.cluster.quota_scopes import counts
from kubeship.model.finding import Finding
from kubeship.model.objects import Object, ObjectRef, containers, is_release_step, pod_spec, pod_template, ref

ALIASES = {"cpu": "requests.cpu", "ephemeral-storage": "requests.ephemeral-storage", "memory": "requests.memory"}
"""kubernetes.io/docs/concepts/policy/resource-quotas: `cpu` is the same as `requests.cpu`."""
REPLICATED = frozenset({"Deployment", "ReplicaSet", "StatefulSet"})
NOT_COUNTED = frozenset({"CronJob", "DaemonSet", "Job"})
"""How many pods these have at once is decided by time or by nodes; those that have ended aren't counted."""
MUST_BE_STATED = ("requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
"""Where a quota counts one of these, a pod whose container doesn't state it is rejected (same source)."""


def live_findings(api: Api, objects: Sequence[Object], live: Mapping[ObjectRef, Object]) -> Iterable[Finding]:
    """By what the namespace has; whoever may not see that learns of it from the pods that aren't admitted."""
    limiting = permitted(lambda: api.list("v1", "ResourceQuota").items)
    ranges = permitted(lambda: api.list("v1", "LimitRange").items)
    if limiting is None or ranges is None:
        return ()
    own = [item for item in objects if item["metadata"].get("namespace", api.namespace) == api.namespace]
    new = taken(api, [item for item in own if ref(item) not in live]) if limiting else {}
    return findings(limiting, ranges, own, live, new)


def findings(
    quotas: Iterable[Object],
    ranges: Sequence[Object],
    objects: Sequence[Object],
    live: Mapping[ObjectRef, Object],
    new: Amounts | None = None,
) -> list[Finding]:
    """What can't fit is fatal; what doesn't fit beside the pods that it replaces may only be slow.

    `live` are those of the objects that are there already, whose pods the quotas count; `new` is what the others take
    of quotas on objects.
    """
    found = list(outside(objects, ranges))
    defaults = defaults_of(ranges)
    for quota in quotas:
        found += _of_quota(quota, objects, live, defaults)
        found += _of_objects(quota, new or {})
    return found


def _of_quota(
    quota: Object, objects: Sequence[Object], live: Mapping[ObjectRef, Object], defaults: Mapping[str, str]
) -> Iterator[Finding]:
    hard, used = _hard(quota), _used(quota)
    name = f"ResourceQuota/{quota['metadata']['name']}"
    matching = [item for item in objects if counts(quota, pod_spec(item))]
    unstated = [item for item in matching if _unstated(item, hard, defaults)]
    for item in unstated:
        missing = ", ".join(_unstated(item, hard, defaults))
        yield Finding(
            f"{name} counts {missing}, which {ref(item)} doesn't state: its pods will be rejected",
            "state them in `resources` of its containers, or give the namespace a LimitRange with defaults for them",
            subject="quota",
        )
    counted = [item for item in matching if item not in unstated]
    wanted = _total(counted, defaults)
    replaced = [live[ref(item)] for item in objects if ref(item) in live and item not in unstated]
    ours = _total([item for item in replaced if counts(quota, pod_spec(item))], defaults)
    surge = _total(counted, defaults, surge=True)
    steps = {ref(item): _of_one(item, defaults) for item in counted if is_release_step(item)}
    for what, limit in sorted(hard.items()):
        others = max(used.get(what, Decimal(0)) - ours[what], Decimal(0))
        if wanted[what] and others + wanted[what] > limit:
            yield Finding(
                f"{name} allows {_shown(limit)} of {what}, of which others use {_shown(others)}; this deploy needs "
                f"{_shown(wanted[what])}",
                "ask for less (`resources`, `replicas` in kubeship.yaml), or have the quota raised",
                subject="quota",
            )
        elif wanted[what] and others + ours[what] + surge[what] > limit and ours[what]:
            yield Finding(
                f"{name} leaves no room for new pods beside the old ones ({what}: {_shown(limit)} allowed, "
                f"{_shown(others + ours[what])} used): the rollout waits until old ones are gone",
                "have the quota raised by one pod, or ask for less",
                fatal=False,
                subject="quota",
            )
        yield from _steps(name, what, limit, others + ours[what], steps)


def _steps(
    name: str, what: str, limit: Decimal, used: Decimal, steps: Mapping[ObjectRef, Amounts]
) -> Iterator[Finding]:
    """Release steps run beside all that runs already; one that has succeeded before doesn't run again."""
    for step, amounts in steps.items():
        asked = amounts.get(what, Decimal(0))
        if asked and used + asked > limit:
            yield Finding(
                f"{name} allows {_shown(limit)} of {what}, of which {_shown(used)} are used; the release step "
                f"{step} needs {_shown(asked)}: it would wait until something else ends",
                "ask for less, or have the quota raised",
                fatal=False,
                subject="quota",
            )


def _of_objects(quota: Object, new: Amounts) -> Iterator[Finding]:
    used = _used(quota)
    for what, limit in sorted(_hard(quota).items()):
        wanted = new.get(what, Decimal(0))
        if wanted and used.get(what, Decimal(0)) + wanted > limit:
            yield Finding(
                f"ResourceQuota/{quota['metadata']['name']} allows {_shown(limit)} of {what}, of which "
                f"{_shown(used.get(what, Decimal(0)))} are used; this deploy makes {_shown(wanted)} more",
                "delete what isn't needed, or have the quota raised",
                subject="quota",
            )


def _total(objects: Iterable[Object], defaults: Mapping[str, str], *, surge: bool = False) -> defaultdict[str, Decimal]:
    """What all pods together ask for; with `surge`, one of each Deployment."""
    total: defaultdict[str, Decimal] = defaultdict(Decimal)
    for item in objects:
        if pod_template(item) is None or item["kind"] in NOT_COUNTED:
            continue
        count = _pods(item, surge)
        for what, asked in _of_one(item, defaults).items():
            total[what] += asked * count
    return total


def _of_one(item: Object, defaults: Mapping[str, str]) -> Amounts:
    """What one of its pods takes."""
    return {**of_pod(pod_spec(item), defaults), "pods": Decimal(1), "count/pods": Decimal(1)}


def _pods(item: Object, surge: bool) -> int:
    spec = item.get("spec") or {}
    if surge:
        return int(item["kind"] == "Deployment" and (spec.get("strategy") or {}).get("type") != "Recreate")
    return replicas(item) if item["kind"] in REPLICATED else 1


def _unstated(item: Object, hard: Amounts, defaults: Mapping[str, str]) -> list[str]:
    if pod_spec(item).get("resources"):  # of the pod as a whole
        return []
    needed = [what for what in MUST_BE_STATED if what in hard]
    return [what for what in needed if any(what not in of_container(each, defaults) for each in containers(item))]


def _hard(quota: Object) -> Amounts:
    return _amounts((quota.get("status") or {}).get("hard") or (quota.get("spec") or {}).get("hard") or {})


def _used(quota: Object) -> Amounts:
    return _amounts((quota.get("status") or {}).get("used") or {})


def _amounts(values: Mapping[str, str]) -> Amounts:
    return {ALIASES.get(name, name): amount(value) for name, value in values.items()}


def _shown(value: Decimal) -> str:
    """`1.5`, `512Mi`."""
    if value >= 1024 * 1024:
        return f"{value / (1024 * 1024):.0f}Mi"
    return f"{value:f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"
