"""Is that there which Ingresses, autoscalers and StatefulSets name, and which nothing else would complain of?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kubeship.cluster.errors import permitted
from kubeship.cluster.ports import Api
from kubeship.errors import InvalidInput
from kubeship.model.finding import Finding
from kubeship.model.objects import SCALED, Object, ObjectRef

ACTION = "use-annotation"
"""The port of what the AWS load balancer controller takes from an annotation instead of a Service:
kubernetes-sigs.github.io/aws-load-balancer-controller, guide/ingress/annotations, actions."""


def findings(api: Api, objects: Sequence[Object]) -> Iterable[Finding]:
    """Words, no reasons to stop: others may bring what is missing later."""
    around = _Around(api, {(item["kind"], item["metadata"]["name"]): item for item in objects})
    return [
        finding for item in objects if item["kind"] in QUESTIONS for finding in QUESTIONS[item["kind"]](item, around)
    ]


@dataclass(frozen=True)
class _Around:
    """What is deployed together, and what lives."""

    api: Api
    brought: Mapping[tuple[str, str], Object]

    def find(self, api_version: str, kind: str, name: str) -> Object | None:
        """What has that name; something empty where that may not be seen, None where there is nothing."""
        if found := self.brought.get((kind, name)):
            return found
        wanted = ObjectRef(api_version, kind, self.api.namespace, name)
        try:
            answer = permitted(lambda: (self.api.get(wanted),))
        except InvalidInput:
            return {}
        return answer[0] if answer else {}


@dataclass(frozen=True, order=True)
class _Backend:
    """Where an Ingress sends what it gets for a path."""

    path: str
    service: str
    port: str
    """Its number or name; empty where it names none."""


def _of_ingress(ingress: Object, around: _Around) -> Iterator[Finding]:
    name = f"Ingress/{ingress['metadata']['name']}"
    for backend in sorted(set(_backends(ingress))):
        service = around.find("v1", "Service", backend.service)
        if service is None:
            problem = f"{name} sends {backend.path} to Service {backend.service}, {NOWHERE}"
            yield Finding(problem, "correct the backend's service name, or deploy that Service", False, "route")
            continue
        ports = (service.get("spec") or {}).get("ports") or ()
        known = {str(port.get(key)) for port in ports for key in ("name", "port")}
        if ports and backend.port not in known:
            has = ", ".join(" ".join(str(port[key]) for key in ("name", "port") if port.get(key)) for port in ports)
            problem = (
                f"{name} sends {backend.path} to port {backend.port} of Service {backend.service}, which has {has}"
            )
            yield Finding(problem, "name one of the Service's own ports (not of its pods)", False, "route")


NOWHERE = "which is neither deployed nor in the namespace"


def _backends(ingress: Object) -> Iterator[_Backend]:
    spec = ingress.get("spec") or {}
    paths = [path for rule in spec.get("rules") or () for path in (rule.get("http") or {}).get("paths") or ()]
    backends = [(path.get("path") or "/", path.get("backend")) for path in paths]
    for path, backend in (*backends, ("all else", spec.get("defaultBackend"))):
        service = (backend or {}).get("service") or {}
        port = service.get("port") or {}
        if service.get("name") and port.get("name") != ACTION:
            yield _Backend(path, service["name"], str(port.get("number") or port.get("name") or ""))


def _of_autoscaler(autoscaler: Object, around: _Around) -> Iterator[Finding]:
    target = (autoscaler.get("spec") or {}).get("scaleTargetRef") or {}
    kind, name = target.get("kind", ""), target.get("name", "")
    if kind in SCALED and around.find(target.get("apiVersion") or "apps/v1", kind, name) is None:
        problem = f"HorizontalPodAutoscaler/{autoscaler['metadata']['name']} scales {kind}/{name}, {NOWHERE}"
        yield Finding(problem, "correct its scaleTargetRef", False, "autoscaler")


def _of_set(stateful_set: Object, around: _Around) -> Iterator[Finding]:
    service = (stateful_set.get("spec") or {}).get("serviceName")
    if service and around.find("v1", "Service", service) is None:
        name = stateful_set["metadata"]["name"]
        problem = f"StatefulSet/{name} names the Service {service}, {NOWHERE}: {name}-0.{service} isn't in DNS then"
        remedy = "deploy a headless Service (clusterIP: None) of that name, or correct serviceName"
        yield Finding(problem, remedy, False, "service")


QUESTIONS = {"HorizontalPodAutoscaler": _of_autoscaler, "Ingress": _of_ingress, "StatefulSet": _of_set}
