"""What is to stand in the CI file? The project's own way to install and test, then a deploy to each environment."""

import shlex
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kubeship import __version__
from kubeship.config.lock import Lock
from kubeship.config.schema import Configuration
from kubeship.model.ci import Backing, CiPlan, Login, Service, TestJob
from kubeship.model.project import Project

LAST = "production"
"""Deployed to after all others, whatever their order."""

# Images: hub.docker.com/_/postgres, mysql and redis, the release lines that are supported longest.
SERVERS: Mapping[str, tuple[str, int, str, Mapping[str, str]]] = MappingProxyType(
    {
        "mysql": (
            "mysql:8.4",
            3306,
            "mysql://root:test@{host}:3306/test",
            {"MYSQL_ROOT_PASSWORD": "test", "MYSQL_DATABASE": "test"},
        ),
        "postgres": (
            "postgres:17",
            5432,
            "postgresql://postgres:test@{host}:5432/test",
            {"POSTGRES_PASSWORD": "test", "POSTGRES_DB": "test"},
        ),
        "redis": ("redis:7", 6379, "redis://{host}:6379/0", {}),
    }
)

RUNNERS = MappingProxyType({"pdm": "pdm run ", "pipenv": "pipenv run ", "poetry": "poetry run ", "uv": "uv run "})
"""What puts a command into the environment that the manager made."""
CACHES = MappingProxyType({"pdm": ".cache/pdm", "poetry": ".cache/pypoetry", "uv": ".cache/uv"})
PIP_CACHE = ".cache/pip"


def ci_plan(
    configuration: Configuration,
    lock: Lock,
    project: Project,
    environments: tuple[str, ...],
    *,
    service: Service,
    login: Login,
) -> CiPlan:
    """The CI file of a project that init has read."""
    host, slash, _ = configuration.image.partition("/")
    return CiPlan(
        service=service,
        login=login,
        python=configuration.python,
        kubeship=__version__,
        environments=tuple(sorted(environments, key=lambda name: name == LAST)),
        registry=host if slash and ("." in host or ":" in host) else "",
        test=_test(configuration, lock, project),
        builds=configuration.build.tests is not None,
    )


def _test(configuration: Configuration, lock: Lock, project: Project) -> TestJob | None:
    """None where the build runs the tests, where nothing says how they run, and for conda, which has no wheel."""
    command = _command(project)
    stated = configuration.dependencies
    if configuration.build.tests or command is None or stated.manager == "conda":
        return None
    services = tuple(_services(configuration))
    return TestJob(
        install=tuple(_install(configuration, lock, command)),
        command=RUNNERS.get(stated.manager, "") + command,
        cached=CACHES.get(stated.manager, PIP_CACHE),
        files=tuple(stated.files),
        variables={
            **configuration.variables,
            **{k: v for k, v in configuration.build.variables.items() if k not in {each.variable for each in services}},
        },
        services=services,
        build_packages=tuple(configuration.system_packages.build),
        runtime_packages=tuple(configuration.system_packages.runtime),
    )


def _command(project: Project) -> str | None:
    if "pytest" in project.distributions:
        return "pytest"
    return "python manage.py test" if project.framework.value == "django" else None


def _install(configuration: Configuration, lock: Lock, command: str) -> Iterator[str]:
    """With what developing needs, which is where the tests' own distributions are."""
    stated = configuration.dependencies
    manager = stated.manager
    if manager in lock.tools or manager in RUNNERS:
        pin = lock.tools.get(manager)
        yield f"pip install {manager}=={pin}" if pin else f"pip install {manager}"
    match manager:
        case "uv":
            yield "uv sync --locked" + "".join(f" --extra {shlex.quote(extra)}" for extra in stated.extras)
        case "poetry":
            yield "poetry install" + "".join(f" --extras {shlex.quote(extra)}" for extra in stated.extras)
        case "pdm":
            yield "pdm install --check"
        case "pipenv":
            yield "pipenv install --deploy --dev"
        case "pep621" | "setuptools":
            extras = f"[{','.join(stated.extras)}]" if stated.extras else ""
            yield f"pip install --editable {shlex.quote(f'.{extras}')}" + _brought(command)
        case _ if stated.files:
            yield f"pip install --requirement {shlex.quote(stated.files[0])}" + _brought(command)
        case _:
            if command == "pytest":
                yield "pip install pytest"


def _brought(command: str) -> str:
    """pip's own files for production seldom hold it."""
    return " pytest" if command == "pytest" else ""


def _services(configuration: Configuration) -> Iterator[Backing]:
    for name, stated in configuration.services.items():
        if name in SERVERS:
            image, port, scheme, environment = SERVERS[name]
            yield Backing(name, image, port, stated.source, scheme, environment)
