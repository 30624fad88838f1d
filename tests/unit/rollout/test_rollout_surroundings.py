"""Is it noticed when nobody picks up an Ingress, or an autoscaler has no metrics, and is a normal one left alone?"""

from datetime import timedelta
from typing import Any

import pytest

from kubeship.model.objects import Object
from kubeship.model.snapshot import Surroundings
from kubeship.rollout.surroundings import cautions, may_still_come
from tests.unit.rollout.builders import NOW


def ingress(name: str, address: str = "", age: float = 60, **spec: Any) -> Object:
    created = (NOW - timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "kind": "Ingress",
        "metadata": {"name": name, "namespace": "shop", "creationTimestamp": created},
        "spec": {"ingressClassName": "nginx", **spec},
        "status": {"loadBalancer": {"ingress": [{"ip": address}]} if address else {}},
    }


def autoscaler(status: str, message: str, since: str = "2026-11-20T23:04:50Z", reason: str = "Failed") -> Object:
    active = {"type": "ScalingActive", "status": status, "reason": reason, "message": message}
    return {
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "shop-web"},
        "status": {"conditions": [{**active, "lastTransitionTime": since}]},
    }


def test_ingress_without_an_address_beside_one_that_has_it_is_not_picked_up() -> None:
    (caution,) = cautions(Surroundings(NOW, (ingress("shop-web"),), (ingress("blog", "10.0.0.1"),)))

    assert "Ingress shop-web isn't picked up" in caution.message
    assert "Ingress shop/blog" in caution.message


@pytest.mark.parametrize(
    "other", [ingress("blog"), ingress("blog", "10.0.0.1", ingressClassName="traefik")], ids=["no-address", "class"]
)
def test_class_that_never_gives_an_address_is_normal(other: Object) -> None:
    assert cautions(Surroundings(NOW, (ingress("shop-web"),), (other,))) == ()


def test_only_a_new_ingress_is_waited_for() -> None:
    others = (ingress("blog", "10.0.0.1"),)

    assert may_still_come(Surroundings(NOW, (ingress("shop-web", age=2),), others))
    assert not may_still_come(Surroundings(NOW, (ingress("shop-web", age=60),), others))
    assert not may_still_come(Surroundings(NOW, (ingress("shop-web", "10.0.0.2", age=2),), others))


@pytest.mark.parametrize(
    ("scaler", "told"),
    [
        (autoscaler("True", ""), False),
        (autoscaler("False", "no metrics returned"), False),
        (autoscaler("False", "no metrics returned", since="2026-11-20T23:00:00Z"), True),
        (autoscaler("False", "the server could not find the requested resource (get pods.metrics.k8s.io)"), True),
        (autoscaler("False", "", since="2026-11-20T23:00:00Z", reason="ScalingDisabled"), False),
    ],
)
def test_autoscaler_without_metrics_is_told_when_it_is_more_than_young(scaler: Object, told: bool) -> None:
    assert bool(cautions(Surroundings(NOW, autoscalers=(scaler,)))) is told


@pytest.mark.parametrize(("address", "told"), [({}, 1), ({"ingress": [{"ip": "10.0.0.1"}]}, 0)])
def test_load_balancer_without_an_address_is_told(address: Object, told: int) -> None:
    balanced = {"kind": "Service", "metadata": {"name": "shop-web"}, "status": {"loadBalancer": address}}

    found = cautions(Surroundings(NOW, balanced=(balanced,)))

    assert ["Service shop-web has no address outside" in each.message for each in found] == [True] * told
