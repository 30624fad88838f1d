"""Is what is wrong around a healthy rollout told, on a real cluster, without holding it up?"""

import json
import uuid

import pytest

from kubeship.model.events import Caution
from kubeship.model.objects import Object
from kubeship.model.verdict import Ready
from tests.e2e.conftest import Kubectl
from tests.e2e.failures.rollouts import Case, Watched, container, deployment, http_probe, named, rolled_out, server
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e


def ingress(name: str, class_name: str, host: str) -> Object:
    backend = {"service": {"name": "shop-web", "port": {"number": 80}}}
    rule = {"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    return named("networking.k8s.io/v1", "Ingress", name, spec={"ingressClassName": class_name, "rules": [rule]})


def cautions(watched: Watched) -> list[str]:
    return [event.message for event in watched.events if isinstance(event, Caution)]


def test_ingress_that_no_controller_picks_up_and_autoscaler_without_metrics_are_told(stack: Stack) -> None:
    class_name = f"e2e-{uuid.uuid4().hex[:8]}"
    own = named("networking.k8s.io/v1", "IngressClass", class_name, spec={"controller": "example.com/sleeping"})
    web = deployment(
        container(stack, server(before="time.sleep(20)"), startupProbe=http_probe(failures=60)),
    )
    service = named(
        "v1", "Service", "shop-web", spec={"selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8000}]}
    )
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop-web"}
    scaler = named(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        "shop-web",
        spec={"scaleTargetRef": target, "minReplicas": 1, "maxReplicas": 2},
    )

    def served_by_the_class(kubectl: Kubectl) -> None:
        kubectl.apply(own)
        kubectl.apply(ingress("blog", class_name, "blog.test"))
        address = {"status": {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}}
        kubectl("patch", "ingress", "blog", "--subresource=status", "--type=merge", "-p", json.dumps(address))

    try:
        watched = rolled_out(
            stack,
            Case(
                "surroundings",
                (web, service, ingress("shop-web", class_name, "shop.test"), scaler),
                before=served_by_the_class,
            ),
        )
    finally:
        Kubectl(stack, "default")("delete", "ingressclass", class_name)

    told = cautions(watched)
    assert watched.verdict == Ready()
    assert watched.seconds < 90
    assert any("Ingress shop-web isn't picked up" in each and "blog" in each for each in told), told
    assert any("HorizontalPodAutoscaler shop-web can't scale" in each for each in told), told
