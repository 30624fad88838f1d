"""Are programs found that serve without an object that a server could be given?"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kubeship.inspection.project import inspect

Written = Callable[[Mapping[str, str]], Path]


@pytest.mark.parametrize(
    ("command", "framework", "port", "health"),
    [
        ("mlflow server --host 0.0.0.0 --port 5001", "mlflow", 5001, "/health"),
        ("mlflow models serve -m models:/shop/1 --host 0.0.0.0", "mlflow", 5000, "/health"),
        ("voila board.ipynb --no-browser", "voila", 8866, None),
        ("serve run app:app", "none", 8000, None),
    ],
)
def test_a_command_that_is_the_app_needs_no_entrypoint(
    written: Written, command: str, framework: str, port: int, health: str | None
) -> None:
    files = {"requirements.txt": "mlflow\n", "train.py": "import mlflow\n", "board.ipynb": "{}"}

    project = inspect(written(files | {"Procfile": f"web: {command}\n"}), {})

    web = project.processes[0]
    assert (web.command, web.interface, web.entrypoint, web.port) == (command, "own-server", None, port)
    assert (web.health.value if web.health else None, project.framework.value) == (health, framework)
    assert not project.questions


@pytest.mark.parametrize(
    ("code", "framework", "command", "kind"),
    [
        ("import flet as ft\n\ndef main(page): ...\n\nft.app(target=main)\n", "flet", "python main.py", "web"),
        ("import mesop as me\n\n@me.page(path='/')\ndef page(): ...\n", "mesop", "mesop main.py --prod", "web"),
        (
            "import litserve as ls\n\nif __name__ == '__main__':\n    ls.LitServer(None).run(port=8000)\n",
            "none",
            "python main.py",
            "web",
        ),
        (
            "from faststream import FastStream\n\napp = FastStream()\n",
            "none",
            "faststream run main:app",
            "worker",
        ),
    ],
    ids=["flet", "mesop", "litserve", "faststream"],
)
def test_a_program_is_started_as_its_framework_says(
    written: Written, code: str, framework: str, command: str, kind: str
) -> None:
    project = inspect(written({"requirements.txt": "x\n", "main.py": code}), {})

    process = project.processes[0]
    assert (process.command, process.kind, project.framework.value) == (command, kind, framework)
    assert not project.questions


def test_a_migration_names_the_app_that_a_program_serves(written: Written) -> None:
    files = {
        "requirements.txt": "flask\nflask-migrate\n",
        "shop/__init__.py": "",
        "shop/factory.py": "from flask import Flask\n\ndef create_app():\n    return Flask(__name__)\n",
        "setup.py": "from setuptools import setup\nsetup(entry_points={'console_scripts': ['shop = shop.run:main']})\n",
        "shop/run.py": "from cheroot.wsgi import Server\n\ndef main():\n    Server(('', 8000), load()).start()\n",
        "Procfile": "web: shop\n",
        "shop/migrations/env.py": "from alembic import context\nfrom flask import current_app\n",
        "shop/migrations/versions/1.py": "",
    }

    project = inspect(written(files), {})

    assert (project.processes[0].entrypoint, project.framework.value) == ("shop.run:main", "flask")
    assert [step.command for step in project.release] == [
        "flask --app 'shop.factory:create_app()' db upgrade --directory shop/migrations"
    ]


INSTALLED = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n[project.scripts]\nshop = "shop:main"\n',
    "shop/__init__.py": "def main():\n    print('done')\n",
}


def test_a_command_that_shows_nothing_is_offered_where_nothing_runs_yet(written: Written) -> None:
    question = inspect(written(INSTALLED), {}).questions[0]

    assert (question.key, [each.value for each in question.candidates]) == ("processes.web.entrypoint", ["shop:main"])


def test_a_command_that_runs_as_the_only_worker_isnt_asked_about(written: Written) -> None:
    project = inspect(written(INSTALLED | {"Procfile": "worker: shop\n"}), {})

    assert ([each.name for each in project.processes], project.questions) == (["worker"], ())
