"""Which Kubernetes objects does a Plan have, and under which file name?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kubeship import yaml_io
from kubeship.model.objects import Object
from kubeship.model.plan import Plan, ProcessPlan, ReleasePlan
from kubeship.rendering.config_maps import files_config, server_config
from kubeship.rendering.templates import manifest_templates

OTHER_IMAGES_USER = 10001
"""Who runs an image whose Dockerfile kubeship didn't write: "restricted" wants a number."""


@dataclass(frozen=True)
class AppManifest:
    """One object that an app may have once."""

    template: str
    wanted: Callable[[Plan], bool]


@dataclass(frozen=True)
class ProcessManifest:
    """One object that a process may have."""

    template: str
    wanted: Callable[[Plan, ProcessPlan], bool]
    suffix: str = ""
    """What sets the file's name apart from that of another object of the same kind."""


APP_MANIFESTS = (
    AppManifest("externalsecret", lambda plan: plan.external_secret is not None),
    AppManifest("files", lambda plan: bool(plan.files)),
    AppManifest("networkpolicy", lambda plan: plan.network is not None),
    AppManifest("role", lambda plan: bool(plan.account.rules)),
    AppManifest("rolebinding", lambda plan: bool(plan.account.rules)),
    AppManifest("serviceaccount", lambda plan: not plan.account.exists),
)
PROCESS_MANIFESTS = (
    ProcessManifest("configmap", lambda plan, process: process.static is not None),
    ProcessManifest("cronjob", lambda plan, process: process.kind == "cron"),
    ProcessManifest("deployment", lambda plan, process: process.kind != "cron" and not process.stateful),
    ProcessManifest("headless", lambda plan, process: process.stateful, "-headless"),
    ProcessManifest("horizontalpodautoscaler", lambda plan, process: process.scaling is not None),
    ProcessManifest("httproute", lambda plan, process: _routed(process)),
    ProcessManifest("inbound", lambda plan, process: bool(_inbound(plan, process))),
    ProcessManifest(
        "ingress", lambda plan, process: bool(process.ingress and process.ingress.hosts) and not _routed(process)
    ),
    ProcessManifest("monitor", lambda plan, process: _monitored(process)),
    ProcessManifest(
        "poddisruptionbudget", lambda plan, process: process.kind in {"web", "worker"} and _pods(process) > 1
    ),
    ProcessManifest("redirect", lambda plan, process: _redirected(process), "-redirect"),
    ProcessManifest("service", lambda plan, process: process.port is not None and process.kind != "cron"),
    ProcessManifest("statefulset", lambda plan, process: process.stateful),
)


def manifests(plan: Plan) -> dict[str, Object]:
    """Every object of the Plan by file name (`web-deployment.yaml`), keys in the order in which people read them."""
    return dict(_manifests(plan))


def _manifests(plan: Plan) -> Iterator[tuple[str, Object]]:
    for app_manifest in APP_MANIFESTS:
        if app_manifest.wanted(plan):
            yield _named(plan.name, _rendered(app_manifest.template, plan))
    for volume in plan.claims:
        yield _named(volume.name, _rendered("persistentvolumeclaim", plan, volume=volume))
    for step in plan.release:
        yield _named(step.name, _rendered("job", plan, release=step, process=_as_process(step)))
    for process in plan.processes:
        for manifest in PROCESS_MANIFESTS:
            if manifest.wanted(plan, process):
                item = _rendered(manifest.template, plan, process=process, inbound=_inbound(plan, process))
                yield _named(f"{process.name}{manifest.suffix}", item)
        for middleware in process.ingress.middlewares if process.ingress else ():
            ending = middleware.name.removeprefix(process.full_name)
            item = _rendered("middleware", plan, process=process, middleware=middleware)
            yield _named(f"{process.name}{ending}", item)


def _named(start: str, item: Object) -> tuple[str, Object]:
    """The file's name ends in the object's kind."""
    return f"{start}-{item['kind'].lower()}.yaml", item


def _rendered(name: str, plan: Plan, **context: Any) -> Object:
    template = manifest_templates().get_template(f"{name}.yaml.j2")
    user = plan.dockerfile.user if plan.dockerfile else OTHER_IMAGES_USER
    config, files = server_config(context.get("process")), files_config(plan)
    text = template.render(plan=plan, user=user, config=config, files=files, **context)
    rendered: Object = yaml_io.load(text, f"{name}.yaml.j2")
    return rendered


def _pods(process: ProcessPlan) -> int:
    """The least number of pods."""
    return process.scaling.min if process.scaling else process.replicas


def _monitored(process: ProcessPlan) -> bool:
    return process.metrics is not None and process.metrics.kind != "annotations"


def _routed(process: ProcessPlan) -> bool:
    return process.ingress is not None and process.ingress.gateway is not None


def _redirected(process: ProcessPlan) -> bool:
    gateway = process.ingress.gateway if process.ingress else None
    return gateway is not None and gateway.http_listener is not None


def _inbound(plan: Plan, process: ProcessPlan) -> tuple[tuple[str, int], ...]:
    """(namespace, port) of whoever connects to a process from outside of the app."""
    network, found = plan.network, []
    if network and network.ingress_namespace and process.ingress and process.port:
        found.append((network.ingress_namespace, process.static.port if process.static else process.port))
    if network and network.monitoring_namespace and process.metrics:
        found.append((network.monitoring_namespace, process.metrics.port))
    return tuple(found)


def _as_process(step: ReleasePlan) -> ProcessPlan:
    """What runs in a release step's pod: a process without a port."""
    return ProcessPlan(
        name=step.name,
        full_name=step.full_name,
        kind="worker",
        interface="none",
        entrypoint=None,
        command=step.command,
        replicas=1,
        cpu=step.cpu,
        memory=step.memory,
        variables=step.variables,
        volumes=step.volumes,
    )
