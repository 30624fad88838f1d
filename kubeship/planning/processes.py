"""What runs for one process: its command, numbers, probes, volumes, routes, and who watches it?"""

from kubeship.config.lock import Lock
from kubeship.config.pins import spoken
from kubeship.config.process_schema import Process, Resources
from kubeship.config.schema import Configuration, Target
from kubeship.model.plan import ProcessPlan
from kubeship.model.surroundings import CronPlan, ScalingPlan
from kubeship.planning import observing, storage
from kubeship.planning.added import server_release
from kubeship.planning.commands import asks_for_port, process_command
from kubeship.planning.controllers import controller_of
from kubeship.planning.durations import seconds
from kubeship.planning.probes import min_ready_seconds, probe
from kubeship.planning.routes import ingress, service_annotations
from kubeship.planning.servers import SERVERS
from kubeship.planning.sizing import half
from kubeship.planning.static import front_process, static_server
from kubeship.planning.stopping import PRE_STOP_SECONDS, grace_seconds, pre_stop_command, pre_stop_seconds

SCALED_AT = 70
"""Percent of the requested CPU at which an autoscaler adds a pod, where nothing is said: room for the time it takes."""


def process_plan(name: str, configuration: Configuration, target: Target, environment: str, lock: Lock) -> ProcessPlan:
    """One process of kubeship.yaml. Raises InvalidInput."""
    process = configuration.processes[name]
    path = f"processes.{name}"
    stated = process_command(process, path, server_release(process.server, lock))
    command = observing.launched(observing.logged(stated, process, configuration), configuration)
    front = name == front_process(configuration)
    drain = drain_seconds(process, configuration)
    return ProcessPlan(
        name=name,
        full_name=f"{configuration.name}-{name}",
        kind=process.kind,
        interface=spoken(process, SERVERS),
        entrypoint=process.entrypoint,
        command=command,
        replicas=process.replicas.min if process.kind in {"web", "worker"} else 1,
        cpu=process.resources.cpu,
        memory=process.resources.memory,
        port=process.port,
        probe=probe(process, path, python=configuration.build.bundle is None),
        ingress=ingress(name, process, configuration, target.namespace),
        schedule=process.schedule,
        pre_stop_seconds=pre_stop_seconds(process, drain),
        pre_stop_command=pre_stop_command(process),
        grace_seconds=grace_seconds(process, drain),
        variables=_variables(name, process, configuration, environment),
        static=static_server(configuration) if front else None,
        cpu_limit=process.resources.cpu_limit,
        memory_limit=process.resources.memory_limit,
        gpu=process.resources.gpu or 0,
        gpu_resource=process.resources.gpu_resource,
        shared_memory=shared_memory(process.resources),
        node_selector=process.node_selector,
        volumes=storage.volumes(name, configuration),
        recreate=storage.recreated(name, process, configuration),
        min_ready_seconds=min_ready_seconds(name, process, configuration),
        scaling=_scaling(process),
        cron=_cron(process),
        grpc=process.is_grpc,
        sticky=process.sticky,
        service_annotations=service_annotations(name, process, configuration, target.namespace),
        metrics=observing.metrics_plan(process, behind_server=front),
        labels=observing.labels(name, environment, configuration),
        annotations=observing.annotations(name, process, configuration),
    )


def web_resources(configuration: Configuration) -> Resources:
    """Those of the first web process, which imports all of the app."""
    web = (process.resources for process in configuration.processes.values() if process.kind == "web")
    return next(web, Resources())


def drain_seconds(process: Process, configuration: Configuration) -> int:
    """How long requests may still come to a pod that is going: as long as whoever sends them needs to hear of it."""
    if not process.hosts or configuration.ingress.gateway:
        return PRE_STOP_SECONDS
    controller = controller_of(configuration.ingress.controller, configuration.ingress.class_)
    return controller.drain_seconds if controller else PRE_STOP_SECONDS


def shared_memory(resources: Resources) -> str | None:
    """PyTorch's loaders hand tensors over in /dev/shm, and the 64 MiB that engines give are soon full."""
    if resources.shared_memory:
        return resources.shared_memory
    return half(resources.memory_limit or resources.memory) if resources.gpu else None


def _scaling(process: Process) -> ScalingPlan | None:
    stated = process.replicas
    if not stated.autoscaled or stated.max is None or process.kind not in {"web", "worker"}:
        return None
    cpu = stated.cpu if stated.cpu or stated.memory else SCALED_AT
    return ScalingPlan(stated.min, stated.max, cpu, stated.memory, seconds(stated.scale_down))


def _cron(process: Process) -> CronPlan:
    return CronPlan(
        time_zone=process.time_zone,
        concurrency=process.concurrency.capitalize(),
        start_deadline_seconds=seconds(process.start_deadline),
        time_limit_seconds=seconds(process.time_limit) if process.time_limit else None,
        retries=process.retries,
        succeeded=process.history.succeeded,
        failed=process.history.failed,
    )


def _variables(name: str, process: Process, configuration: Configuration, environment: str) -> dict[str, str]:
    """PORT where the process may ask for it, as Procfile hosts set it: its command line does, or it serves itself."""
    command = process.command or ""
    asks = asks_for_port(command) or (process.kind == "web" and process.server not in SERVERS)
    port = {"PORT": str(process.port)} if process.port is not None and asks else {}
    return port | observing.variables(name, environment, configuration)
