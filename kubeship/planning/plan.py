"""What is to be built and run in one environment? The Plan: every number decided, every decision with its reason."""

from collections.abc import Iterator

from kubeship.config.lock import Lock
from kubeship.config.pins import spoken
from kubeship.config.process_schema import Process, Resources
from kubeship.config.schema import Configuration, Target
from kubeship.model.plan import IngressPlan, Plan, ProcessPlan, ReleasePlan, SecretKey
from kubeship.planning.added import is_pinned
from kubeship.planning.commands import asks_for_port, exec_form, process_command
from kubeship.planning.image import image_plan
from kubeship.planning.patches import patches_of
from kubeship.planning.probes import probe
from kubeship.planning.reasons import reasons
from kubeship.planning.servers import SERVERS
from kubeship.planning.static import front_process, static_server
from kubeship.planning.stopping import grace_seconds, pre_stop_command, pre_stop_seconds

UNDEPLOYED_TAG = "set-by-deploy"
"""A tag that no registry holds, so that a stray `kubectl apply` fails instead of running `latest`."""


def plan(
    configuration: Configuration, target: Target, environment: str, lock: Lock, base: Configuration | None = None
) -> Plan:
    """The Plan of one environment.

    `base` is kubeship.yaml without any overlay, which the image is made from; `configuration` where it is None.
    Raises InvalidInput for a command line that can't be read.
    """
    shared = base or configuration
    return Plan(
        name=configuration.name,
        environment=environment,
        namespace=target.namespace,
        image=configuration.image,
        reference=lock.images.get(environment) or f"{configuration.image}:{UNDEPLOYED_TAG}",
        processes=tuple(
            _process(name, process, configuration, lock) for name, process in configuration.processes.items()
        ),
        release=tuple(_releases(configuration)),
        dockerfile=image_plan(shared, lock),
        variables=dict(configuration.variables),
        secrets=tuple(_secrets(configuration)),
        image_pull_secrets=tuple(configuration.image_pull_secrets),
        patches=tuple(patches_of(configuration.patches, environment)),
        reasons=reasons(configuration, lock),
    )


def _process(name: str, process: Process, configuration: Configuration, lock: Lock) -> ProcessPlan:
    path = f"processes.{name}"
    return ProcessPlan(
        name=name,
        full_name=f"{configuration.name}-{name}",
        kind=process.kind,
        interface=spoken(process, SERVERS),
        entrypoint=process.entrypoint,
        command=process_command(process, path, is_pinned(process.server, lock)),
        replicas=process.replicas.min if process.kind in {"web", "worker"} else 1,
        cpu=process.resources.cpu,
        memory=process.resources.memory,
        port=process.port,
        probe=probe(process, path, python=configuration.build.bundle is None),
        ingress=_ingress(process, configuration),
        schedule=process.schedule,
        pre_stop_seconds=pre_stop_seconds(process),
        pre_stop_command=pre_stop_command(process),
        grace_seconds=grace_seconds(process),
        variables=_variables(process),
        static=static_server(configuration) if name == front_process(configuration) else None,
    )


def _ingress(process: Process, configuration: Configuration) -> IngressPlan | None:
    if not process.hosts:
        return None
    return IngressPlan(tuple(process.hosts), configuration.ingress.class_, configuration.ingress.tls)


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


def _variables(process: Process) -> dict[str, str]:
    """PORT where the process may ask for it, as Procfile hosts set it: its command line does, or it serves itself."""
    command = process.command or ""
    asks = asks_for_port(command) or (process.kind == "web" and process.server not in SERVERS)
    return {"PORT": str(process.port)} if process.port is not None and asks else {}


def _secrets(configuration: Configuration) -> Iterator[SecretKey]:
    if configuration.secrets is not None:
        for variable in configuration.secrets.keys:
            yield SecretKey(variable, configuration.secrets.source, variable)
