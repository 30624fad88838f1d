"""Does each Service that is being deployed have pods that answer?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kubeship.model.objects import APP_LABEL, Object, pod_template
from kubeship.model.snapshot import Snapshot
from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.questions import probe_port
from kubeship.rollout.ownership import newest_pods
from kubeship.rollout.readiness import wanted

SERVICE_NAME = "kubernetes.io/service-name"


def without_endpoints(snapshot: Snapshot) -> tuple[Conclusion, ...]:
    """One conclusion for each Service that has to have ready endpoints and has none.

    Certain when its selector can't match: kubeship asks this only after every pod has become ready.
    """
    return tuple(
        _conclusion(service, targets, snapshot)
        for service, targets in _concerned(snapshot)
        if not _serves(service, snapshot.endpoint_slices)
    )


def _concerned(snapshot: Snapshot) -> Iterator[tuple[Object, tuple[Object, ...]]]:
    """The Services of these workloads: by their selector or, where that matches none of them, by the app's label."""
    apps = {_label(workload, APP_LABEL) for workload in snapshot.workloads} - {None}
    for service in snapshot.services:
        selector = service["spec"].get("selector")
        if not selector or service["spec"].get("type") == "ExternalName":
            continue
        targets = tuple(w for w in snapshot.workloads if w["kind"] != "Job" and _selects(selector, w))
        if any(wanted(workload) for workload in targets) or (not targets and _label(service, APP_LABEL) in apps):
            yield service, targets


def _conclusion(service: Object, targets: tuple[Object, ...], snapshot: Snapshot) -> Conclusion:
    name, selector = service["metadata"]["name"], service["spec"]["selector"]
    if not targets:
        text = ",".join(f"{key}={value}" for key, value in sorted(selector.items()))
        return Conclusion(
            Diagnosis(
                cause=f"Service {name} reaches no pod: its selector matches none of the app's workloads",
                evidence=f"selector {text}",
                remedy="give the Service the labels of the pods it is for, or remove the edit that changed them",
                subject=f"Service/{name}",
                rule="every workload is ready and none has these labels",
            ),
            certain=True,
        )
    nowhere = _ports_nowhere(service, targets, snapshot)
    ports = ", ".join(str(port.get("targetPort", port.get("port"))) for port in service["spec"].get("ports") or ())
    portless = any(
        slice_.get("endpoints") and not slice_.get("ports") for slice_ in _slices(service, snapshot.endpoint_slices)
    )
    why = f"its pods have no port {ports}" if nowhere or portless else "none of its pods is ready to serve yet"
    return Conclusion(
        Diagnosis(
            cause=f"Service {name} has no ready endpoints: {why}",
            evidence=f"targetPort {ports}",
            remedy="give the Service's targetPort the name or number of a container port",
            subject=f"Service/{name}",
            rule="every workload is ready, and no container has a port of that name"
            if nowhere
            else "every workload is ready",
        ),
        certain=len(nowhere) > 0 and len(nowhere) == len(service["spec"].get("ports") or ()),
    )


def ports_without_endpoints(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """(Service, named targetPort) of those that lead nowhere, though other ports of the Service do lead to pods."""
    return tuple(
        (service["metadata"]["name"], port)
        for service, targets in _concerned(snapshot)
        if _serves(service, snapshot.endpoint_slices)
        for port in _ports_nowhere(service, targets, snapshot)
    )


@dataclass(frozen=True)
class Unproved:
    """A port of a Service that nothing has asked yet: no probe does, and Kubernetes compares no numbers."""

    service: str
    pod: str
    """One of its pods, all of which are alike."""
    port: int


def unproved_ports(snapshot: Snapshot) -> tuple[Unproved, ...]:
    """The ports of pods to which Services lead, and which no probe asks."""
    return tuple(
        Unproved(service["metadata"]["name"], pods[0]["metadata"]["name"], int(number))
        for service, targets in _concerned(snapshot)
        if (pods := [pod for workload in targets for pod in newest_pods(workload, snapshot)])
        for port in service["spec"].get("ports") or ()
        if port.get("protocol", "TCP") == "TCP"
        if (number := _number(port, pods[0])) and number not in _asked(pods[0])
    )


def _number(port: Object, pod: Object) -> str:
    """Of the pod's port that a Service's port leads to; empty where a name leads nowhere."""
    target = port.get("targetPort", port.get("port"))
    named = {
        each["name"]: each["containerPort"]
        for container in _containers(pod)
        for each in container.get("ports") or ()
        if each.get("name")
    }
    return str(target) if isinstance(target, int) else str(named.get(target, ""))


def _asked(pod: Object) -> set[str]:
    kinds = ("startupProbe", "readinessProbe", "livenessProbe")
    return {probe_port(each, each[kind]) for each in _containers(pod) for kind in kinds if each.get(kind)}


def _containers(pod: Object) -> Iterator[Object]:
    return (each for kind in ("initContainers", "containers") for each in pod["spec"].get(kind) or ())


def _ports_nowhere(service: Object, targets: Iterable[Object], snapshot: Snapshot) -> tuple[str, ...]:
    """The names by which the Service calls ports of its pods, and which none of their containers has."""
    pods = [pod for workload in targets for pod in newest_pods(workload, snapshot)]
    known = {port.get("name") for pod in pods for each in _containers(pod) for port in each.get("ports") or ()}
    asked = (port.get("targetPort") for port in service["spec"].get("ports") or ())
    return tuple(name for name in asked if pods and isinstance(name, str) and name not in known)


def _serves(service: Object, slices: Iterable[Object]) -> bool:
    """A named targetPort that no pod has leaves endpoints without ports. `ready` unset means ready (API reference)."""
    headless = service["spec"].get("clusterIP") == "None" and not service["spec"].get("ports")
    return any(
        (endpoint.get("conditions") or {}).get("ready") is not False
        for slice_ in _slices(service, slices)
        if slice_.get("ports") or headless
        for endpoint in slice_.get("endpoints") or ()
    )


def _slices(service: Object, slices: Iterable[Object]) -> Iterator[Object]:
    return (item for item in slices if _label(item, SERVICE_NAME) == service["metadata"]["name"])


def _selects(selector: dict[str, str], workload: Object) -> bool:
    labels = ((pod_template(workload) or {}).get("metadata") or {}).get("labels") or {}
    return all(labels.get(key) == value for key, value in selector.items())


def _label(item: Object, label: str) -> str | None:
    value: str | None = (item["metadata"].get("labels") or {}).get(label)
    return value
