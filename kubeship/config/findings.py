"""What does inspection's Project mean for kubeship.yaml? Each value at its path, with its origin."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kubeship.config.editing import KeyPath
from kubeship.config.observed import agent, streams
from kubeship.config.own_servers import own_command, own_variables
from kubeship.config.server import Server
from kubeship.config.serving import replicas, serving, sticky
from kubeship.config.stated_options import stated_options, with_file
from kubeship.config.variables import build_variables, demanded_keys, secret_keys, service_variables
from kubeship.model.origin import Found, Origin
from kubeship.model.project import ProcessFound, Project

PLATFORM = "linux/amd64"
ROLLOUT_TIMEOUT = "10m"
ADDED = Origin(reason="added by kubeship, pinned in kubeship.lock")
DOCKERFILES = Origin(reason="which the Dockerfile must install")
BROUGHT = (Origin(reason="the project brings it"),)
COMPUTED = "computed there; this is what fits a pod"
"""Why a number isn't the one of the server's own file: the CPUs that Python counts there are those of the node."""
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
    for process in project.processes:
        if process.kind == "web" and process.interface == "own-server":
            for variable, value in own_variables(process, project).items():
                yield Finding(("variables", variable), value, (Origin(reason="where the program listens"),))
    secret = secret_keys(project)
    yield Finding(("secrets", "from"), name if secret else None, (Origin(reason="a Secret in the namespace"),))
    demanded = demanded_keys(project)
    for key, variables in (("keys", demanded), ("optional", tuple(each for each in secret if each not in demanded))):
        yield Finding(
            ("secrets", key),
            [variable.name for variable in variables] or None,
            tuple(origin for variable in variables for origin in variable.origins[:1]),
        )
    for service, address in service_variables(project):
        yield Finding(("services", service.value, "from"), address.name, service.origins)
    yield Finding(("writable",), [folder.value for folder in project.writable] or None, _first(project.writable))
    watching, brought = agent(project)
    yield Finding(("monitoring",), watching, (brought,))
    yield Finding(("rollout", "timeout"), ROLLOUT_TIMEOUT)
    yield Finding(("environments", environment, "namespace"), name)


def _dependencies(project: Project) -> Iterator[Finding]:
    stated, origins = project.dependencies.value, project.dependencies.origins
    yield Finding(("dependencies", "manager"), stated.manager, origins)
    for key in ("files", "groups", "extras", "indexes"):
        yield Finding(("dependencies", key), list(getattr(stated, key)) or None, origins)
    yield Finding(("dependencies", "hashes"), stated.hashes or None, origins)
    yield Finding(("dependencies", "paths"), list(stated.paths) or None, (Origin(reason="installed from here"),))
    installed = (Origin(reason="its scripts, entry points or metadata are used"),)
    yield Finding(("dependencies", "package"), stated.package or None, installed)
    for key in ("build", "runtime"):
        packages = getattr(project.system_packages, key)
        origins = tuple(origin for package in packages for origin in package.origins)
        yield Finding(("system_packages", key), [package.value for package in packages] or None, origins)


def _build(project: Project) -> Iterator[Finding]:
    """Steps and front ends only for the Dockerfile that kubeship writes: the project's own says itself what runs."""
    if project.dockerfile is not None:
        yield Finding(("build", "dockerfile"), project.dockerfile.value, project.dockerfile.origins)
    else:
        origins = tuple(origin for step in project.build_steps for origin in step.origins)
        yield Finding(("build", "steps"), [step.command for step in project.build_steps] or None, origins)
        yield from _front_end(project)
    yield Finding(("build", "models"), [model.value for model in project.models] or None, _first(project.models))
    if project.accelerator is not None:
        yield Finding(("build", "accelerator"), project.accelerator.value, project.accelerator.origins)
    for name in project.dependencies.value.credentials:
        private = (Origin(project.dependencies.value.files[0], reason="a private index"),)
        yield Finding(("build", "secrets", name, "variable"), name, private)
    if variable := project.dependencies.value.version_variable:
        unversioned = (Origin(reason="the version comes from git, which isn't in the image"),)
        yield Finding(("build", "variables", variable), "0", unversioned)
    reason = (Origin(reason="stand-ins for steps and verification; never in the image"),)
    for name, value in build_variables(project).items():
        yield Finding(("build", "variables", name), value, reason)


