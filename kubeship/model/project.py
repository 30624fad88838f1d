"""What does a project say of itself? The result of inspection: facts with their origins, nothing derived."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kubeship.model.origin import Candidate, Found, Origin, Question

ProcessKind = Literal["web", "worker", "singleton", "cron"]
Interface = Literal["wsgi", "asgi", "own-server", "none"]
LONGEST_NAME = 52
"""Of an app with its process: CronJobs allow 52 characters, since their Jobs' names get a suffix of 11."""


@dataclass(frozen=True)
class Dependencies:
    """How the project's distributions are installed."""

    manager: str
    """pip, uv, poetry, ...; `none` where there is no dependency file."""
    files: tuple[str, ...] = ()
    """All files that installing reads, the one to start from first (`requirements.txt`, then what it names with -r)."""
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    """Index URLs that the files name, without credentials."""
    hashes: bool = False
    """Whether every requirement carries a hash (`pip install --require-hashes`)."""
    paths: tuple[str, ...] = ()
    """Folders and files of the project that something is installed from; `.` for the project itself."""
    package: bool = False
    """Whether the project itself must be installed: for scripts, entry points, or metadata that it reads."""
    credentials: tuple[str, ...] = ()
    """Variables that installing reads for its indexes (`${TOKEN}` in an index' address)."""
    version_variable: str = ""
    """What answers for git where the version comes from there (`SETUPTOOLS_SCM_PRETEND_VERSION`)."""


@dataclass(frozen=True)
class ProcessFound:
    """One process of the project."""

    name: str
    kind: ProcessKind
    interface: Interface
    entrypoint: str | None
    """`module:object`, `module:factory()`, a script's path, a package, or None for a plain command."""
    server: str | None
    """gunicorn, uvicorn, ...; `own-server` for a program that listens by itself; None without a port."""
    command: str | None = None
    """As the project states it, where it does."""
    port: int | None = None
    health: Found[str] | None = None
    """The path of a route that answers 200 without login or database."""
    schedule: str | None = None
    cwd: str = "."
    origins: tuple[Origin, ...] = ()
    numbers: tuple[Found[tuple[str, str]], ...] = ()
    """What the server's own file says of workers, threads, timeout; no value where only running it would tell."""


@dataclass(frozen=True)
class Command:
    """A command line that runs at release or during the build."""

    command: str
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True)
class Variable:
    """An environment variable that the code reads."""

    name: str
    required: bool
    """Reading it without a value is an error (`os.environ["X"]`)."""
    default: str | None
    secret: bool
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True)
class FrontEndFound:
    """A Node front end whose outcome the Python code serves."""

    path: str
    manager: str
    """npm, pnpm or yarn."""
    command: str
    output: str
    """The folder that the build makes, relative to the project."""
    node: str
    """The major release that the project names; empty for none."""
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True)
class SystemPackages:
    """Debian packages beside the base image's, each with the distribution that needs it as its origin."""

    build: tuple[Found[str], ...] = ()
    runtime: tuple[Found[str], ...] = ()


@dataclass(frozen=True)
class Warned:
    """Something that a person should look at, though kubeship can go on."""

    message: str
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True)
class Project:
    """Everything that inspection found. `questions` must be answered before anything is written."""

    name: Found[str]
    python: Found[str]
    """Minor version: `3.12`."""
    python_constraint: str
    """The intersection of the project's statements as a PEP 440 specifier; empty when nothing is said."""
    dependencies: Found[Dependencies]
    framework: Found[str]
    """flask, django, ...; `none`."""
    processes: tuple[ProcessFound, ...] = ()
    root: str = "."
    """The directory that processes start in, relative to where inspection began."""
    import_root: str = "."
    """The directory that must be on sys.path."""
    candidates: tuple[Candidate, ...] = ()
    """Entrypoints that were considered, best first; value `module:object`, reason in the origin."""
    release: tuple[Command, ...] = ()
    build_steps: tuple[Command, ...] = ()
    services: tuple[Found[str], ...] = ()
    """postgres, mysql, redis, ..."""
    variables: tuple[Variable, ...] = ()
    settings: tuple[Found[tuple[str, str]], ...] = ()
    """Variables that processes need set, with values: (`DJANGO_SETTINGS_MODULE`, `shop.settings`)."""
    volumes: tuple[Found[str], ...] = ()
    writable: tuple[Found[str], ...] = ()
    """Folders that the app makes when it runs."""
    traits: tuple[Found[str], ...] = ()
    """What decides about server, workers and sessions: websockets, server-sent-events, single-worker, ..."""
    system_packages: SystemPackages = field(default_factory=SystemPackages)
    dockerfile: Found[str] | None = None
    """A Dockerfile that the project already has."""
    front_end: FrontEndFound | None = None
    models: tuple[Found[str], ...] = ()
    """Files and folders of the project with trained models."""
    accelerator: Found[str] | None = None
    """`cpu` where torch is installed, nothing says for which hardware, and installing may choose."""
    distributions: tuple[str, ...] = ()
    """Normalised names of every distribution that is declared or locked."""
    releases: Mapping[str, str] = field(default_factory=dict)
    """Distribution -> the one version of it that can be installed, by a lock file or a pin."""
    deployed: tuple[Found[tuple[tuple[str, ...], Any]], ...] = ()
    """(path in kubeship.yaml, value) that manifests of the project's own state: replicas, hosts, resources."""
    warnings: tuple[Warned, ...] = ()
    questions: tuple[Question, ...] = ()

    def question(self, key: str) -> Question | None:
        """The open question about `key`, if there is one."""
        return next((question for question in self.questions if question.key == key), None)


Answers = dict[str, Any]
"""What the user answered or set, by key (`processes.web.entrypoint`); values as YAML reads them."""
