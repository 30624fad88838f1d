"""Does every command print documents that fit the schema, whatever becomes of it?"""

import os
import shutil
import sys
from pathlib import Path

import pytest

from kubeship.cli.app import app
from kubeship.cli.run import run_app
from tests.printed import complaints, documents
from tests.unit.test_docs import NAMES, options_of

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "flask-hello"
WITH_JSON = [name for name in NAMES if "--json" in options_of(name)]
NEEDED = {"explain": ["python"]}
"""Arguments without which a command isn't understood."""


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of an example as the current directory; no engine, no cluster."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "no-kubeconfig"))
    for variable in ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "KUBESHIP_CONTEXT", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(variable, raising=False)
    project = tmp_path / "flask-hello"
    shutil.copytree(EXAMPLE, project)
    monkeypatch.chdir(project)
    return project


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, object]]]:
    code = run_app(app, arguments)
    said = documents(capsys.readouterr().out)
    assert [complaint for document in said for complaint in complaints(document)] == []
    return code, said


@pytest.mark.parametrize("name", WITH_JSON)
def test_before_init(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = printed(capsys, name, "--json", *NEEDED.get(name, []))

    assert len(said) == 1
    assert code == said[0].get("exit_code", 0)
    assert code == (0 if name in {"init", "inspect"} else 3)


@pytest.fixture(scope="module")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of an example with kubeship's files; nothing is written into it any more."""
    project = Path(shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("json") / "flask-hello"))
    before = Path.cwd()
    assert run_app(app, ["-C", str(project), "init", "--offline", "--image", "registry.test/hello"]) == 0
    os.chdir(before)
    return project


@pytest.mark.parametrize("name", WITH_JSON)
def test_without_an_engine_and_a_cluster(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, initialised: Path
) -> None:
    monkeypatch.chdir(initialised)

    code, said = printed(capsys, name, "--json", *NEEDED.get(name, []))

    assert code in {0, 3, 4}
    assert said[-1].get("exit_code", code) == code


@pytest.mark.parametrize("name", WITH_JSON)
@pytest.mark.parametrize("asked", [["--json"], ["--output", "json"], ["--output=json"]])
def test_a_command_line_that_is_not_understood(name: str, asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code, said = printed(capsys, name, "--no-such-option", *asked)

    assert (code, said[0]["exit_code"]) == (3, 3)
    assert said[0]["hint"] == f"run kubeship {name} --help"


def test_a_command_that_there_is_not(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBESHIP_JSON", "1")

    _, said = printed(capsys, "frobnicate")

    assert said[0]["schema"] == "kubeship.error/1"


def test_what_is_meant_for_a_command_in_a_pod_is_not_ours(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_app(app, ["run", "--no-such-option", "--", "ls", "--json"]) == 3
    assert capsys.readouterr().out == ""


def test_a_defect_of_ours_is_a_document_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*_: object) -> None:
        raise ZeroDivisionError("one by nothing")

    monkeypatch.setattr("kubeship.workflows.app.load_app", defect)

    code, said = printed(capsys, "history", "--json")

    assert (code, said[0]["exit_code"]) == (1, 1)
    assert "ZeroDivisionError" in str(said[0]["error"])


def test_a_broken_installation_is_a_document_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "kubeship.workflows.history", None)  # an ImportError before anything begins

    code, said = printed(capsys, "history", "--json")

    assert (code, said[0]["schema"]) == (1, "kubeship.error/1")


def test_as_if_started_in_another_directory(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, alone: Path
) -> None:
    monkeypatch.chdir(alone.parent)

    code, said = printed(capsys, "-C", "flask-hello", "inspect", "--json")
    missing, refused = printed(capsys, "-C", "nowhere", "inspect", "--json")

    assert (code, said[0]["name"]) == (0, "flask-hello")
    assert (missing, refused[0]["schema"]) == (3, "kubeship.error/1")
    assert "nowhere" in str(refused[0]["error"])
