"""Does a command import only what it needs? docker and kubernetes alone cost more than all the rest."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "flask-hello"
CLIENTS = {"docker", "kubernetes"}
EVERYTHING_HEAVY = CLIENTS | {"jinja2", "pydantic", "ruamel"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of an example, with kubeship's files in it."""
    copy = Path(shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("startup") / "flask-hello"))
    imported_by(["init"], copy)
    return copy


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    imported = imported_by(["--help"], tmp_path)

    assert imported & EVERYTHING_HEAVY == set()


def test_help_imports_no_room_but_the_command_line(tmp_path: Path) -> None:
    rooms = {name.split(".")[1] for name in modules_of(["--help"], tmp_path) if name.startswith("kubeship.")}

    assert rooms == {"cli", "errors"}


@pytest.mark.parametrize("command", ["build", "deploy", "init", "render"])
def test_help_of_a_command_imports_nothing_heavy(command: str, tmp_path: Path) -> None:
    imported = imported_by([command, "--help"], tmp_path)

    # Typer itself imports pydantic, where that is installed, as soon as a command has parameters (typer/_coercion.py).
    assert imported & (EVERYTHING_HEAVY - {"pydantic"}) == set()


@pytest.mark.parametrize("arguments", [["inspect"], ["render"], ["render", "--check"], ["explain", "python"]])
def test_commands_about_files_import_no_client(arguments: list[str], project: Path) -> None:
    imported = imported_by(arguments, project)

    assert "kubeship" in imported
    assert imported & CLIENTS == set()


def test_init_imports_no_kubernetes(project: Path) -> None:
    imported = imported_by(["init", "--check"], project)

    # docker is imported where a base image's digest is not in kubeship.lock yet: an engine knows it.
    assert "kubernetes" not in imported


def test_build_without_an_engine_imports_no_client_and_no_template(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = {"DOCKER_HOST": f"unix://{tmp_path}/docker.sock", "DOCKER_CONFIG": str(tmp_path), "HOME": str(tmp_path)}
    for name, value in {**nobody, "HTTPS_PROXY": "http://127.0.0.1:1", "NO_PROXY": ""}.items():
        monkeypatch.setenv(name, value)

    imported = imported_by(["build", "--push", "--builder", "direct"], project, expected=4)

    assert "requests" in imported
    assert imported & (CLIENTS | {"jinja2"}) == set()


def test_commands_about_the_cluster_import_neither_docker_nor_templates(project: Path) -> None:
    modules = modules_of(["status", "--context", "no-such-context"], project, expected=4)
    imported = {name.partition(".")[0] for name in modules}

    assert "kubernetes" in imported
    assert imported & {"docker", "jinja2", "ruamel"} == set()
    # The typed client of one group of APIs takes longer than the rest of the package.
    assert "kubernetes.client.api.core_v1_api" not in modules


def test_deploy_of_an_image_imports_what_it_knows_of_failures_once_something_was_applied(project: Path) -> None:
    image = f"registry.example/shop@sha256:{'a' * 64}"

    modules = modules_of(["deploy", "--image", image, "--context", "no-such-context"], project, expected=4)

    assert "kubeship.cluster.connect" in modules
    assert not any(name.startswith(("kubeship.rendering", "kubeship.rollout.causes")) for name in modules)
    assert {name.partition(".")[0] for name in modules} & {"docker", "jinja2", "ruamel", "tarfile"} == set()


def imported_by(arguments: Sequence[str], folder: Path, expected: int = 0) -> set[str]:
    """The top-level packages that a run of kubeship imports."""
    return {name.partition(".")[0] for name in modules_of(arguments, folder, expected)}


def modules_of(arguments: Sequence[str], folder: Path, expected: int = 0) -> set[str]:
    """The modules that a run of kubeship imports, by CPython's own account."""
    command = [sys.executable, "-X", "importtime", "-m", "kubeship", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KUBESHIP_")}
    result = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    said = "\n".join(line for line in result.stderr.splitlines() if not line.startswith("import time:"))
    assert result.returncode == expected, f"kubeship {' '.join(arguments)}\n{result.stdout}{said}"
    lines = (line for line in result.stderr.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip() for line in lines}
