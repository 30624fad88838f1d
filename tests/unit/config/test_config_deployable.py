"""Is a project without anything to run refused before anything is written?"""

from dataclasses import replace

import pytest

from kubeship.config.deployable import require_deployable
from kubeship.errors import InvalidInput
from kubeship.model.origin import Candidate, Found, Origin, Question
from kubeship.model.project import Dependencies, ProcessFound, Project

PROJECT = Project(
    name=Found("shop"),
    python=Found("3.12"),
    python_constraint="",
    dependencies=Found(Dependencies("pip", ("requirements.txt",))),
    framework=Found("flask", (Origin("app.py", 3, "a flask.Flask"),)),
    processes=(ProcessFound("web", "web", "wsgi", "app:app", "gunicorn"),),
)
NOWHERE = ProcessFound("web", "web", "wsgi", None, "gunicorn")


@pytest.mark.parametrize(
    "process",
    [
        ProcessFound("web", "web", "wsgi", "app:app", "gunicorn"),
        ProcessFound("web", "web", "asgi", "main:app", "uvicorn"),
        ProcessFound("web", "web", "own-server", "Home.py", "streamlit", command="streamlit run Home.py"),
        ProcessFound("worker", "worker", "none", "jobs.celery:app", None, command="celery -A jobs.celery:app worker"),
    ],
)
def test_whatever_can_run_is_deployed(process: ProcessFound) -> None:
    require_deployable(replace(PROJECT, processes=(process,)))


@pytest.mark.parametrize("processes", [(), (NOWHERE,)])
def test_project_without_anything_to_run_is_refused_with_what_it_uses(processes: tuple[ProcessFound, ...]) -> None:
    with pytest.raises(InvalidInput, match="no app was found") as raised:
        require_deployable(replace(PROJECT, processes=processes))

    assert "It uses flask (app.py:3" in raised.value.message
    assert "--set processes.web.entrypoint=" in raised.value.hint


def test_open_choice_between_apps_is_left_to_the_person() -> None:
    question = Question(
        "processes.web.entrypoint", "2 apps", (Candidate("a:app", Origin()), Candidate("b:app", Origin()))
    )

    require_deployable(replace(PROJECT, processes=(NOWHERE,), questions=(question,)))
