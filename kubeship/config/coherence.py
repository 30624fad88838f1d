"""Which parts of kubeship.yaml contradict one another? The first sentence that says what, and what to do."""

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubeship.config.process_schema import REPLICATED, Process
from kubeship.config.storage_schema import ONE_NODE

if TYPE_CHECKING:
    from kubeship.config.schema import Configuration

RELEASE = "release"
"""In `volumes.NAME.processes`: release steps."""
LOGGING = "gunicorn"
"""The server whose log kubeship knows to write as JSON."""


def incoherence(configuration: "Configuration") -> str | None:
    """None where everything fits together."""
    return next(_all(configuration), None)


def mounters(configuration: "Configuration", volume: str) -> tuple[str, ...]:
    """The processes that mount a shared volume."""
    stated = configuration.volumes[volume].processes
    return tuple(configuration.processes) if stated is None else tuple(stated)


def _all(configuration: "Configuration") -> Iterator[str]:
    yield from _shared_volumes(configuration)
    yield from _mounts(configuration)
    yield from _network(configuration)
    yield from _logs(configuration)
    if configuration.ingress.gateway:
        for name, process in configuration.processes.items():
            if process.sticky:
                yield (
                    f"processes.{name}.sticky: routes of a Gateway have no session affinity that all controllers know; "
                    "use an Ingress, or keep sessions outside of the pods"
                )


def _shared_volumes(configuration: "Configuration") -> Iterator[str]:
    for name, volume in configuration.volumes.items():
        known = {*configuration.processes, RELEASE}
        for process in volume.processes or ():
            if process not in known:
                yield f"volumes.{name}.processes: there is no process {process}; there are {', '.join(sorted(known))}"
        if volume.access not in ONE_NODE:
            continue
        mounting = mounters(configuration, name)
        several = next((each for each in mounting if _most_pods(configuration.processes.get(each)) > 1), None)
        if several:
            yield (
                f"volumes.{name}: {volume.access} can be mounted on one node only, and {several} may have several "
                f"pods; write access: ReadWriteMany (with a class that has it), or processes.{several}.replicas: 1"
            )
        elif volume.access == "ReadWriteOncePod" and len(mounting) > 1:
            yield f"volumes.{name}: ReadWriteOncePod is for one pod, and {', '.join(mounting)} mount it"


def _most_pods(process: Process | None) -> int:
    if process is None or process.kind not in REPLICATED:
        return 1
    return process.replicas.max or process.replicas.min


def _mounts(configuration: "Configuration") -> Iterator[str]:
    """A path is mounted once in a container."""
    common = [("files", path) for path in configuration.files]
    common += [("writable", path) for path in configuration.writable]
    common += [("secrets.files", path) for path in (configuration.secrets.files if configuration.secrets else ())]
    for name, process in configuration.processes.items():
        mounts = [("kubeship", "/tmp"), *common]  # noqa: S108  # it is mounted in every pod
        mounts += [
            (f"volumes.{volume}", configuration.volumes[volume].path)
            for volume in configuration.volumes
            if name in mounters(configuration, volume)
        ]
        mounts += [(f"processes.{name}.volumes", volume.path) for volume in process.volumes]
        seen: dict[str, str] = {}
        for key, path in mounts:
            place = in_image(path)
            if place in seen:
                both = key if seen[place] == key else f"{seen[place]} and {key}"
                yield f"{both}: {path} is mounted twice in {name}; give one of them another path"
            if place == "/":
                yield f"{key}: the whole container can't be one mount; name a folder"
            seen[place] = key


def in_image(path: str) -> str:
    """The absolute path of one that is relative to kubeship.yaml: in the image the project is /app."""
    return posixpath.normpath(posixpath.join("/app", path))


def _network(configuration: "Configuration") -> Iterator[str]:
    policy = configuration.network_policy
    if not policy:
        return
    if configuration.services and not policy.egress:
        yield (
            f"network_policy.egress: {', '.join(sorted(configuration.services))} would be cut off; say where they are, "
            "such as egress: [{namespace: databases, ports: [5432]}] or [{cidr: 10.0.0.0/8}]"
        )
    hosts = next((name for name, process in configuration.processes.items() if process.hosts), None)
    if hosts and policy.ingress_namespace is None:
        yield (
            f"network_policy.ingress_namespace: {hosts} has hosts, and requests for them would be cut off; name the "
            "namespace of the ingress controller"
        )


def _logs(configuration: "Configuration") -> Iterator[str]:
    if configuration.logs is None or configuration.logs.format is None:
        return
    for name, process in configuration.processes.items():
        if process.kind == "web" and (process.server != LOGGING or process.command is not None):
            yield (
                f"logs.format: kubeship writes the log of {LOGGING} as JSON, and {name} runs "
                f"{process.command or process.server or process.entrypoint}; let the app log JSON itself, "
                f"and leave logs.format out, or set processes.{name}.server: {LOGGING}"
            )
