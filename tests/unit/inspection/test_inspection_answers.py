"""Are answers checked, and do they settle what they are about?"""

from pathlib import Path
from typing import Any

import pytest

from kubeship.errors import InvalidInput
from kubeship.inspection.code.frameworks import FRAMEWORKS
from kubeship.inspection.distributions.python_version import DEFAULT, SUPPORTED
from kubeship.inspection.needs.system_needs import NEEDS
from kubeship.inspection.needs.system_packages import debian_release
from kubeship.inspection.project import inspect


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text("from flask import Flask\n\napp = Flask(__name__)\n")
    (tmp_path / "requirements.txt").write_text("flask\n")
    return tmp_path


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("name", "My Shop"),
        ("python", "2.7"),
        ("root", "services/gone"),
        ("root", "../elsewhere"),
        ("processes.web.entrypoint", "app.py"),
        ("processes.web.command", 3),
        ("processes.web.port", "http"),
        ("processes.web.port", 0),
        ("processes.web.health.path", "healthz"),
        ("dependencies.files", ["gone.txt"]),
        ("dependencies.files", 3),
    ],
)
def test_an_answer_that_cannot_be_is_refused_with_its_key(project: Path, key: str, answer: Any) -> None:
    with pytest.raises(InvalidInput) as raised:
        inspect(project, {key: answer})

    assert key in raised.value.message
    assert raised.value.hint


@pytest.mark.parametrize(
    ("folder", "name"), [("Größe App", "grosse-app"), ("Café_2", "cafe-2"), ("2nd shop", "nd-shop"), ("日本", "app")]
)
def test_the_folder_names_the_app_in_letters_that_kubernetes_takes(tmp_path: Path, folder: str, name: str) -> None:
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "app.py").write_text("from flask import Flask\n\napp = Flask(__name__)\n")

    assert inspect(tmp_path / folder, {}).name.value == name


def test_answers_come_before_what_is_found(project: Path) -> None:
    answers = {"processes.web.port": 9000, "processes.web.health.path": "/up", "python": 3.12}

    found = inspect(project, answers)

    web = found.processes[0]
    assert (web.port, web.health and web.health.value, found.python.value) == (9000, "/up", "3.12")
    assert found.python.origin.reason == "set by you"


def test_an_entrypoint_that_the_code_does_not_show_is_taken_with_a_warning(project: Path) -> None:
    found = inspect(project, {"processes.web.entrypoint": "plugin.site:app"})

    assert found.processes[0].entrypoint == "plugin.site:app"
    assert ["plugin.site:app was set" in warning.message for warning in found.warnings] == [True]


def test_an_answered_name_comes_before_pyproject(project: Path) -> None:
    (project / "pyproject.toml").write_text('[project]\nname = "other"\nversion = "1"\n')

    assert inspect(project, {}).name.value == "other"
    assert inspect(project, {"name": "store"}).name.value == "store"


def test_tables_are_sorted_and_the_default_python_is_supported() -> None:
    frameworks, needs = [row.name for row in FRAMEWORKS], [row.distribution for row in NEEDS]

    assert frameworks == sorted(frameworks)
    assert needs == sorted(needs)
    assert DEFAULT in SUPPORTED
    assert {debian_release(version) for version in SUPPORTED} == {"trixie"}


def test_a_command_of_another_program_is_the_main_process(tmp_path: Path) -> None:
    (tmp_path / "flows.py").write_text("from dagster import asset\n\n\n@asset\ndef prices():\n    return 1\n")
    (tmp_path / "requirements.txt").write_text("dagster\n")
    line = "dagster api grpc -h 0.0.0.0 -p 4000 -m flows"

    asked = inspect(tmp_path, {})
    stated = [inspect(tmp_path, {f"processes.web.{key}": line}) for key in ("command", "entrypoint")]
    beside = inspect(tmp_path, {"processes.flows.command": line, "processes.flows.kind": "worker"})

    assert asked.questions and "processes.web.command" in asked.questions[0].text
    for found in stated:
        (web,) = found.processes
        assert (web.kind, web.command, web.port, found.questions) == ("web", line, 4000, ())
    assert [(each.name, each.kind, each.command) for each in beside.processes] == [("flows", "worker", line)]
    assert beside.questions == ()
