"""Does the built wheel work by itself, with its templates and charts in it?

Needs no server of the test stack, only PyPI.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def kubeship(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The command, installed from the wheel into an environment that holds nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)], folder)
    (wheel,) = folder.glob("kubeship-*.whl")
    environment = folder / "environment"
    uv = [sys.executable, "-m", "uv"]
    run([*uv, "venv", "--quiet", "--python", sys.executable, str(environment)], folder)
    run([*uv, "pip", "install", "--quiet", "--python", str(environment / "bin" / "python"), str(wheel)], folder)
    yield environment / "bin" / "kubeship"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the smallest example."""
    return Path(shutil.copytree(ROOT / "examples" / "flask-hello", tmp_path / "flask-hello"))


def test_init_finds_the_templates_in_the_wheel(kubeship: Path, project: Path) -> None:
    run([str(kubeship), "init", "--image", "registry.example.com/hello", "--host", "hello.example.com"], project)

    written = {str(path.relative_to(project)) for path in project.rglob("*") if path.is_file()}

    assert {"Dockerfile", ".dockerignore", "kubeship.yaml", "kubeship.lock"} <= written
    assert {f"deploy/production/web-{kind}.yaml" for kind in ("deployment", "service", "ingress")} <= written
    assert "gunicorn" in (project / "Dockerfile").read_text()


def test_render_finds_the_charts_in_the_wheel(kubeship: Path, project: Path) -> None:
    run([str(kubeship), "init", "--image", "registry.example.com/hello"], project)

    run([str(kubeship), "render", "--format", "helm", "--output-dir", "out"], project)

    assert list((project / "out").rglob("Chart.yaml"))


def test_nothing_comes_from_the_checkout(kubeship: Path, project: Path) -> None:
    python = kubeship.parent / "python"

    place = run([str(python), "-c", "import kubeship; print(kubeship.__file__)"], project)

    assert place.startswith(str(kubeship.parent.parent))


def run(command: Sequence[str], folder: Path) -> str:
    """The command's standard output; fails the test with what it said where it fails."""
    result = subprocess.run(
        command,
        cwd=folder,
        env=without_checkout(os.environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"{' '.join(command)}\n{result.stdout}{result.stderr}"
    return result.stdout


def without_checkout(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would put this checkout, or a setting of this shell's, into the command."""
    return {
        name: value for name, value in environment.items() if not name.startswith(("PYTHON", "KUBESHIP_", "VIRTUAL_"))
    }