def _front_end(project: Project) -> Iterator[Finding]:
    if (front := project.front_end) is not None:
        made = front.origins
        yield Finding(("build", "front_end", "path"), front.path, made)
        yield Finding(("build", "front_end", "manager"), front.manager if front.manager != "npm" else None)
        yield Finding(("build", "front_end", "command"), front.command if front.manager != "npm" else None)
        yield Finding(("build", "front_end", "output"), front.output, made)
        yield Finding(("build", "front_end", "node"), front.node or None)


def _first(found: Sequence[Found[str]]) -> tuple[Origin, ...]:
    return tuple(origin for each in found for origin in each.origins[:1])


def _process(process: ProcessFound, project: Project, servers: Mapping[str, Server]) -> Iterator[Finding]:
    def at(key: str, value: Any, origins: Sequence[Origin] = ()) -> Finding:
        return Finding(("processes", process.name, key), value, tuple(origins))

    served = serving(process, project, servers)
    command = own_command(process)
    yield at("kind", process.kind, process.origins if process.entrypoint is None else ())
    if served is not None:
        if process.interface != next(iter(served.server.numbers)):
            yield at("interface", process.interface)
        yield at("entrypoint", process.entrypoint, process.origins)
        added = served.server.distribution not in project.distributions
        bringing = (ADDED if project.dockerfile is None else DOCKERFILES,)
        yield at("server", served.server.name, bringing if added else served.server_origins)
        stated = stated_options(served.server.name, process.command, process.entrypoint or "")
        said = (Origin(reason="as the project's own command says"),)
        usual = (Origin(reason=served.numbers.reason),)
        own = with_file(stated, dict(each.value for each in process.numbers))

        def origins(key: str, otherwise: Sequence[Origin] = ()) -> Sequence[Origin]:
            """Of a value: the command line, the server's own file, which may leave it open, or `otherwise`."""
            if getattr(stated, key):
                return said
            found = next((each for each in process.numbers if each.value[0] == key), None)
            if found is None:
                return otherwise
            return found.origins if getattr(own, key) else (replace(found.origins[0], reason=f"{key} {COMPUTED}"),)

        yield at("worker_class", own.worker_class or served.worker_class, origins("worker_class", BROUGHT))
        yield at("workers", own.workers or served.numbers.workers, origins("workers", usual))
        threads = own.threads or served.numbers.threads
        yield at("threads", threads if threads > 1 else None, origins("threads"))
        yield at("timeout", own.timeout or served.server.timeout, origins("timeout", (Origin(reason="seconds"),)))
        yield at("options", stated.options or None, said)
    elif command is None and process.entrypoint is not None and process.server is not None:
        # Nothing is known beside the name: a question about it is open, or its server is a program of its own.
        yield at("entrypoint", process.entrypoint, process.origins)
        yield at("server", process.server)
    else:
        yield at("command", command, process.origins)
    yield at("port", process.port)
    yield from _health(process, project)
    yield at("schedule", process.schedule)
    if process.kind == "web":
        count, why = replicas(process, project)
        yield at("replicas", count, (why,))
        if stays := sticky(process, project):
            yield at("sticky", True, (stays,))
        if open_for_long := streams(process, project):
            yield at("streams", True, (open_for_long,))
        for key, value in WEB_RESOURCES.items():
            yield Finding(("processes", process.name, "resources", key), value)


def _health(process: ProcessFound, project: Project) -> Iterator[Finding]:
    path: KeyPath = ("processes", process.name, "health")
    if process.health is not None:
        yield Finding((*path, "path"), process.health.value, process.health.origins)
    elif process.kind == "web" and project.framework.value == "grpc" and process.interface == "own-server":
        if "grpcio-health-checking" in project.distributions:
            yield Finding((*path, "grpc"), True, (Origin(reason="the project brings grpcio-health-checking"),))
        else:
            yield Finding((*path, "tcp"), True, (Origin(reason="gRPC answers no HTTP"),))
