"""Does every manager's project become an image that serves, from its own lock file, with nothing left over?

The four apps and the eight declarations of tests/e2e/managers combine freely: every declaration brings every framework,
so that apps of one manager share the layers of its dependencies.
"""

import json
import shutil
import uuid
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import docker
import pytest

from tests.e2e.conftest import Ship
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e

SAMPLES = Path(__file__).parent / "managers"
MANAGERS = ("pip", "pip-tools", "uv", "poetry", "pdm", "pipenv", "pep621", "setuptools")
APPS = ("flask", "django", "fastapi", "worker")
PAIRS = tuple(zip(MANAGERS, APPS * 2, strict=True))
"""Every manager and every app at least once."""
OTHERS = tuple(pair for pair in product(MANAGERS, APPS) if pair not in PAIRS)
LOCKS = {"uv": "uv.lock", "poetry": "poetry.lock", "pdm": "pdm.lock", "pipenv": "Pipfile.lock"}


@pytest.fixture
def repository(stack: Stack) -> Iterator[str]:
    """A repository of this test's own; its images leave the engine afterwards."""
    name = f"{stack.registry}/managers/{uuid.uuid4().hex[:8]}"
    yield name
    engine = docker.DockerClient(base_url=stack.docker_host)
    # By its own names: another test may have built the very same image.
    for tag in [tag for image in engine.images.list(name=name) for tag in image.tags if tag.startswith(name)]:
        engine.images.remove(tag)


def project(manager: str, app: str, folder: Path, stack: Stack) -> Ship:
    for part in (SAMPLES / "apps" / app, SAMPLES / "dependencies" / manager):
        shutil.copytree(part, folder, dirs_exist_ok=True)
    return Ship(folder, stack, "")


def inside(stack: Stack, tag: str, *command: str) -> str:
    engine = docker.DockerClient(base_url=stack.docker_host)
    output: bytes = engine.containers.run(tag, list(command), remove=True, network_mode="none", read_only=True)
    return output.decode()


def works(manager: str, app: str, folder: Path, stack: Stack, repository: str) -> None:
    ship = project(manager, app, folder, stack)
    ship("init", "--image", repository)
    lines = ship("build", "--json").lines

    result = lines[-1]
    if app != "worker":
        assert [answer["outcome"] for answer in result["answers"]] == ["GET /healthz answers 200"]
    assert inside(stack, result["reference"], "id", "-u") == "10001\n"
    assert json.loads(inside(stack, result["reference"], "python", "-c", LOOK)) == {
        "compiled": True,
        "development": False,
        "works with": "&lt;work&gt;",
        "left": [],
    }


LOOK = """
import glob, importlib.util, json, markupsafe, os, shutil
left = [tool for tool in ("gcc", "uv", "poetry", "pdm", "pipenv") if shutil.which(tool)]
left += [path for path in ("/opt/venv/bin/pip", "/app/.git", "/app/.venv", "/root/.cache") if os.path.exists(path)]
print(json.dumps({
    "compiled": bool(glob.glob("/opt/venv/lib/*/site-packages/markupsafe/__pycache__/__init__*.pyc")),
    "development": importlib.util.find_spec("iniconfig") is not None,
    "works with": str(markupsafe.escape("<work>")),
    "left": left,
}))
"""
"""What a look around in the container finds; nothing of development is installed."""


@pytest.mark.parametrize(("manager", "app"), PAIRS)
def test_project_of_each_manager_serves_from_an_image_without_leftovers(
    manager: str, app: str, tmp_path: Path, stack: Stack, repository: str
) -> None:
    works(manager, app, tmp_path / "sample", stack, repository)


@pytest.mark.soak
@pytest.mark.parametrize(("manager", "app"), OTHERS)
def test_every_other_pair_of_manager_and_app(
    manager: str, app: str, tmp_path: Path, stack: Stack, repository: str
) -> None:
    works(manager, app, tmp_path / "sample", stack, repository)
