"""Is what this version can't deploy refused by name, before anything is written?"""

from dataclasses import replace

import pytest

from kubeship.config.deployable import require_deployable
from kubeship.errors import InvalidInput
from kubeship.model.origin import Candidate, Found, Origin, Question
from kubeship.model.project import Dependencies, Interface, ProcessFound, Project

PROJECT = Project(
    name=Found("shop"),
    python=Found("3.12"),
    python_constraint="",
    dependencies=Found(Dependencies("pip", ("requirements.txt",))),
    framework=Found("flask", (Origin("app.py", 3, "a flask.Flask"),)),
    processes=(ProcessFound("web", "web", "wsgi", "app:app", "gunicorn"),),
)


def served(interface: Interface) -> tuple[ProcessFound, ...]:
    return (ProcessFound("web", "web", interface, "app:app", None),)


def test_flask_with_pip_passes() -> None:
    require_deployable(PROJECT)


@pytest.mark.parametrize("manager", ["uv", "poetry", "pdm", "pipenv", "conda", "pep621", "setuptools"])
def test_manager_is_refused_with_the_command_that_makes_a_requirements_file(manager: str) -> None:
    project = replace(PROJECT, dependencies=Found(Dependencies(manager, ("some.lock",))))

    with pytest.raises(InvalidInput, match=r"some\.lock") as raised:
        require_deployable(project)

    assert "requirements" in (raised.value.hint or "")


def test_pip_tools_outcome_is_a_requirements_file() -> None:
    require_deployable(replace(PROJECT, dependencies=Found(Dependencies("pip-tools", ("requirements.txt",)))))


@pytest.mark.parametrize(
    ("framework", "interface", "words"),
    [
        ("fastapi", "asgi", "found fastapi in main.py:3"),
        ("django", "asgi", "found Django with ASGI in main.py:3"),
        ("streamlit", "own-server", "found streamlit in main.py:3"),
        ("none", "none", "no Django or Flask app was found"),
    ],
)
def test_framework_that_is_not_deployed_yet_is_named(framework: str, interface: Interface, words: str) -> None:
    project = replace(PROJECT, framework=Found(framework, (Origin("main.py", 3),)), processes=served(interface))

    with pytest.raises(InvalidInput, match=words):
        require_deployable(project)


def test_app_that_a_person_set_is_tried() -> None:
    web = replace(PROJECT.processes[0], origins=(Origin(reason="set by you"),))

    require_deployable(replace(PROJECT, framework=Found("none"), processes=(web,)))


def test_open_choice_between_apps_is_left_to_the_person() -> None:
    question = Question(
        "processes.web.entrypoint", "2 apps", (Candidate("a:app", Origin()), Candidate("b:app", Origin()))
    )

    require_deployable(replace(PROJECT, framework=Found("fastapi"), processes=served("asgi"), questions=(question,)))
