"""What does inspection's Project mean for kubeship.yaml? Each value at its path, with its origin."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kubeship.config.editing import KeyPath
from kubeship.config.server import Server
from kubeship.config.variables import build_variables, secret_keys, service_variables
from kubeship.model.origin import Origin
from kubeship.model.project import ProcessFound, Project

PLATFORM = "linux/amd64"
ROLLOUT_TIMEOUT = "10m"
ADDED = Origin(reason="added by kubeship, pinned in kubeship.lock")
WEB_REPLICAS = 2
WEB_RESOURCES = {"cpu": "250m", "memory": "256Mi"}


@dataclass(frozen=True)
class Finding:
    """A value for one path of kubeship.yaml."""

    path: KeyPath
    value: Any
    origins: tuple[Origin, ...] = ()

    @property
    def key(self) -> str:
        """`processes.web.port`."""
        return ".".join(self.path)

    @property
    def origin(self) -> str:
        """For kubeship.lock: every place with its line."""
        return "; ".join(str(each) for each in self.origins if str(each)) or "kubeship's default"

    @property
    def comment(self) -> str:
        """For kubeship.yaml: the strongest place without its line, in one line."""
        first = self.origins[0] if self.origins else Origin()
        return " ".join(str(Origin(first.path, None, first.reason)).split())


def findings(project: Project, name: str, environment: str, servers: Mapping[str, Server]) -> tuple[Finding, ...]:
    """Everything that kubeship.yaml says without a person's help, in the order of the file.

    `name` is the app's effective name, from which image, Secret and namespace get theirs.
    """
    return tuple(each for each in _all(project, name, environment, servers) if each.value is not None)


def _all(project: Project, name: str, environment: str, servers: Mapping[str, Server]) -> Iterator[Finding]:
    yield Finding(("version",), 1)
    yield Finding(("name",), project.name.value, project.name.origins)
    yield Finding(("image",), name)
    yield Finding(("python",), project.python.value, project.python.origins)
    yield Finding(("platform",), PLATFORM)
    for key in ("root", "import_root"):
        yield Finding((key,), None if getattr(project, key) == "." else getattr(project, key))
    yield from _dependencies(project)
    yield from _build(project)
    for process in project.processes:
        yield from _process(process, project, servers)
    yield Finding(
        ("release",),
        [{"command": step.command, "rollback": "safe"} for step in project.release] or None,
        tuple(origin for step in project.release for origin in step.origins),
    )
    for setting in project.settings:
        variable, value = setting.value
        yield Finding(("variables", variable), value, setting.origins)
    secret = secret_keys(project)
    yield Finding(("secrets", "from"), name if secret else None, (Origin(reason="a Secret in the namespace"),))
    yield Finding(
        ("secrets", "keys"),
        [variable.name for variable in secret] or None,
        tuple(origin for variable in secret for origin in variable.origins[:1]),
    )
    for service, address in service_variables(project):
        yield Finding(("services", service.value, "from"), address.name, service.origins)
    yield Finding(("rollout", "timeout"), ROLLOUT_TIMEOUT)
    yield Finding(("environments", environment, "namespace"), name)


def _dependencies(project: Project) -> Iterator[Finding]:
    stated, origins = project.dependencies.value, project.dependencies.origins
    yield Finding(("dependencies", "manager"), stated.manager, origins)
    for key in ("files", "groups", "extras", "indexes"):
        yield Finding(("dependencies", key), list(getattr(stated, key)) or None, origins)
    yield Finding(("dependencies", "hashes"), stated.hashes or None, origins)
    for key in ("build", "runtime"):
        packages = getattr(project.system_packages, key)
        origins = tuple(origin for package in packages for origin in package.origins)
        yield Finding(("system_packages", key), [package.value for package in packages] or None, origins)


def _build(project: Project) -> Iterator[Finding]:
    if project.dockerfile is not None:
        yield Finding(("build", "dockerfile"), project.dockerfile.value, project.dockerfile.origins)
    origins = tuple(origin for step in project.build_steps for origin in step.origins)
    yield Finding(("build", "steps"), [step.command for step in project.build_steps] or None, origins)
    reason = (Origin(reason="stand-ins for steps and verification; never in the image"),)
    for name, value in build_variables(project).items():
        yield Finding(("build", "variables", name), value, reason)


def _process(process: ProcessFound, project: Project, servers: Mapping[str, Server]) -> Iterator[Finding]:
    def at(key: str, value: Any, origins: Sequence[Origin] = ()) -> Finding:
        return Finding(("processes", process.name, key), value, tuple(origins))

    yield at("kind", process.kind, process.origins if process.entrypoint is None else ())
    server = servers.get(process.server or "")
    if process.entrypoint is not None and process.server is not None:
        if server and process.interface not in {server.interface, "none"}:
            yield at("interface", process.interface)
        yield at("entrypoint", process.entrypoint, process.origins)
        added = server is not None and server.distribution not in project.distributions
        yield at("server", process.server, (ADDED,) if added else ())
    else:
        yield at("command", process.command, process.origins)
    if server and process.entrypoint is not None:
        yield at("workers", server.workers, (Origin(reason=server.reason),))
        yield at("threads", server.threads)
        yield at("timeout", server.timeout, (Origin(reason="seconds"),))
    yield at("port", process.port)
    if process.health is not None:
        yield Finding(("processes", process.name, "health", "path"), process.health.value, process.health.origins)
    yield at("schedule", process.schedule)
    if process.kind == "web":
        yield at("replicas", WEB_REPLICAS, (Origin(reason="one may go while the other serves"),))
        for key, value in WEB_RESOURCES.items():
            yield Finding(("processes", process.name, "resources", key), value)
