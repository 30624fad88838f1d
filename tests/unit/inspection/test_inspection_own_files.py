"""Do the files that kubeship itself wrote say nothing of the project, and only those?"""

from collections.abc import Callable, Mapping
from pathlib import Path

from kubeship.inspection.document import document
from kubeship.inspection.project import inspect

Written = Callable[[Mapping[str, str]], Path]
OWN = "# Written by kubeship and yours to edit.\n"
APPS = "from flask import Flask\n\nadmin = Flask(__name__)\npublic = Flask(__name__)\n"


def test_what_kubeship_wrote_says_nothing(written: Written) -> None:
    project = {
        "app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
        "requirements.txt": "flask\n",
    }
    before = inspect(written(project), {})

    after = inspect(
        written(
            {
                "compose/compose.yaml": f"{OWN}services:\n  web: {{build: .., command: [gunicorn, other:app]}}\n"
                "  nightly: {build: .., command: [flask, clean], ports: ['9000'], volumes: ['data:/data']}\n",
                ".github/workflows/kubeship.yml": f"{OWN}jobs: {{test: {{steps: [{{run: uv sync --extra x}}]}}}}\n"
                "python-version: '3.11'\n",
                "Dockerfile": f"{OWN}FROM python:3.11\nVOLUME /data\nCMD gunicorn other:app\n",
            }
        ),
        {},
    )

    assert document(after) == document(before)


def test_what_only_names_kubeship_in_its_first_line_is_the_projects_own(written: Written) -> None:
    dockerfile = "FROM registry.example/kubeship-base:3.11\nCOPY . /srv\nCMD gunicorn app:admin\n"

    project = inspect(written({"app.py": APPS, "requirements.txt": "flask\n", "Dockerfile": dockerfile}), {})

    assert project.processes[0].entrypoint == "app:admin"
