"""What is to be built and run in one environment? The Plan: every number decided, every decision with its reason."""

from collections.abc import Iterator

from kubeship.config.lock import Lock
from kubeship.config.process_schema import Process, Resources
from kubeship.config.schema import Configuration, Target
from kubeship.model.plan import IngressPlan, Plan, ProcessPlan, ReleasePlan, SecretKey
from kubeship.model.project import Interface
from kubeship.planning.commands import exec_form, process_command
from kubeship.planning.image import image_plan, pinned_server
from kubeship.planning.probes import probe
from kubeship.planning.reasons import reasons
from kubeship.planning.servers import SERVERS

UNDEPLOYED_TAG = "set-by-deploy"
"""A tag that no registry holds, so that a stray `kubectl apply` fails instead of running `latest`."""
PRE_STOP_SECONDS = 5
"""How long endpoints may still send requests to a pod that is going."""
SPARE_SECONDS = 5
"""Between the server's own patience and SIGKILL."""
WORKER_GRACE_SECONDS = 60
"""What a worker gets to finish its task."""
DEFAULT_GRACE_SECONDS = 30
"""Kubernetes' own default."""


def plan(
    configuration: Configuration, target: Target, environment: str, lock: Lock, base: Configuration | None = None
) -> Plan:
    """The Plan of one environment.

    `base` is kubeship.yaml without any overlay, which the image is made from; `configuration` where it is None.
    Raises InvalidInput for a command line that can't be read.
    """
    shared = base or configuration
    pinned = pinned_server(configuration, lock) is not None
    return Plan(
        name=configuration.name,
        environment=environment,
        namespace=target.namespace,
        image=configuration.image,
        reference=lock.images.get(environment) or f"{configuration.image}:{UNDEPLOYED_TAG}",
        processes=tuple(
            _process(name, process, configuration, pinned) for name, process in configuration.processes.items()
        ),
        release=tuple(_releases(configuration)),
        dockerfile=image_plan(shared, lock),
        variables=_variables(configuration),
        secrets=tuple(_secrets(configuration)),
        image_pull_secrets=tuple(configuration.image_pull_secrets),
        reasons=reasons(configuration, lock),
    )


def _process(name: str, process: Process, configuration: Configuration, pinned: bool) -> ProcessPlan:
    return ProcessPlan(
        name=name,
        full_name=f"{configuration.name}-{name}",
        kind=process.kind,
        interface=_interface(process),
        entrypoint=process.entrypoint,
        command=process_command(process, f"processes.{name}", pinned),
        replicas=process.replicas.min if process.kind in {"web", "worker"} else 1,
        cpu=process.resources.cpu,
        memory=process.resources.memory,
        port=process.port,
        probe=probe(process),
        ingress=_ingress(process, configuration),
        schedule=process.schedule,
        pre_stop_seconds=PRE_STOP_SECONDS if process.kind == "web" else 0,
        grace_seconds=_grace_seconds(process),
    )


def _interface(process: Process) -> Interface:
    server = SERVERS.get(process.server or "")
    return server.interface if server and process.interface == "none" else process.interface


def _ingress(process: Process, configuration: Configuration) -> IngressPlan | None:
    if not process.hosts:
        return None
    return IngressPlan(tuple(process.hosts), configuration.ingress.class_, configuration.ingress.tls)


def _grace_seconds(process: Process) -> int:
    match process.kind:
        case "web":
            return PRE_STOP_SECONDS + (process.timeout or SERVERS["gunicorn"].timeout) + SPARE_SECONDS
        case "worker" | "singleton":
            return WORKER_GRACE_SECONDS
        case "cron":
            return DEFAULT_GRACE_SECONDS


def _releases(configuration: Configuration) -> Iterator[ReleasePlan]:
    # A release step imports the same code as the web process, so it gets the same memory.
    web = next(
        (process.resources for process in configuration.processes.values() if process.kind == "web"), Resources()
    )
    for order, step in enumerate(configuration.release, start=1):
        name = "release" if order == 1 else f"release-{order}"
        yield ReleasePlan(
            name=name,
            full_name=f"{configuration.name}-{name}",
            order=order,
            command=exec_form(step.command, f"release[{order - 1}].command"),
            rollback=step.rollback,
            cpu=web.cpu,
            memory=web.memory,
        )


def _variables(configuration: Configuration) -> dict[str, str]:
    """As stated, and PORT where a web process' own command line asks for it, as Procfile hosts set it."""
    stated = dict(configuration.variables)
    for process in configuration.processes.values():
        if process.port is not None and process.command and ("$PORT" in process.command or "${PORT" in process.command):
            stated.setdefault("PORT", str(process.port))
    return stated


def _secrets(configuration: Configuration) -> Iterator[SecretKey]:
    if configuration.secrets is not None:
        for variable in configuration.secrets.keys:
            yield SecretKey(variable, configuration.secrets.source, variable)
