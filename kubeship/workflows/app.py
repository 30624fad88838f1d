"""What is the app that a command is about? kubeship.yaml, kubeship.lock and one environment's files, loaded once."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kubeship.config.file import CONFIG_FILE, ConfigFile, load
from kubeship.config.lock import LOCK_FILE, Lock, load_lock
from kubeship.config.schema import Configuration, Target
from kubeship.errors import InvalidInput
from kubeship.images.source import checked_out, source_revision
from kubeship.model.image import BuildRequest, BuildSecret, Promise, Trial
from kubeship.model.objects import Object
from kubeship.model.plan import Plan, ProcessPlan
from kubeship.planning.durations import seconds
from kubeship.planning.plan import plan
from kubeship.workspace.files import Workspace

TRIAL_SECONDS = 20
"""For a start inside the image: one that waits for its database in vain shall not hold up a build."""

PASSED_ARGUMENTS = ("SOURCE_DATE_EPOCH",)
"""What the environment may say to a build (reproducible-builds.org/specs/source-date-epoch)."""


@dataclass(frozen=True)
class App:
    """One app in one environment, as its files say."""

    file: ConfigFile
    lock: Lock
    configuration: Configuration
    target: Target
    environment: str
    plan: Plan
    workspace: Workspace
    sources: Mapping[str, str]
    """The project's files that `files` names, with their text."""

    @property
    def name(self) -> str:
        """The app's name."""
        return self.plan.name

    @property
    def timeout(self) -> float:
        """How long a rollout may take, in seconds."""
        return float(seconds(self.configuration.rollout.timeout))

    @property
    def stale(self) -> bool:
        """Whether kubeship.yaml has changed since this environment's files were rendered from it."""
        return self.workspace.stale(self.environment, self.file.text + self.read_besides, self.lock)

    @property
    def read_besides(self) -> str:
        """What rendering reads beside kubeship.yaml: the files that it names."""
        return "".join(f"\n{path}\n{text}" for path, text in sorted(self.sources.items()))

    def base_plan(self) -> Plan:
        """What kubeship.yaml says without the overlay of any environment; the same whichever this one is."""
        _, target, _ = self.file.configuration(self.file.environments[0])
        return plan(self.file.image_configuration(), target, "", self.lock, sources=self.sources)

    def manifests(self) -> tuple[Object, ...]:
        """The environment's objects as they stand in deploy/, hand edits and all. Raises InvalidInput."""
        return self.workspace.manifests(self.environment)

    def source(self) -> str:
        """The git revision, or the content hash, of what an image would be built from."""
        return source_revision(self.workspace.root, self.dockerfile)

    def commit(self) -> str:
        """The git revision that is checked out, `-dirty` where files differ from it; empty without git."""
        return checked_out(self.workspace.root)

    def build_request(self, source: str) -> BuildRequest:
        """What to build, tagged with its source."""
        return BuildRequest(
            context=self.workspace.root,
            dockerfile=self.dockerfile,
            tag=f"{self.plan.image}:{source}",
            platform=self.configuration.platform,
            secrets=self._build_secrets(),
            arguments={name: os.environ[name] for name in PASSED_ARGUMENTS if name in os.environ},
        )

    def promises(self) -> tuple[Promise, ...]:
        """What the processes promise of their entrypoints."""
        return tuple(
            Promise(process.name, process.entrypoint, process.interface, self._writable(process))
            for process in self.plan.processes
            if process.entrypoint and ":" in process.entrypoint and process.interface in {"wsgi", "asgi"}
        )

    def trials(self) -> tuple[Trial, ...]:
        """Web processes that can be started and asked inside the image."""
        return tuple(
            Trial(
                process=process.name,
                command=process.command,
                port=process.probe.port,
                path=process.probe.path,
                headers=process.probe.headers,
                seconds=min(process.probe.startup_seconds, TRIAL_SECONDS),
                writable=self._writable(process),
            )
            for process in self.plan.processes
            if process.kind == "web" and process.probe and process.probe.port
        )

    def _writable(self, process: ProcessPlan) -> tuple[str, ...]:
        """Where the pod has a volume, one of its own or an empty one."""
        folders = tuple(folder.path for folder in self.plan.writable)
        return (*folders, *(volume.path for volume in process.volumes))

    def whence(self, key: str) -> str:
        """Where a value of kubeship.yaml comes from, as far as kubeship.lock knows."""
        found = self.lock.found.get(key)
        if found is None:
            return f"{key} was set in {self.file.source}"
        if found.value != self.file.value(key):
            return f"{key} was edited in {self.file.source}; inspection found {found.value} ({found.origin})"
        return f"{key} was found by inspection: {found.origin}"

    def instead(self) -> str:
        """The entrypoints that inspection considered beside those it chose, as far as kubeship.lock knows."""
        return f"other candidates: {'; '.join(self.lock.candidates)}" if self.lock.candidates else ""

    def proof_variables(self) -> dict[str, str]:
        """What is set while entrypoints are proved: declared variables, and those of the build."""
        return {**self.plan.variables, **self.configuration.build.variables}

    def _build_secrets(self) -> tuple[BuildSecret, ...]:
        """Files are relative to kubeship.yaml; `~` is the home of whoever builds."""
        return tuple(
            BuildSecret(
                id=name,
                variable=secret.variable,
                file=self.workspace.root / Path(secret.file).expanduser() if secret.file else None,
            )
            for name, secret in self.configuration.build.secrets.items()
        )

    @property
    def dockerfile(self) -> str:
        """Its path, relative to the project."""
        return self.configuration.build.dockerfile or "Dockerfile"


def load_app(project: Path, environment: str | None) -> App:
    """Read everything that a command needs of a project. Raises InvalidInput with file and line."""
    file = load(project / CONFIG_FILE)
    lock = load_lock(project / LOCK_FILE)
    return assemble(file, lock, environment, project)


def assemble(file: ConfigFile, lock: Lock, environment: str | None, project: Path) -> App:
    """The app that a kubeship.yaml and a lock describe."""
    configuration, target, name = file.configuration(environment)
    base, workspace = file.image_configuration(), Workspace(project)
    sources = _sources((configuration, base), workspace)
    planned = plan(configuration, target, name, lock, base, sources=sources)
    return App(file, lock, configuration, target, name, planned, workspace, sources)


def _sources(configurations: Iterable[Configuration], workspace: Workspace) -> dict[str, str]:
    """The text of what `files` names. Raises InvalidInput for what isn't there."""
    stated = {each.source: path for one in configurations for path, each in one.files.items() if each.source}
    found = workspace.read(stated)
    for source, path in stated.items():
        if source not in found:
            raise InvalidInput(
                f"{CONFIG_FILE}: files.{path}.source: there is no {source}",
                hint=f"create {source} in {workspace.root}, or correct its path, which is relative to {CONFIG_FILE}",
            )
    return found
