"""Does bad input end in a sentence that says what, where and what to do, with the documented code and no traceback?"""

from pathlib import Path

import pytest

from kubeship.cli.app import app
from kubeship.cli.run import everywhere_first, run_app

FLASK = "from flask import Flask\n\napp = Flask(__name__)\n"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = run_app(app, arguments)
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.err


def project(folder: Path) -> Path:
    (folder / "app.py").write_text(FLASK)
    (folder / "requirements.txt").write_text("flask==3.1.2\n")
    return folder


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No engine, no cluster, and nothing of this machine's settings."""
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "no-kubeconfig"))
    monkeypatch.delenv("CI", raising=False)


@pytest.mark.parametrize("command", ["init", "inspect"])
def test_a_directory_that_does_not_exist_is_named(capsys: pytest.CaptureFixture[str], command: str) -> None:
    code, said = run(capsys, command, "/no/such/project")

    assert code == 3
    assert "/no/such/project" in said
    assert "next:" in said


def test_an_empty_directory_is_no_project(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, said = run(capsys, "init", str(tmp_path))

    assert code == 3
    assert "next:" in said
    assert list(tmp_path.iterdir()) == []


def test_a_syntax_error_where_the_entrypoint_should_be_is_named_with_its_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (project(tmp_path) / "app.py").write_text("from flask import Flask\n\napp = Flask(__name__\n")

    code, said = run(capsys, "init", str(tmp_path))

    assert code == 3
    assert "app.py:3" in said
    assert not (tmp_path / "kubeship.yaml").exists()


def test_a_command_before_init_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, said = run(capsys, "deploy", "--project", str(tmp_path))

    assert code == 3
    assert "kubeship init" in said


def test_an_unknown_key_names_its_line_and_the_nearest_known_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(capsys, "init", str(project(tmp_path)))[0] == 0
    path = tmp_path / "kubeship.yaml"
    path.write_text(path.read_text() + "sercets: {}\n")

    code, said = run(capsys, "render", "--project", str(tmp_path))

    assert code == 3
    assert f"kubeship.yaml:{len(path.read_text().splitlines())}" in said
    assert "secrets" in said


def test_broken_yaml_names_its_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "kubeship.yaml").write_text("version: 1\nname: [unclosed\n")

    code, said = run(capsys, "render", "--project", str(tmp_path))

    assert code == 3
    assert "kubeship.yaml:" in said


def test_no_engine_is_a_missing_precondition(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, "init", str(project(tmp_path)))[0] == 0

    code, said = run(capsys, "build", "--project", str(tmp_path))

    assert code == 4
    assert "no-engine.sock" in said


def test_no_kubeconfig_is_a_missing_precondition(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, "init", str(project(tmp_path)))[0] == 0

    code, said = run(capsys, "status", "--project", str(tmp_path))

    assert code == 4
    assert "no-kubeconfig" in said


def test_check_names_engine_and_cluster_at_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, "init", str(project(tmp_path)))[0] == 0

    code = run_app(app, ["check", "--project", str(tmp_path), "--json"])
    document = capsys.readouterr().out

    assert code == 4
    assert "no-engine.sock" in document
    assert "no-kubeconfig" in document


@pytest.mark.parametrize("arguments", [["nonsense"], ["deploy", "--nonsense"], ["rollback", "seven"]])
def test_bad_usage_is_code_3(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, _ = run(capsys, *arguments)

    assert code == 3


def test_frozen_refuses_to_render(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, "init", str(project(tmp_path)))[0] == 0
    path = tmp_path / "kubeship.yaml"
    path.write_text(path.read_text() + "variables: {A: b}\n")

    code, said = run(capsys, "deploy", "--frozen", "--project", str(tmp_path))

    assert code == 3
    assert "kubeship render" in said


def test_options_of_kubeship_may_stand_behind_the_command_but_not_behind_two_dashes() -> None:
    assert everywhere_first(["deploy", "--debug", "--", "--quiet"]) == ["--debug", "deploy", "--", "--quiet"]
