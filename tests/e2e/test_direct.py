"""Does the direct builder make the image that the Dockerfile makes, and does what it makes run?"""

import hashlib
import io
import json
import re
import shutil
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.e2e.conftest import Client, Kubectl, Ship
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e

SAMPLES = Path(__file__).parent / "managers"
OTHERS = (
    ("pip", "flask"),
    ("pip-tools", "django"),
    ("poetry", "fastapi"),
    ("pdm", "worker"),
    ("pipenv", "flask"),
    ("pep621", "flask"),
)
OWN = re.compile(
    r".*\.pyc|.*/__pycache__"  # other interpreters write other bytes, or name other folders inside
    r"|.*\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json|uv_cache\.json)"  # each installer's own diary
    r"|opt/venv/(bin/[Aa]ctivate.*|bin/deactivate.*|bin/pydoc.bat|pyvenv\.cfg|\.gitignore|CACHEDIR\.TAG|\.lock)"
    r"|opt/venv/src"  # an empty folder of Pipenv's
    r"|opt/venv/bin/python[\d.]*|opt/venv/include(/.*)?"  # links that each kind of environment draws its own way
)
"""Where the two images may differ: nothing there changes what a program does."""


@pytest.fixture
def repository(stack: Stack) -> Iterator[str]:
    """A repository of this test's own; its images leave the engine afterwards."""
    name = f"{stack.registry}/direct/{uuid.uuid4().hex[:8]}"
    yield name
    engine = docker.DockerClient(base_url=stack.docker_host)
    for image in engine.images.list(name=name):
        engine.images.remove(str(image.id), force=True)


@pytest.fixture
def cache(tmp_path: Path, stack: Stack) -> dict[str, str]:
    """A cache folder of the test's own, and where this machine keeps Docker Hub's images."""
    return {"KUBESHIP_CACHE_DIR": str(tmp_path / "cache"), "KUBESHIP_DOCKER_HUB_MIRROR": stack.registry}


@pytest.fixture
def sampled(tmp_path: Path, stack: Stack, cache: dict[str, str], repository: str) -> Any:
    """Puts an app and a manager's declaration together, and gives the command line there."""

    def made(manager: str, app: str) -> Ship:
        folder = tmp_path / "sample"
        for part in (SAMPLES / "apps" / app, SAMPLES / "dependencies" / manager):
            shutil.copytree(part, folder, dirs_exist_ok=True)
        ship = Ship(folder, stack, "", cache)
        ship("init", "--image", repository)
        return ship

    return made


def tree(stack: Stack, image: str) -> dict[str, tuple[Any, ...]]:
    """Kind, mode, owner, link and content of all that lies below /app and /opt/venv."""
    engine = docker.APIClient(base_url=stack.docker_host)
    container = engine.create_container(image, ["true"])["Id"]
    try:
        return {
            name: described
            for place in ("app", "opt/venv")
            for name, described in members(engine.get_archive(container, f"/{place}")[0], place)
            if not OWN.fullmatch(name)
        }
    finally:
        engine.remove_container(container)


def members(stream: Iterator[bytes], place: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as archive:
        for member in archive:
            name = str(Path(place).parent / member.name)
            content = archive.extractfile(member) if member.isreg() else None
            text = content.read() if content else b""
            if name.startswith("opt/venv/bin/") and text.startswith(b"#!"):
                text = text.partition(b"\n")[0]  # pip and uv word the rest of a program's few lines differently
            digest = hashlib.sha256(text).hexdigest()[:12]
            yield name, (member.type, oct(member.mode), member.uid, member.gid, member.linkname, digest)


def settings(stack: Stack, image: str) -> dict[str, Any]:
    found = docker.DockerClient(base_url=stack.docker_host).images.get(image).attrs
    wanted = ("Cmd", "Entrypoint", "Env", "ExposedPorts", "Healthcheck", "Labels", "StopSignal", "User", "WorkingDir")
    config = {key: found["Config"].get(key) or None for key in wanted}
    return {**config, "Env": sorted(config["Env"] or []), "Architecture": found["Architecture"]}


def is_the_dockerfiles(ship: Ship) -> None:
    by_engine = ship("build", "--push", "--builder", "docker", "--json").lines[-1]
    directly = ship("build", "--push", "--builder", "direct", "--json").lines[-1]

    assert (by_engine["builder"], directly["builder"]) == ("docker", "direct")
    assert directly["verified"]
    outcomes = [[answer["outcome"] for answer in result["answers"]] for result in (by_engine, directly)]
    expected, found = (result["reference"] for result in (by_engine, directly))
    if outcomes[0] != outcomes[1]:  # on a busy machine a start may take longer than a build waits for it
        again = json.loads(ship("verify", found, "--json").out)
        outcomes[1] = [answer["outcome"] for answer in again["answers"]]
    assert outcomes[0] == outcomes[1]
    assert settings(ship.stack, found) == settings(ship.stack, expected)
    theirs, ours = tree(ship.stack, expected), tree(ship.stack, found)
    both = {name: (theirs.get(name), ours.get(name)) for name in theirs.keys() | ours.keys()}
    assert {name: pair for name, pair in both.items() if pair[0] != pair[1]} == {}


def test_the_image_is_the_dockerfiles(sampled: Any) -> None:
    is_the_dockerfiles(sampled("uv", "fastapi"))


@pytest.mark.soak
@pytest.mark.parametrize(("manager", "app"), OTHERS)
def test_the_image_is_the_dockerfiles_for_every_other_manager(sampled: Any, manager: str, app: str) -> None:
    is_the_dockerfiles(sampled(manager, app))


def test_without_an_engine_deploy_builds_directly_and_the_rollout_proves_it(
    copy: Any, kubectl: Kubectl, cache: dict[str, str]
) -> None:
    ship: Ship = copy("flask-hello")
    ship.environment |= {**cache, "DOCKER_HOST": "unix:///nowhere/docker.sock"}
    host = f"direct.{kubectl.namespace}.test"
    image = f"{ship.stack.registry}/{kubectl.namespace}/direct"
    ship(
        "init", "--image", image, "--host", host, "--namespace", kubectl.namespace,
        "--set", f"ingress.class={ship.stack.ingress_class}",
    )  # fmt: skip

    checked = json.loads(ship("check", "--json").out)
    assert [(finding["subject"], finding["fatal"]) for finding in checked["findings"]] == [("engine", False)]
    done = ship("deploy", "--json")
    page = Client(ship.stack.ingress, host).wait_for("Hello, world!")

    assert page == "Hello, world!\n"
    assert done.lines[-1]["revision"]["outcome"] == "succeeded"
    cautions = [line["message"] for line in done.lines if line.get("event") == "caution"]
    assert any("not verified" in message for message in cautions)


def test_what_must_run_inside_the_image_is_left_to_the_engine_with_a_sentence(
    copy: Any, repository: str, cache: dict[str, str]
) -> None:
    ship: Ship = copy("flask-hello")
    ship.environment |= cache
    ship("init", "--image", repository, "--set", "build.steps=[python -c pass]")

    done = ship("build", "--push", "--builder", "direct", "--json")
    ship.environment["DOCKER_HOST"] = "unix:///nowhere/docker.sock"
    refused = ship("build", "--push", "--builder", "direct", code=4)

    notes = [line["message"] for line in done.lines if line.get("event") == "note"]
    assert any("build steps run inside the image" in note for note in notes)
    assert done.lines[-1]["builder"] == "docker"
    assert "build steps run inside the image" in refused.err
