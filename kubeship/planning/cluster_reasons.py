"""Why does a process have the limits, pods, routes and volumes that it has? One sentence a path, for `explain`."""

from collections.abc import Iterator

from kubeship.config.process_schema import Process
from kubeship.config.schema import Configuration
from kubeship.planning.controllers import CONTROLLERS, controller_of
from kubeship.planning.probes import min_ready_seconds
from kubeship.planning.processes import SCALED_AT, drain_seconds, shared_memory
from kubeship.planning.routes import BODY_KILOBYTES, silence_seconds
from kubeship.planning.stopping import PRE_STOP_SECONDS
from kubeship.planning.storage import recreated


def app_reasons(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """(path, sentence) of what the processes have in common."""
    stated = configuration.ingress
    if any(process.hosts for process in configuration.processes.values()) and not stated.gateway:
        yield "ingress.controller", _controller(configuration)
        if stated.body is None and controller_of(stated.controller, stated.class_) is CONTROLLERS["nginx"]:
            size = configuration.static.body if configuration.static else f"{BODY_KILOBYTES // 1024}m"
            yield "ingress.body", f"{size}, in place of ingress-nginx' 1m, which refuses most uploads"
        if stated.redirect is None and controller_of(stated.controller, stated.class_) is CONTROLLERS["traefik"]:
            yield (
                "ingress.redirect",
                "Traefik redirects at its entrypoint, if anywhere; true writes a Middleware, which needs its CRDs",
            )
    if configuration.permissions:
        yield "permissions", "the pods get their account's token, since these rules are of no use without it"
    if configuration.network_policy:
        yield (
            "network_policy",
            "the app's pods reach one another, DNS in kube-system (and a node's cache of it), and what egress names; "
            "the cluster's network plugin must enforce policies",
        )
    if configuration.secrets and configuration.secrets.store:
        yield (
            "secrets.store",
            f"External Secrets makes the Secret {configuration.secrets.source} of what "
            f"{configuration.secrets.store} has at {configuration.secrets.path or configuration.name}",
        )


def process_reasons(name: str, configuration: Configuration) -> Iterator[tuple[str, str]]:
    """(path, sentence) of one process."""
    process, path = configuration.processes[name], f"processes.{name}"
    yield from _resources(process, path)
    yield from _pods(name, process, configuration)
    if process.kind == "cron":
        yield f"{path}.start_deadline", f"a run that is more than {process.start_deadline} late is left out"
        if process.concurrency == "forbid":
            yield (
                f"{path}.concurrency",
                "a run that isn't done keeps the next one from starting, so it never runs twice",
            )
    if process.hosts and not configuration.ingress.gateway:
        seconds = silence_seconds(process, configuration)
        why = (
            "an open stream may be silent for long"
            if process.streams
            else "a request's own timeout and 5 s to spare, at least 60"
        )
        yield f"{path}.silence", f"{seconds} s until the ingress controller gives up: {why}"
    if (
        process.sticky
        and process.hosts
        and controller_of(configuration.ingress.controller, configuration.ingress.class_) is None
    ):
        yield (
            f"{path}.sticky",
            "holds in the cluster only: with ingress.class, requests from outside get a cookie too",
        )
    if drain_seconds(process, configuration) > PRE_STOP_SECONDS:
        drain = drain_seconds(process, configuration)
        yield (
            f"{path}.drain_seconds",
            f"{drain} s: the load balancer is outside of the cluster, and hears late of a pod's end",
        )


def _controller(configuration: Configuration) -> str:
    stated = configuration.ingress
    controller = controller_of(stated.controller, stated.class_)
    name = next((each for each, known in CONTROLLERS.items() if known is controller), None)
    if name is None:
        return "not known from the class, so no annotations are written: the controller's own defaults hold"
    return (
        f"{name}, by {'its name' if stated.controller else f'the class {stated.class_}'}: annotations are in its words"
    )


def _resources(process: Process, path: str) -> Iterator[tuple[str, str]]:
    resources = process.resources
    if resources.memory_limit is None:
        yield (
            f"{path}.resources.memory",
            "request and limit are the same, so that the node has what the pod may use; "
            "kubeship verify --write measures the need and adds a quarter",
        )
    if resources.cpu_limit is None:
        yield (
            f"{path}.resources.cpu_limit",
            "none: idle CPU of the node is used, and the request keeps the pod's own share",
        )
    size = shared_memory(resources)
    if size and resources.shared_memory is None:
        yield (
            f"{path}.resources.shared_memory",
            f"{size}, half of the memory limit, of which it is a part: loaders of PyTorch share tensors in /dev/shm",
        )


def _pods(name: str, process: Process, configuration: Configuration) -> Iterator[tuple[str, str]]:
    path = f"processes.{name}"
    if process.replicas.autoscaled:
        at = process.replicas.cpu if process.replicas.cpu or process.replicas.memory else SCALED_AT
        percent = f"{at} % of the CPU request" if at else f"{process.replicas.memory} % of the memory request"
        yield (
            f"{path}.replicas",
            f"an autoscaler keeps {process.replicas.min} to {process.replicas.max} pods at {percent}; "
            "the workload itself names no number",
        )
    if seconds := min_ready_seconds(name, process, configuration):
        yield (
            f"{path}.min_ready_seconds",
            f"{seconds} s: nothing asks the process, so that Kubernetes would call a pod available the moment that it "
            "starts, and take the old one away for one that crashes",
        )
    if any(volume.per_replica for volume in process.volumes):
        yield f"{path}.volumes", "a StatefulSet, since each pod keeps a volume of its own"
    elif recreated(name, process, configuration):
        yield f"{path}.volumes", "the old pod goes before the new one starts, since one node holds the volume at a time"
