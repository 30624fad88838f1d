"""Are the folders that an app makes when it runs found, and none that would hide files of the project?"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kubeship.inspection.project import inspect

Written = Callable[[Mapping[str, str]], Path]
HERE = "os.path.join(os.path.dirname(os.path.dirname(__file__)), 'logs')"
HEAD = "import os\nfrom pathlib import Path\n\nfrom flask import Flask\n\napp = Flask(__name__)\n"


@pytest.mark.parametrize(
    ("code", "also", "folders"),
    [
        ("if not os.path.exists('logs'):\n    os.mkdir('logs')\n", {}, ["logs"]),
        ("os.makedirs('var/cache', exist_ok=True)\nos.makedirs('var', exist_ok=True)\n", {}, ["var"]),
        ("BASE = Path(__file__).parent\nLOGS = BASE / 'logs'\nLOGS.mkdir(exist_ok=True)\n", {}, ["logs"]),
        ("Path('/var/log/shop').mkdir()\n", {}, ["/var/log/shop"]),
        ("os.makedirs(os.getenv('CACHE', 'cache'))\n", {}, ["cache"]),
        ("os.makedirs('/tmp/shop')\nos.makedirs('../shop')\nos.makedirs('.')\n", {}, []),
        ("os.makedirs(os.getcwd())\nos.mkdir(name())\n", {}, []),
        ("os.makedirs('static')\n", {"static/site.css": ""}, []),
        ("os.makedirs('logs')\n", {"logs/.gitkeep": ""}, ["logs"]),
        ("from loguru import logger\nlogger.add('logs/shop.log', rotation='1 MB')\n", {}, ["logs"]),
        ("import logging\nlogging.FileHandler('var/log/shop.log')\n", {"var/log/.gitkeep": ""}, ["var/log"]),
        ("import logging\nlogging.FileHandler('shop.log')\nlogging.FileHandler('/dev/stdout')\n", {}, []),
        ("UPLOAD_FOLDER = 'uploads'\nos.makedirs(UPLOAD_FOLDER)\n", {}, []),
        ("", {"shop/__init__.py": "", "shop/core/log.py": f"import os\nD = {HERE}\nos.makedirs(D)\n"}, ["shop/logs"]),
        (
            "",
            {"shop/log.py": "from pathlib import Path\n(Path(__file__).resolve().parents[1] / 'logs').mkdir()\n"},
            ["logs"],
        ),
        (
            "",
            {"scripts/dump.py": "import os\nos.mkdir('dumps')\n", "tests/test_a.py": "import os\nos.mkdir('x')\n"},
            [],
        ),
    ],
)
def test_what_the_app_makes_is_writable(written: Written, code: str, also: dict[str, str], folders: list[str]) -> None:
    project = inspect(written({"app.py": HEAD + code, "requirements.txt": "flask\n", **also}), {})

    assert [folder.value for folder in project.writable] == folders


@pytest.mark.parametrize(
    ("command", "folders"),
    [
        ("celery -A app worker --logfile=logs/celery.log --pidfile 'run/celery.pid'", ["logs", "run"]),
        ("celery -A app worker --logfile=/var/log/shop/celery.log", ["/var/log/shop"]),
        ("celery -A app worker --logfile=/tmp/celery.log --pidfile=celery.pid", []),
        ("celery -A app worker --logfile=shop/celery.log", []),
    ],
)
def test_where_a_command_is_told_to_write_is_writable(written: Written, command: str, folders: list[str]) -> None:
    procfile = f"web: gunicorn app:app\nworker: {command}\n"

    project = inspect(
        written({"app.py": HEAD, "shop/tasks.py": "", "requirements.txt": "celery\nflask\n", "Procfile": procfile}), {}
    )

    assert [folder.value for folder in project.writable] == folders


@pytest.mark.parametrize(
    ("lines", "folder"),
    [
        ("WORKDIR /usr/src/app\nCOPY . .\n", "/usr/src/app/logs"),
        ("WORKDIR /app\nCOPY . .\n", "logs"),
        ("COPY app.py /srv/shop/\nWORKDIR /srv/shop\n", "/srv/shop/logs"),
    ],
)
def test_what_the_app_makes_lies_where_its_own_image_has_it(written: Written, lines: str, folder: str) -> None:
    dockerfile = f'FROM python:3.12-slim\n{lines}CMD ["gunicorn", "app:app"]\n'

    project = inspect(
        written({"app.py": HEAD + "os.mkdir('logs')\n", "requirements.txt": "flask\n", "Dockerfile": dockerfile}), {}
    )

    assert [each.value for each in project.writable] == [folder]
