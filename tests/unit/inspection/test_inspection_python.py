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
