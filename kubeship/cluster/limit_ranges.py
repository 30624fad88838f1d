"""Do the pods and claims keep within the namespace's LimitRanges?

The rules are those of k8s.io/kubernetes/plugin/pkg/admission/limitranger/admission.go;
kubernetes.io/docs/concepts/policy/limit-range describes them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kubeship.cluster.pod_resources import amount, defaults_of, of_container, of_pod
from kubeship.model.finding import Finding
from kubeship.model.objects import Object, containers, pod_template, ref


def outside(objects: Iterable[Object], ranges: Sequence[Object]) -> Iterator[Finding]:
    """Each that will be rejected, with the bound that it breaks."""
    limits = [limit for item in ranges for limit in (item.get("spec") or {}).get("limits") or ()]
    defaults = defaults_of(ranges)
    for item in objects:
        problems = list(dict.fromkeys(_problems(item, limits, defaults)))
        for where, problem in problems:
            yield Finding(
                f"{ref(item)}{where} {problem}: its pods will be rejected",
                "change `resources` in kubeship.yaml" if "storage" not in problem else "change the claim's size",
                subject="limit-range",
            )


def _problems(item: Object, limits: Sequence[Object], defaults: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    template = pod_template(item)
    for container in containers(item):
        where = f", container {container.get('name')},"
        asked = of_container(container, defaults)
        yield from ((where, problem) for problem in _contradictions(asked))
        for limit in limits:
            if limit.get("type") == "Container":
                yield from ((where, problem) for problem in _beyond(limit, asked))
    for limit in limits:
        if limit.get("type") == "Pod" and template:
            total = {what: format(value, "f") for what, value in of_pod(template.get("spec") or {}, defaults).items()}
            yield from ((", all containers together,", problem) for problem in _beyond(limit, total))
        if limit.get("type") == "PersistentVolumeClaim" and item["kind"] == "StatefulSet":
            for claim in (item.get("spec") or {}).get("volumeClaimTemplates") or ():
                name = (claim.get("metadata") or {}).get("name")
                wanted = of_container(claim.get("spec") or {}, {})
                yield from ((f", volumeClaimTemplates[{name}],", problem) for problem in _beyond(limit, wanted))


def _contradictions(asked: Mapping[str, str]) -> Iterator[str]:
    """A default limit below a request that is stated: the pod is invalid."""
    for what, value in asked.items():
        kind, _, name = what.partition(".")
        edge = asked.get(f"limits.{name}")
        if kind == "requests" and edge is not None and amount(value) > amount(edge):
            yield f"has {what} {value} and, by the namespace's LimitRange, limits.{name} {edge}, which is less"


def _beyond(limit: Object, asked: Mapping[str, str]) -> Iterator[str]:
    for name, edge in (limit.get("max") or {}).items():
        fields = ("requests",) if limit.get("type") == "PersistentVolumeClaim" else ("limits", "requests")
        value, what = next(((asked[key], key) for field in fields if (key := f"{field}.{name}") in asked), ("", ""))
        if value and amount(value) > amount(edge):
            yield f"has {what} {value}, and the namespace's LimitRange allows at most {edge}"
        elif f"limits.{name}" not in asked and "limits" in fields:
            yield f"states no limits.{name}, of which the namespace's LimitRange allows at most {edge}"
    for name, edge in (limit.get("min") or {}).items():
        value = asked.get(f"requests.{name}", "")
        if not value:
            yield f"states no requests.{name}, of which the namespace's LimitRange wants at least {edge}"
        elif amount(value) < amount(edge):
            yield f"has requests.{name} {value}, and the namespace's LimitRange allows at least {edge}"
    for name, ratio in (limit.get("maxLimitRequestRatio") or {}).items():
        most, least = amount(asked.get(f"limits.{name}")), amount(asked.get(f"requests.{name}"))
        if not most or not least:
            missing = "limits" if not most else "requests"
            yield f"states no {missing}.{name}, whose ratio the namespace's LimitRange bounds"
        elif most / least > amount(ratio):
            times = f"{most / least:.3g} times its request"
            yield f"has a limits.{name} of {times}, and the namespace's LimitRange allows at most {ratio} times"
