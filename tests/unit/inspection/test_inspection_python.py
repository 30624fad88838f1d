"""Is the version of Python what every statement of the project allows?"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kubeship.inspection.project import inspect

Written = Callable[[Mapping[str, str]], Path]
APP = {"app.py": "from flask import Flask\n\napp = Flask(__name__)\n"}
BLOCK = """# /// script
# requires-python = "<3.12"
# dependencies = ["flask"]
# ///
"""


@pytest.mark.parametrize(
    ("files", "version", "place"),
    [
        ({"app.py": BLOCK + APP["app.py"]}, "3.11", ("app.py", 2)),
        ({"mise.toml": '[tools]\npython = "3.12"\n'}, "3.12", ("mise.toml", 2)),
        ({"environment.yml": "dependencies:\n  - python=3.11\n"}, "3.11", ("environment.yml", 2)),
        ({"app.yaml": "runtime: python312\n"}, "3.12", ("app.yaml", 1)),
        ({"tox.ini": "[tox]\nenvlist = py311,py312\n"}, "3.12", ("tox.ini", 2)),
        ({".gitlab-ci.yml": "test:\n  image: python:3.12-slim\n"}, "3.12", (".gitlab-ci.yml", 2)),
        ({"group_vars/all.yml": "app_python_version: 3.12\n"}, "3.12", ("group_vars/all.yml", 1)),
        (
            {"Dockerfile": "FROM debian:12\nRUN apt-get install -y python3\nCMD python3 app.py\n"},
            "3.11",
            ("Dockerfile", 1),
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_each_place_that_names_a_version_counts(
    written: Written, files: dict[str, str], version: str, place: tuple[str, int]
) -> None:
    python = inspect(written(APP | files), {}).python

    assert python.value == version
    assert place in [(origin.path, origin.line) for origin in python.origins]


PROJECT = '[project]\nname = "shop"\nrequires-python = ">=3.13"\ndependencies = ["flask"]\n'


def test_a_tools_pin_that_installers_would_refuse_gives_way_to_what_is_deployed(written: Written) -> None:
    files = {
        "pyproject.toml": PROJECT,
        "mise.toml": '[tools]\npython = "3.12"\n',
        "Dockerfile": "FROM python:3.13-slim\n",
    }

    found = inspect(written(APP | files), {})

    assert (found.python.value, found.questions) == ("3.13", ())
    assert [each.message for each in found.warnings if each.origin.path == "mise.toml"] == [
        "this has Python 3.12, and pyproject.toml:3 says >=3.13; Dockerfile:1, FROM python:3.13-slim says ==3.13.*"
    ]


def test_declarations_that_exclude_each_other_are_a_question_with_each_version_once(written: Written) -> None:
    files = {
        "pyproject.toml": PROJECT,
        "mise.toml": '[tools]\npython = "3.12"\n',
        ".python-version": "3.12\n",
    }

    (question,) = (each for each in inspect(written(APP | files), {}).questions if each.key == "python")

    assert sorted(each.value for each in question.candidates) == ["3.12", "3.14"]


class KnownIndex:
    """An index in memory."""

    def __init__(self, known: Mapping[tuple[str, str], tuple[str, ...]]) -> None:
        self.known = known

    def wheels(self, distribution: str, version: str) -> tuple[str, ...] | None:
        return self.known.get((distribution, version), ())


GREENLET = tuple(f"greenlet-2.0.2-cp3{minor}-cp3{minor}-manylinux2014_x86_64.whl" for minor in (9, 10, 11))
PYDANTIC = ("pydantic-1.9.0-cp310-cp310-manylinux2014_x86_64.whl", "pydantic-1.9.0-py3-none-any.whl")
YARL = tuple(f"yarl-1.9.4-cp3{minor}-cp3{minor}-manylinux2014_x86_64.whl" for minor in (11, 12))


GREENLET_LATER = "greenlet 2.0.2 was released for older Pythons than 3.13"


@pytest.mark.parametrize(
    ("requirements", "also", "version", "reason"),
    [
        ("greenlet==2.0.2", {}, "3.11", GREENLET_LATER),
        ("yarl==1.9.4", {}, "3.12", "yarl 1.9.4 was released for older Pythons than 3.13"),
        ("greenlet>=2.0.2", {}, "3.13", ""),
        ("pydantic==1.9.0", {}, "3.11", "pydantic 1.9.0 was released for older Pythons than 3.13"),
        ("mysqlclient==2.1.1", {}, "3.13", ""),
        ("greenlet==2.0.2", {"runtime.txt": "python-3.12.1"}, "3.12", ""),
        ("greenlet==2.0.2", {"setup.cfg": "[options]\npython_requires = >=3.10\n"}, "3.11", GREENLET_LATER),
        ("Django==4.1.3", {}, "3.12", "django 4.1.3 was released for older Pythons than 3.13"),
        ("Django>=3.2,<4.0", {}, "3.11", "django before 4.0 was released for older Pythons than 3.13"),
        ("Django~=3.2", {}, "3.11", "django before 4 was released for older Pythons than 3.13"),
        ("Django==3.*", {}, "3.11", "django before 4 was released for older Pythons than 3.13"),
        ("Django<5", {}, "3.13", ""),
    ],
)
def test_what_is_pinned_says_which_python_it_was_released_for(
    written: Written, requirements: str, also: dict[str, str], version: str, reason: str
) -> None:
    windows = ("mysqlclient-2.1.1-cp311-cp311-win_amd64.whl",)
    known = {("greenlet", "2.0.2"): GREENLET, ("pydantic", "1.9.0"): PYDANTIC, ("yarl", "1.9.4"): YARL}
    index = KnownIndex({**known, ("mysqlclient", "2.1.1"): windows})

    python = inspect(written({**APP, **also, "requirements.txt": f"flask==2.2.0\n{requirements}\n"}), {}, index).python

    assert python.value == version
    assert [each.reason for each in python.origins if "released" in each.reason] == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", '[project]\nname = "shop"\ndependencies = ["Django>=3.2,<4"]\n'),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = ">=3.11"\nDjango = "^3.2"\n'),
        ("pyproject.toml", '[tool.poetry.dependencies]\nDjango = {version = "~3.2", extras = ["argon2"]}\n'),
        ("Pipfile", '[packages]\ndjango = "~=3.2"\n'),
        ("Pipfile", '[packages]\ndjango = "==3.2.25"\n'),
    ],
)
def test_every_manager_s_bounds_say_which_python_a_release_runs_on(written: Written, path: str, text: str) -> None:
    assert inspect(written({**APP, path: text}), {}).python.value == "3.11"


def test_a_pin_that_has_to_be_compiled_brings_the_compiler(written: Written) -> None:
    index = KnownIndex({("greenlet", "2.0.2"): GREENLET})
    files = {"requirements.txt": "flask==2.2.0\ngreenlet==2.0.2\n", "runtime.txt": "python-3.13.1"}

    project = inspect(written(APP | files), {}, index)

    assert [each.value for each in project.system_packages.build] == ["g++", "gcc", "libc6-dev"]
