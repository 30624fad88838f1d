"""Which file does init write for a CI service?"""

from pathlib import Path
from typing import get_args

from kubeship.config.file import ConfigFile
from kubeship.config.lock import Lock
from kubeship.errors import InvalidInput
from kubeship.model.ci import Login, Service
from kubeship.model.events import Caution, Emit
from kubeship.model.project import Project
from kubeship.planning.ci import ci_plan
from kubeship.rendering.ci.workflow import workflow


def require_known(service: str | None, login: str) -> None:
    """Raises InvalidInput for a service or a login that there is no file for."""
    if service is not None:
        _chosen("--ci", service, get_args(Service))
    _chosen("--ci-login", login, get_args(Login))


def ci_files(
    directory: Path, file: ConfigFile, lock: Lock, project: Project, emit: Emit, *, service: str, login: str
) -> dict[str, str]:
    """The CI file by path. Says what the service must be told, and where its file must be."""
    services: tuple[Service, ...] = get_args(Service)
    logins: tuple[Login, ...] = get_args(Login)
    planned = ci_plan(
        file.image_configuration(),
        lock,
        project,
        file.environments,
        service=services[services.index(_chosen("--ci", service, services))],
        login=logins[logins.index(_chosen("--ci-login", login, logins))],
    )
    files = workflow(planned)
    if planned.test is None and not planned.builds:
        emit(Caution("no tests were found, so the CI file deploys without any", "set build.tests in kubeship.yaml"))
    root = directory.resolve()
    if not (root / ".git").exists() and any((parent / ".git").exists() for parent in root.parents):
        emit(Caution(f"{', '.join(files)} is read only at the repository's root", "move it there, and name the folder"))
    return files


def _chosen(option: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise InvalidInput(f"there is no {option} {value}", hint=f"use {option} {' or '.join(known)}")
    return value
