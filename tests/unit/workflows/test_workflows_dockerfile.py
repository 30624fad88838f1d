"""Does what kubeship says of Dockerfiles and failed builds know the project's kubeship.yaml?"""

from pathlib import Path

import pytest

from kubeship.images.build_failures import LacksPackages
from kubeship.images.failures.debian import LIBRARIES
from kubeship.images.failures.explain import Explanation
from kubeship.model.events import Caution, Note
from kubeship.workflows.app import App, load_app
from kubeship.workflows.dockerfile import complete_advice, dockerfile_findings, reviewed

OWN = "FROM python:3.13-slim\nCOPY . .\nCMD gunicorn app:app\n"


def with_configuration(project: Path, *lines: str) -> App:
    """The app, with these lines in kubeship.yaml in place of those of the same key."""
    file = project / "kubeship.yaml"
    keys = tuple(line.partition(":")[0] + ":" for line in lines)
    kept = [line for line in file.read_text().splitlines() if not line.startswith(keys)]
    file.write_text("\n".join([*kept, *lines]) + "\n")
    return load_app(project, None)


def lacks(distribution: str, library: str | None) -> LacksPackages:
    return LacksPackages("failed", Explanation("why", LIBRARIES[library] if library else None, distribution), "")


def test_advice_holds_what_kubeship_yaml_says_already(project: Path) -> None:
    app = with_configuration(project, "system_packages: {build: [git], runtime: [libmagic1]}", 'python: "3.13"')
    error = lacks("psycopg2", "postgresql")

    complete_advice(error, app)

    assert error.hint.endswith(
        "    system_packages: {build: [gcc, git, libc6-dev, libpq-dev], runtime: [libmagic1, libpq5]}"
    )


@pytest.mark.parametrize(
    ("python", "runtime"), [("3.13", "[libldap2, libsasl2-2]"), ("3.9", "[libldap-2.5-0, libsasl2-2]")]
)
def test_packages_are_those_of_the_base_images_debian_release(project: Path, python: str, runtime: str) -> None:
    app = with_configuration(project, f'python: "{python}"')
    error = lacks("python-ldap", None)

    complete_advice(error, app)

    assert f"runtime: {runtime}" in error.hint


def test_packages_that_are_stated_already_are_not_asked_for_again(project: Path) -> None:
    app = with_configuration(project, "system_packages: {build: [gcc, libc6-dev, libpq-dev], runtime: [libpq5]}")
    error = lacks("psycopg2", "postgresql")

    complete_advice(error, app)

    assert "already: run `kubeship render`" in error.hint


def test_own_dockerfile_is_told_what_to_install(project: Path) -> None:
    (project / "Dockerfile").write_text(OWN)
    app = with_configuration(project, "build: {dockerfile: Dockerfile}")
    error = lacks("psycopg2", "postgresql")

    complete_advice(error, app)

    assert "install in Dockerfile, before that step: gcc libc6-dev libpq-dev; and libpq5 in the stage" in error.hint
    assert "system_packages" not in error.hint


def test_own_dockerfile_is_reviewed(project: Path) -> None:
    (project / "Dockerfile").write_text(OWN)
    (project / ".dockerignore").unlink()
    app = with_configuration(project, "build: {dockerfile: Dockerfile}")

    events = list(reviewed(app))

    assert [event.message.partition(": ")[0] for event in events if isinstance(event, Caution)] == [
        "Dockerfile:1",
        "Dockerfile:2",
        "Dockerfile:3",
    ]
    assert any(isinstance(event, Note) and "no-digest" in event.message for event in events)
    assert all(not finding.fatal and finding.subject == "dockerfile" for finding in dockerfile_findings(app))


def test_generated_dockerfile_is_not_reviewed(project: Path) -> None:
    assert list(reviewed(load_app(project, None))) == []
