"""Which Kubernetes objects does a Plan have, and under which file name?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from kubeship import yaml_io
from kubeship.model.objects import Object
from kubeship.model.plan import Plan, ProcessPlan, ReleasePlan
from kubeship.rendering.server_config import server_config
from kubeship.rendering.templates import manifest_templates

OTHER_IMAGES_USER = 10001
"""Who runs an image whose Dockerfile kubeship didn't write: "restricted" wants a number."""


@dataclass(frozen=True)
class ProcessManifest:
    """One object that a process may have."""

    kind: str
    """In lower case: the name of its template, and the end of its file's name."""
    wanted: Callable[[ProcessPlan], bool]


PROCESS_MANIFESTS = (
    ProcessManifest("configmap", lambda process: process.static is not None),
    ProcessManifest("cronjob", lambda process: process.kind == "cron"),
    ProcessManifest("deployment", lambda process: process.kind != "cron"),
    ProcessManifest("ingress", lambda process: process.ingress is not None and bool(process.ingress.hosts)),
    ProcessManifest("poddisruptionbudget", lambda process: process.kind in {"web", "worker"} and process.replicas > 1),
    ProcessManifest("service", lambda process: process.port is not None and process.kind != "cron"),
)


def manifests(plan: Plan) -> dict[str, Object]:
    """Every object of the Plan by file name (`web-deployment.yaml`), keys in the order in which people read them."""
    return dict(_manifests(plan))


def _manifests(plan: Plan) -> Iterator[tuple[str, Object]]:
    yield f"{plan.name}-serviceaccount.yaml", _rendered("serviceaccount", plan)
    for step in plan.release:
        yield f"{step.name}-job.yaml", _rendered("job", plan, release=step, process=_as_process(step))
    for process in plan.processes:
        for manifest in PROCESS_MANIFESTS:
            if manifest.wanted(process):
                yield f"{process.name}-{manifest.kind}.yaml", _rendered(manifest.kind, plan, process=process)


def _rendered(kind: str, plan: Plan, **context: Any) -> Object:
    template = manifest_templates().get_template(f"{kind}.yaml.j2")
    user = plan.dockerfile.user if plan.dockerfile else OTHER_IMAGES_USER
    text = template.render(plan=plan, user=user, config=server_config(context.get("process")), **context)
    rendered: Object = yaml_io.load(text, f"{kind}.yaml.j2")
    return rendered


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
    )
