"""Is there something around a healthy rollout that a person should look at?"""

from collections.abc import Iterator

from kubeship.model.events import Caution
from kubeship.model.objects import Object
from kubeship.model.snapshot import Surroundings, has_address
from kubeship.rollout.pods import condition, seconds_between

PICKED_UP_WITHIN = 10.0
"""Seconds in which a controller that writes addresses has written one; a load balancer of its own takes longer."""
METRICS_WITHIN = 120.0
"""Seconds in which a metrics server knows new pods (it scrapes each minute)."""
NO_METRICS_API = "could not find the requested resource"
"""The API server's word when nothing serves metrics.k8s.io."""


def cautions(surroundings: Surroundings) -> tuple[Caution, ...]:
    """What is wrong with Ingresses, load balancers and autoscalers, though every workload is healthy."""
    return (*_not_picked_up(surroundings), *_unbalanced(surroundings), *_without_metrics(surroundings))


def may_still_come(surroundings: Surroundings) -> bool:
    """Whether an Ingress that was just made waits for an address, where a controller of its class gives them."""
    return any(
        seconds_between(item["metadata"].get("creationTimestamp") or "", surroundings.taken) < PICKED_UP_WITHIN
        for item, _ in _unclaimed(surroundings)
    )


def _not_picked_up(surroundings: Surroundings) -> Iterator[Caution]:
    """An Ingress without an address is normal for controllers that never write one, and for no other."""
    for item, other in _unclaimed(surroundings):
        name, neighbour = item["metadata"]["name"], other["metadata"]
        yield Caution(
            f"Ingress {name} isn't picked up: it has no address, though its class {_class(item) or '(none)'} gives one "
            f"to Ingress {neighbour.get('namespace', '')}/{neighbour['name']}",
            hint="look at the controller's log for that Ingress: a host that another Ingress has, a missing TLS "
            "Secret, or a namespace that the controller doesn't watch",
        )


def _unbalanced(surroundings: Surroundings) -> Iterator[Caution]:
    for item in surroundings.balanced:
        if not has_address(item):
            name = item["metadata"]["name"]
            yield Caution(
                f"Service {name} has no address outside of the cluster yet (type LoadBalancer)",
                hint=f"a cloud takes a minute or two (kubectl get service {name} --watch); a cluster without a "
                "controller for load balancers never gives one",
            )


def _unclaimed(surroundings: Surroundings) -> Iterator[tuple[Object, Object]]:
    """Each Ingress without an address, and another one of its class that has one."""
    for item in surroundings.ingresses:
        if not has_address(item):
            alike = (each for each in surroundings.others if _class(each) == _class(item) and has_address(each))
            if other := next(alike, None):
                yield item, other


def _class(ingress: Object) -> str:
    """The annotation is what classes were before 1.18, and still counts for most controllers."""
    annotations = ingress["metadata"].get("annotations") or {}
    return str(
        (ingress.get("spec") or {}).get("ingressClassName") or annotations.get("kubernetes.io/ingress.class", "")
    )


def _without_metrics(surroundings: Surroundings) -> Iterator[Caution]:
    for item in surroundings.autoscalers:
        active = condition(item, "ScalingActive")
        message = str(active.get("message", ""))
        lasted = seconds_between(active.get("lastTransitionTime") or "", surroundings.taken)
        disabled = active.get("reason") == "ScalingDisabled"  # somebody scaled it to 0
        if active.get("status") != "False" or disabled:
            continue
        if NO_METRICS_API in message or lasted >= METRICS_WITHIN:
            yield Caution(
                f"HorizontalPodAutoscaler {item['metadata']['name']} can't scale: {message or active.get('reason')}",
                hint="install metrics-server, or whatever serves the metric that it names; until then the replicas "
                "stay as they are",
            )
