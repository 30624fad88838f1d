"""What does a pod ask for, all its containers together, once the API's and the namespace's defaults are filled in?"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from kubernetes.utils.quantity import parse_quantity

from kubeship.model.objects import Object

Amounts = Mapping[str, Decimal]
"""By the names that quotas use: `requests.cpu`, `limits.memory`."""


def amount(value: object) -> Decimal:
    """`250m` -> 0.25; what is no quantity, which the dry run complains of, is nothing."""
    try:
        return Decimal(parse_quantity(value))
    except (ValueError, InvalidOperation, TypeError):
        return Decimal(0)


def replicas(item: Object) -> int:
    """How many pods a workload wants: one where it states no number, none where that isn't one."""
    stated = (item.get("spec") or {}).get("replicas")
    return 1 if stated is None else int(amount(stated))


def of_container(container: Object, defaults: Mapping[str, str]) -> dict[str, str]:
    """`requests.cpu` and so on, as written. A request that isn't stated is the limit; what is neither has the default.

    In the API server's order: kubernetes.io/docs/concepts/policy/limit-range/#limitrange-and-admission-checks-for-pods
    """
    resources = container.get("resources") or {}
    stated = {**(resources.get("limits") or {}), **(resources.get("requests") or {})}
    found = dict(defaults)
    found |= {f"requests.{name}": value for name, value in stated.items()}
    return found | {f"limits.{name}": value for name, value in (resources.get("limits") or {}).items()}


def of_pod(spec: Object, defaults: Mapping[str, str]) -> Amounts:
    """The sum of what runs at once, or the largest init container, whichever is more.

    https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers and
    .../sidecar-containers/; what the pod states as a whole (`resources` of its own) takes the place of the sum.
    """
    total: defaultdict[str, Decimal] = defaultdict(Decimal)
    for container in (*_sidecars(spec), *(spec.get("containers") or ())):
        for what, value in of_container(container, defaults).items():
            total[what] += amount(value)
    before: defaultdict[str, Decimal] = defaultdict(Decimal)
    for container in spec.get("initContainers") or ():
        for what, value in of_container(container, defaults).items():
            if container.get("restartPolicy") == "Always":
                before[what] += amount(value)
            else:
                total[what] = max(total[what], before[what] + amount(value))
    for what, value in of_container({"resources": spec.get("resources")}, {}).items():
        total[what] = amount(value)
    for name, value in (spec.get("overhead") or {}).items():
        total[f"requests.{name}"] += amount(value)
    return dict(total)


def states_nothing(spec: Object) -> bool:
    """Whether no container states a request or a limit for processor or memory: quality of service BestEffort."""
    everything = [spec, *(spec.get("initContainers") or ()), *(spec.get("containers") or ())]
    return not any(
        (one.get("resources") or {}).get(field, {}).get(name)
        for one in everything
        for field in ("requests", "limits")
        for name in ("cpu", "memory")
    )


def _sidecars(spec: Object) -> Iterator[Object]:
    return (one for one in spec.get("initContainers") or () if one.get("restartPolicy") == "Always")


def defaults_of(ranges: Iterable[Object]) -> dict[str, str]:
    """What a namespace's LimitRanges fill in; the API itself derives `default` from `max`, and so on."""
    found: dict[str, str] = {}
    for item in ranges:
        for limit in (item.get("spec") or {}).get("limits") or ():
            if limit.get("type") == "Container":
                found |= {f"limits.{name}": value for name, value in (limit.get("default") or {}).items()}
                found |= {f"requests.{name}": value for name, value in (limit.get("defaultRequest") or {}).items()}
    return found
