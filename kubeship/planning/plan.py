"""What is to be built and run in one environment? The Plan: every number decided, every decision with its reason."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kubeship.config.coherence import RELEASE
from kubeship.config.lock import Lock
from kubeship.config.schema import Configuration, Target
from kubeship.model.plan import Plan, ReleasePlan, SecretKey
from kubeship.planning import observing, rights, storage
from kubeship.planning.commands import exec_form
from kubeship.planning.durations import seconds
from kubeship.planning.image import image_plan
from kubeship.planning.patches import patches_of
from kubeship.planning.processes import process_plan, web_resources
from kubeship.planning.reasons import reasons

UNDEPLOYED_TAG = "set-by-deploy"
"""A tag that no registry holds, so that a stray `kubectl apply` fails instead of running `latest`."""
NO_SOURCES: Mapping[str, str] = MappingProxyType({})


def plan(
    configuration: Configuration,
    target: Target,
    environment: str,
    lock: Lock,
    base: Configuration | None = None,
    *,
    sources: Mapping[str, str] = NO_SOURCES,
) -> Plan:
    """The Plan of one environment.

    `base` is kubeship.yaml without any overlay, which the image is made from; `configuration` where it is None.
    `sources` is the text of the project's files that `files` names.
    Raises InvalidInput for a command line that can't be read, and for a wish that can't be fulfilled.
    """
    shared = base or configuration
    return Plan(
        name=configuration.name,
        environment=environment,
        namespace=target.namespace,
        image=configuration.image,
        reference=lock.images.get(environment) or f"{configuration.image}:{UNDEPLOYED_TAG}",
        processes=tuple(
            process_plan(name, configuration, target, environment, lock) for name in configuration.processes
        ),
        release=tuple(_releases(configuration, environment)),
        dockerfile=image_plan(shared, lock),
        variables=dict(configuration.variables),
        secrets=tuple(_secrets(configuration)),
        image_pull_secrets=tuple(configuration.image_pull_secrets),
        claims=storage.claims(configuration),
        files=storage.files(configuration, sources),
        writable=storage.writable(configuration),
        secret_files=storage.secret_files(configuration),
        external_secret=rights.external_secret(configuration),
        network=rights.network(configuration),
        service_account=rights.account(configuration),
        patches=tuple(patches_of(configuration.patches, environment)),
        reasons=reasons(configuration, lock),
    )


def _releases(configuration: Configuration, environment: str) -> Iterator[ReleasePlan]:
    # A release step imports the same code as the web process, so it gets the same memory.
    web = web_resources(configuration)
    for order, step in enumerate(configuration.release, start=1):
        if step.rollback not in ("safe", "never"):
            exec_form(step.rollback, f"release[{order - 1}].rollback")  # refused now, not when it is needed
        name = "release" if order == 1 else f"release-{order}"
        yield ReleasePlan(
            name=name,
            full_name=f"{configuration.name}-{name}",
            order=order,
            command=exec_form(step.command, f"release[{order - 1}].command"),
            rollback=step.rollback,
            cpu=web.cpu,
            memory=web.memory,
            time_limit_seconds=seconds(step.time_limit),
            volumes=storage.volumes(RELEASE, configuration),
            variables=observing.variables(name, environment, configuration),
        )


def _secrets(configuration: Configuration) -> Iterator[SecretKey]:
    if configuration.secrets is not None:
        for variable in configuration.secrets.keys:
            yield SecretKey(variable, configuration.secrets.source, variable)
        for variable in configuration.secrets.optional:
            yield SecretKey(variable, configuration.secrets.source, variable, optional=True)
