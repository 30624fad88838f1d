"""Do builds fail today as their kept logs say, and do the packages that advice names exist in Debian?"""

import shutil
from pathlib import Path

import docker
import pytest

from kubeship.images.build_failures import build_failed
from kubeship.images.failures.debian import LIBRARIES
from kubeship.images.failures.looked_for import PROGRAMS
from kubeship.images.progress import FailedStage
from kubeship.inspection.needs.system_needs import NEEDS
from tests.e2e.conftest import EXAMPLES, Ship
from tests.failing_builds.__main__ import CASES, failing_log
from tests.stack.addresses import Stack
from tests.unit.images.test_images_failing_builds import ADVICE

pytestmark = pytest.mark.e2e

QUICK = ("copy-missing", "pg-config", "program-missing", "requirements-ignored", "unknown-instruction")
RELEASES = {"bookworm": "python:3.11-slim", "trixie": "python:3.13-slim"}
NEWER = {"bookworm": {"libgirepository-2.0-dev"}, "trixie": set[str]()}
"""Packages that a release doesn't have yet, for a distribution's version that it can't build either."""


@pytest.fixture(autouse=True)
def engine(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stack's engine, for everything that looks for one."""
    monkeypatch.setenv("DOCKER_HOST", stack.docker_host)


@pytest.mark.parametrize("name", QUICK)
def test_build_fails_today_as_its_kept_log_says(name: str) -> None:
    assert ADVICE[name] in advice(name)


@pytest.mark.soak
@pytest.mark.parametrize("name", sorted(set(ADVICE) - set(QUICK)))
def test_every_build_fails_today_as_its_kept_log_says(name: str) -> None:
    assert ADVICE[name] in advice(name)


@pytest.mark.parametrize("release", RELEASES)
def test_packages_that_init_and_advice_name_exist_in_the_release(stack: Stack, release: str) -> None:
    named = {name for names in PROGRAMS.values() for name in names}
    for library in LIBRARIES.values():
        named |= {*library.build, *library.runtime_in(release)}
    for need in NEEDS:
        named |= {*need.build, *(need.trixie if release == "trixie" and need.trixie is not None else need.runtime)}

    client = docker.DockerClient(stack.docker_host)
    command = ["sh", "-c", "apt-get update -qq > /dev/null 2>&1; apt-cache pkgnames"]
    printed = client.containers.run(RELEASES[release], command, network_mode="host", remove=True)

    assert named - set(printed.decode().split()) - NEWER[release] == set()


def test_lines_of_the_advice_lead_to_an_image(stack: Stack, tmp_path: Path) -> None:
    ship = Ship(copied("django-shop", tmp_path), stack, "none")
    ship("init", "--image", "registry.example.com/failing/shop")
    text = (ship.project / "kubeship.yaml").read_text()
    stated = next(line for line in text.splitlines() if line.startswith("system_packages:"))
    line = "system_packages: {runtime: [libmagic1t64]}"
    ship.edit("kubeship.yaml", stated, line)
    ship("render")

    # Compiling psycopg2, or loading it where an earlier build has left its wheel in the cache: one of them fails first.
    for _ in range(2):
        failed = ship("build", code=1)
        advised = next(said.strip() for said in failed.err.splitlines() if said.strip().startswith("system_packages:"))
        ship.edit("kubeship.yaml", line, advised)
        ship("render")
        line = advised
        if ship.start("build", "--quiet").wait(300) == 0:
            break

    assert ship("build").out
    assert "libmagic1t64, libpq5]}" in line


def test_dockerfile_of_the_projects_own_is_reviewed_and_used(stack: Stack, tmp_path: Path) -> None:
    ship = Ship(copied("flask-hello", tmp_path), stack, "none")
    (ship.project / "Dockerfile").write_text(
        "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\n"
        "RUN pip install --break-system-packages -r requirements.txt gunicorn\n"
        "CMD gunicorn --bind 0.0.0.0:8000 app:app\n"
    )

    initialised = ship("init", "--image", "registry.example.com/failing/hello", "--set", "build.dockerfile=Dockerfile")
    built = ship("build")

    for said in (initialised.err, built.err):
        assert "Dockerfile:1: no USER, so the image runs as root (root-user)" in said
        assert "Dockerfile:3: the whole source is copied before dependencies are installed (line 4)" in said
        assert "(shell-form)" in said


def advice(name: str) -> str:
    """What is said of the failing build today."""
    told = failing_log(CASES / name)
    assert told is not None
    error, step, log = told["error"], told["step"], told["log"]
    assert isinstance(error, str)
    return build_failed("shop:1", FailedStage(str(step), error, tuple(log)) if step else None, error).hint


def copied(example: str, folder: Path) -> Path:
    """A copy of an example, without files that kubeship wrote."""
    return Path(shutil.copytree(EXAMPLES / example, folder / example))
