"""Is the project's folder found in a repository of several, and are what other folders hold left in peace?"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kubeship.errors import InvalidInput
from kubeship.inspection.project import inspect

Written = Callable[[Mapping[str, str]], Path]
FLASK = "from flask import Flask\n\napp = Flask(__name__)\n"
PROJECT = '[project]\nname = "x"\nversion = "1"\ndependencies = ["flask"]\n'


def test_members_of_a_workspace_with_apps_are_asked_about_though_other_folders_serve_something(
    written: Written,
) -> None:
    files = {
        "pyproject.toml": PROJECT + '[tool.uv.workspace]\nmembers = ["web", "api"]\n',
        "uv.lock": "",
        "web/pyproject.toml": PROJECT,
        "web/app.py": FLASK,
        "api/pyproject.toml": PROJECT,
        "api/app.py": FLASK,
        "functions/hook/requirements.txt": "flask\n",
        "functions/hook/main.py": FLASK,
    }

    question = inspect(written(files), {}).question("root")

    assert question and [candidate.value for candidate in question.candidates] == ["api", "web"]


def test_an_app_at_the_top_owns_the_folders_that_declare_something(written: Written) -> None:
    files = {
        "app.py": FLASK,
        "extensions/speech/requirements.txt": "torch\n",
        "extensions/speech/run.py": "import gradio\n",
        "extensions/images/requirements.txt": "torch\n",
        "extensions/images/run.py": "import gradio\n",
    }

    project = inspect(written(files), {})

    assert (project.question("root"), project.root, project.processes[0].entrypoint) == (None, ".", "app:app")


def test_a_template_below_that_is_no_toml_stops_nothing(written: Written) -> None:
    broken = {"template/{{name}}/pyproject.toml": "[project]\nname = {{ name }}\n"}

    project = inspect(written({"pyproject.toml": PROJECT, "app.py": FLASK} | broken), {})

    assert project.processes[0].entrypoint == "app:app"


def test_the_projects_own_broken_file_is_an_error(written: Written) -> None:
    with pytest.raises(InvalidInput, match="is not valid TOML"):
        inspect(written({"pyproject.toml": "[project\n", "app.py": FLASK}), {})


def test_a_command_that_a_part_of_the_repository_installs_is_followed(written: Written) -> None:
    files = {
        "libs/shop/pyproject.toml": PROJECT + '[project.scripts]\nshop = "shop.cli:main"\n',
        "libs/shop/shop/__init__.py": "",
        "libs/shop/shop/cli.py": "import uvicorn\nfrom fastapi import FastAPI\napp = FastAPI()\n\n"
        "def main():\n    uvicorn.run(app, port=7000)\n",
        "libs/shop/Dockerfile": 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["shop"]\n',
    }

    web = inspect(written(files), {}).processes[0]

    assert (web.entrypoint, web.interface) == ("shop.cli:app", "asgi")


@pytest.mark.parametrize(("expose", "kind"), [("EXPOSE 7000\n", "web"), ("", "singleton")])
def test_a_program_whose_image_exposes_a_port_listens(written: Written, expose: str, kind: str) -> None:
    files = {
        "requirements.txt": "twisted\n",
        "serve.py": "from twisted.internet import reactor\n\nif __name__ == '__main__':\n    reactor.run()\n",
        "Dockerfile": f'FROM python:3.12\nCOPY . /app\nWORKDIR /app\n{expose}CMD ["python", "serve.py"]\n',
    }

    process = inspect(written(files), {}).processes[0]

    assert (process.kind, process.port) == (kind, 7000 if expose else None)


@pytest.mark.parametrize(
    "declared",
    [
        {"pyproject.toml": PROJECT + '[tool.setuptools.packages.find]\nwhere = ["code/lib"]\n'},
        {"pyproject.toml": PROJECT + '[tool.setuptools.package-dir]\n"" = "code/lib"\n'},
        {"pyproject.toml": PROJECT + '[tool.hatch.build.targets.wheel]\npackages = ["code/lib/shop"]\n'},
        {"pyproject.toml": PROJECT + '[tool.hatch.build.targets.wheel]\nsources = ["code/lib"]\n'},
        {"pyproject.toml": PROJECT + '[tool.poetry]\npackages = [{include = "shop", from = "code/lib"}]\n'},
        {"pyproject.toml": PROJECT + '[tool.pdm.build]\npackage-dir = "code/lib"\n'},
        {"pyproject.toml": PROJECT + '[tool.uv.build-backend]\nmodule-root = "code/lib"\n'},
        {"pyproject.toml": PROJECT + '[tool.maturin]\npython-source = "code/lib"\n'},
        {"setup.cfg": "[options]\ninstall_requires = flask\npackage_dir =\n    = code/lib\n"},
        {"setup.py": "from setuptools import *\nsetup(install_requires=['flask'], package_dir={'': 'code/lib'})\n"},
        {"setup.py": "import x\nsetup(install_requires=['flask'], packages=find_packages('code/lib'))\n"},
    ],
)
def test_packages_lie_where_the_build_backend_says(written: Written, declared: dict[str, str]) -> None:
    files = {
        "code/lib/shop/web.py": "from shop.base import app\n",
        "code/lib/shop/base.py": FLASK + "other = Flask(__name__)\n",
        "Procfile": "web: gunicorn shop.web:app\n",
    }

    project = inspect(written(files | declared), {})

    assert (project.processes[0].entrypoint, project.import_root) == ("shop.web:app", "code/lib")
    assert not [warning for warning in project.warnings if "no such app" in warning.message]
