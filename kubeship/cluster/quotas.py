"""Will the namespace's ResourceQuotas and LimitRanges let the pods be?"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from kubernetes.utils.quantity import parse_quantity

from kubeship.model.finding import Finding
from kubeship.model.objects import Object, ObjectRef, containers, pod_template, ref

Amounts = Mapping[str, Decimal]
"""By the names that quotas use: `requests.cpu`, `limits.memory`, `pods`."""

ALIASES = {"cpu": "requests.cpu", "memory": "requests.memory"}
"""kubernetes.io/docs/concepts/policy/resource-quotas: `cpu` is the same as `requests.cpu`."""
REPLICATED = frozenset({"Deployment", "ReplicaSet", "StatefulSet"})
NOT_COUNTED = frozenset({"CronJob", "DaemonSet", "Job"})
"""How many pods these have at once is decided by time or by nodes; those that have ended aren't counted."""
MUST_BE_STATED = ("requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
"""Where a quota counts one of these, a pod whose container doesn't state it is rejected (same source)."""


def findings(
    quotas: Iterable[Object], ranges: Sequence[Object], objects: Sequence[Object], live: Mapping[ObjectRef, Object]
) -> list[Finding]:
    """What can't fit is fatal; what doesn't fit beside the pods that it replaces may only be slow.

    `live` are those of the objects that are there already, whose pods the quotas count.
    """
    found = [finding for item in objects for finding in _outside_ranges(item, ranges)]
    defaults = _defaults(ranges)
    for quota in quotas:
        spec = quota.get("spec") or {}
        if spec.get("scopes") or spec.get("scopeSelector"):
            continue  # which pods it counts is decided by more than what they ask for
        found += _of_quota(quota, objects, live, defaults)
    return found


def _of_quota(
    quota: Object, objects: Sequence[Object], live: Mapping[ObjectRef, Object], defaults: Mapping[str, str]
) -> Iterator[Finding]:
    status = quota.get("status") or {}
    hard = _amounts(status.get("hard") or (quota.get("spec") or {}).get("hard") or {})
    used = _amounts(status.get("used") or {})
    name = f"ResourceQuota/{quota['metadata']['name']}"
    unstated = [item for item in objects if _unstated(item, hard, defaults)]
    for item in unstated:
        missing = ", ".join(_unstated(item, hard, defaults))
        yield Finding(
            f"{name} counts {missing}, which {ref(item)} doesn't state: its pods will be rejected",
            "state them in `resources` of its containers, or give the namespace a LimitRange with defaults for them",
            subject="quota",
        )
    counted = [item for item in objects if item not in unstated]
    wanted = _total(counted, defaults)
    ours = _total([live[ref(item)] for item in counted if ref(item) in live], defaults)
    surge = _total(counted, defaults, surge=True)
    for what, limit in sorted(hard.items()):
        others = max(used.get(what, Decimal(0)) - ours[what], Decimal(0))
        if not wanted[what]:
            continue
        if others + wanted[what] > limit:
            yield Finding(
                f"{name} allows {_shown(limit)} of {what}, of which others use {_shown(others)}; this deploy needs "
                f"{_shown(wanted[what])}",
                "ask for less (`resources`, `replicas` in kubeship.yaml), or have the quota raised",
                subject="quota",
            )
        elif others + ours[what] + surge[what] > limit and ours[what]:
            yield Finding(
                f"{name} leaves no room for new pods beside the old ones ({what}: {_shown(limit)} allowed, "
                f"{_shown(others + ours[what])} used): the rollout waits until old ones are gone",
                "have the quota raised by one pod, or ask for less",
                fatal=False,
                subject="quota",
            )


def _total(objects: Iterable[Object], defaults: Mapping[str, str], *, surge: bool = False) -> defaultdict[str, Decimal]:
    """What all pods together ask for; with `surge`, one of each Deployment."""
    total: defaultdict[str, Decimal] = defaultdict(Decimal)
    for item in objects:
        template = pod_template(item)
        if template is None or item["kind"] in NOT_COUNTED:
            continue
        count = _pods(item, surge)
        total["pods"] += count
        for container in (template.get("spec") or {}).get("containers") or ():
            for what, amount in _asked(container, defaults).items():
                total[what] += amount * count
    return total


def _pods(item: Object, surge: bool) -> int:
    if surge:
        return int(item["kind"] == "Deployment" and item["spec"].get("strategy", {}).get("type") != "Recreate")
    return int((item.get("spec") or {}).get("replicas", 1)) if item["kind"] in REPLICATED else 1


def _asked(container: Object, defaults: Mapping[str, str]) -> dict[str, Decimal]:
    """`requests.cpu` and so on. A request that isn't stated is the limit; what is neither has the default."""
    resources = container.get("resources") or {}
    limits = {**{k[7:]: v for k, v in defaults.items() if k.startswith("limits.")}, **(resources.get("limits") or {})}
    requests = {
        **{k[9:]: v for k, v in defaults.items() if k.startswith("requests.")},
        **(resources.get("limits") or {}),
        **(resources.get("requests") or {}),
    }
    stated = {f"requests.{name}": value for name, value in requests.items()}
    return dict(_amounts(stated | {f"limits.{name}": value for name, value in limits.items()}))


def _unstated(item: Object, hard: Amounts, defaults: Mapping[str, str]) -> list[str]:
    needed = [what for what in MUST_BE_STATED if what in hard]
    return [what for what in needed if any(what not in _asked(each, defaults) for each in containers(item))]


def _defaults(ranges: Iterable[Object]) -> dict[str, str]:
    found: dict[str, str] = {}
    for limit in _container_limits(ranges):
        found |= {f"limits.{name}": value for name, value in (limit.get("default") or {}).items()}
        found |= {f"requests.{name}": value for name, value in (limit.get("defaultRequest") or {}).items()}
    return found


def _outside_ranges(item: Object, ranges: Sequence[Object]) -> Iterator[Finding]:
    for limit in _container_limits(ranges):
        for container in containers(item):
            resources = container.get("resources") or {}
            for bound, field, beyond in (("max", "limits", 1), ("min", "requests", -1)):
                for name, edge in (limit.get(bound) or {}).items():
                    value = (resources.get(field) or {}).get(name)
                    if value is not None and (parse_quantity(value) - parse_quantity(edge)) * beyond > 0:
                        yield Finding(
                            f"{ref(item)} has {field}.{name} {value} in container {container['name']}, and the "
                            f"namespace's LimitRange allows {'at most' if bound == 'max' else 'at least'} {edge}: its "
                            "pods will be rejected",
                            "change `resources` in kubeship.yaml",
                            subject="limit-range",
                        )


def _container_limits(ranges: Iterable[Object]) -> Iterator[Object]:
    for item in ranges:
        yield from (each for each in (item.get("spec") or {}).get("limits") or () if each.get("type") == "Container")


def _amounts(values: Mapping[str, str]) -> Amounts:
    return {ALIASES.get(name, name): parse_quantity(value) for name, value in values.items()}


def _shown(amount: Decimal) -> str:
    """`1.5`, `512Mi`."""
    if amount >= 1024 * 1024:
        return f"{amount / (1024 * 1024):.0f}Mi"
    return f"{amount:f}".rstrip("0").rstrip(".") if amount % 1 else f"{amount:.0f}"
