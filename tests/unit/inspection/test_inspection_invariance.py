"""Do names, places and decoys change anything but the names in what is found?"""

import keyword
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubeship.inspection.code.frameworks import FRAMEWORKS
from kubeship.inspection.document import document
from kubeship.inspection.files.sources import is_aside
from kubeship.inspection.project import inspect
from kubeship.model.project import Project

KNOWN = {framework.module for framework in FRAMEWORKS} | {"gunicorn", "wsgi"}
TAKEN = {"application", "inner", "jobs", "orders", "queue", "serving", "settings", "site", "urls"}
"""Names that the samples have already."""
NAMES = st.from_regex(r"[a-z][a-z_]{3,9}", fullmatch=True).filter(
    lambda name: not keyword.iskeyword(name) and name not in KNOWN and not is_aside(f"{name}/{name}.py")
)


KINDS = {
    "aiohttp": {
        "requirements.txt": "aiohttp\n",
        "PACKAGE/MODULE.py": "from aiohttp import web\n\n\nasync def f(request):\n    return web.Response()\n\n\n"
        'NAME = web.Application()\nNAME.router.add_get("/healthz", f)\n\nif __name__ == "__main__":\n'
        "    web.run_app(NAME, port=8081)\n",
    },
    "celery beside web": {
        "requirements.txt": "flask\ncelery\nredis\n",
        "PACKAGE/MODULE.py": 'import flask\n\nNAME = flask.Flask(__name__)\n\n\n@NAME.get("/ping")\ndef f():\n'
        '    return ""\n',
        "PACKAGE/jobs.py": "import os\n\nfrom celery import Celery\n\n"
        'queue = Celery("jobs", broker=os.environ["BROKER_URL"])\n',
        "Procfile": "web: gunicorn DOTTED.MODULE:NAME\nworker: celery -A DOTTED.jobs worker\n",
    },
    "django": {
        "requirements.txt": "django\n",
        "manage.py": 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "DOTTED.settings")\n'
        "from django.core.management import execute_from_command_line\n\nexecute_from_command_line()\n",
        "PACKAGE/settings.py": 'ROOT_URLCONF = "DOTTED.urls"\nWSGI_APPLICATION = "DOTTED.MODULE.NAME"\n'
        "INSTALLED_APPS = []\n",
        "PACKAGE/urls.py": "from django.http import HttpResponse\nfrom django.urls import path\n\n\n"
        'def up(request):\n    return HttpResponse()\n\n\nurlpatterns = [path("healthz", up)]\n',
        "PACKAGE/MODULE.py": "import os\n\nfrom django.core.wsgi import get_wsgi_application\n\n"
        'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "DOTTED.settings")\nNAME = get_wsgi_application()\n',
    },
    "fastapi": {
        "requirements.txt": "fastapi\n",
        "PACKAGE/MODULE.py": "from fastapi import FastAPI as Api\n\nNAME = Api()\n\n\n"
        '@NAME.get("/healthz")\ndef f():\n    return {}\n',
    },
    "flask": {
        "requirements.txt": "flask\n",
        "PACKAGE/MODULE.py": 'import flask\n\nNAME = flask.Flask(__name__)\n\n\n@NAME.get("/ping")\ndef f():\n'
        '    return ""\n',
    },
    "starlette": {
        "requirements.txt": "starlette\n",
        "PACKAGE/MODULE.py": "from starlette.applications import Starlette\nfrom starlette.responses import Response\n"
        "from starlette.routing import Route\n\n\nasync def f(request):\n    return Response()\n\n\n"
        'NAME = Starlette(routes=[Route("/healthz", f)])\n',
    },
}
"""Small projects, with names to be filled in."""


def written(kind: str, package: str, module: str, variable: str) -> dict[str, str]:
    """The files of such a project in a package (`shop`, `outer.inner`)."""
    words = {"PACKAGE": package.replace(".", "/"), "DOTTED": package, "MODULE": module, "NAME": variable}

    def filled(text: str) -> str:
        return re.sub(r"\b(PACKAGE|DOTTED|MODULE|NAME)\b", lambda match: words[match[1]], text)

    parts = package.split(".")
    packages = {f"{'/'.join(parts[: end + 1])}/__init__.py": "" for end in range(len(parts))}
    return packages | {filled(path): filled(text) for path, text in KINDS[kind].items()}


def make(root: Path, files: dict[str, str]) -> Project:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    return inspect(root, {})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(package=NAMES, module=NAMES, variable=NAMES)
def test_renaming_package_module_and_variable_renames_the_entrypoint_only(
    tmp_path_factory: pytest.TempPathFactory, package: str, module: str, variable: str
) -> None:
    source = (
        f'import flask\n\n{variable} = flask.Flask(__name__)\n\n\n@{variable}.get("/ping")\ndef f():\n    return ""\n'
    )
    files = {f"{package}/__init__.py": "", f"{package}/{module}.py": source, "requirements.txt": "flask\n"}

    project = make(tmp_path_factory.mktemp("renamed"), files)

    web = project.processes[0]
    assert (web.entrypoint, web.interface, web.health and web.health.value, project.questions) == (
        f"{package}.{module}:{variable}",
        "wsgi",
        "/ping",
        (),
    )


@pytest.mark.parametrize("folder", ["tests", "docs", "examples/one", "vendor/flask_thing", "node_modules/x"])
def test_decoys_change_nothing(tmp_path: Path, folder: str) -> None:
    files = {"core.py": "from flask import Flask\n\nsite = Flask(__name__)\n", "requirements.txt": "flask\n"}
    decoys = {f"{folder}/app.py": "import os\nfrom flask import Flask\n\napp = Flask('x')\nK = os.environ['K']\n"}
    plain, decorated = tmp_path / "a" / "shop", tmp_path / "b" / "shop"

    assert document(make(decorated, {**files, **decoys})) == document(make(plain, files))


@pytest.mark.parametrize("prefix", ["src/", "deep/nested/"])
def test_moving_the_package_moves_the_import_root_only(tmp_path: Path, prefix: str) -> None:
    files = {
        f"{prefix}shop/__init__.py": "",
        f"{prefix}shop/factory.py": "from flask import Flask\n\n\ndef build():\n    return Flask(__name__)\n",
        f"{prefix}shop/wsgi.py": "from shop.factory import build\n\napplication = build()\n",
        "requirements.txt": "flask\n",
    }

    project = make(tmp_path, files)

    assert project.processes[0].entrypoint == "shop.wsgi:application"
    assert project.import_root == prefix.rstrip("/")


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("kind", sorted(KINDS))
@given(names=st.tuples(NAMES, NAMES, NAMES).filter(lambda names: len({*names} - TAKEN) == 3), inner=st.booleans())
def test_names_and_subpackages_change_nothing_but_the_names(
    tmp_path_factory: pytest.TempPathFactory, kind: str, names: tuple[str, str, str], inner: bool
) -> None:
    package, module, variable = names
    package = f"{package}.inner" if inner else package

    plain = make(tmp_path_factory.mktemp("plain") / "shop", written(kind, "orders", "serving", "site"))
    other = make(tmp_path_factory.mktemp("other") / "shop", written(kind, package, module, variable))

    renamed = [
        entrypoint and entrypoint.replace("orders", package).replace("serving", module).replace("site", variable)
        for entrypoint in entrypoints(plain)
    ]
    assert plain.processes[0].entrypoint
    assert (facts(plain), plain.questions) == (facts(other), ())
    assert [each and each.replace("/", ".") for each in entrypoints(other)] == [
        e and e.replace("/", ".") for e in renamed
    ]


@pytest.mark.parametrize("folder", ["tests", "docs", "examples/one", "vendor/thing", "node_modules/x"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_second_app_aside_changes_nothing(tmp_path: Path, kind: str, folder: str) -> None:
    files = written(kind, "orders", "serving", "site")
    decoys = {
        f"{folder}/{path}": text
        for path, text in written(kind, "other", "thing", "decoy").items()
        if path.endswith(".py")
    }
    plain, decorated = tmp_path / "a" / "shop", tmp_path / "b" / "shop"

    assert document(make(decorated, {**files, **decoys})) == document(make(plain, files))


def entrypoints(project: Project) -> list[str | None]:
    return [process.entrypoint for process in project.processes]


def facts(project: Project) -> list[object]:
    """Everything that names have no part in."""
    return [
        project.framework.value,
        project.python.value,
        project.dependencies.value.manager,
        [(p.kind, p.interface, p.server, p.port, p.health and p.health.value) for p in project.processes],
        len(project.release),
        [service.value for service in project.services],
        [variable.name for variable in project.variables],
        len(project.warnings),
        len(project.questions),
    ]


def test_the_document_is_the_same_each_time(tmp_path: Path) -> None:
    files = {
        "app.py": "import os\nfrom flask import Flask\n\napp = Flask(os.environ['N'])\n",
        "requirements.txt": "flask\n",
    }

    assert document(make(tmp_path, files)) == document(inspect(tmp_path, {}))


def test_no_code_of_the_project_runs(tmp_path: Path) -> None:
    trap = "from pathlib import Path\n\nPath(__file__).with_name('ran').touch()\n"
    app = trap + "from flask import Flask\n\napp = Flask(__name__)\n"

    make(tmp_path, {"app.py": app, "setup.py": trap, "conftest.py": trap, "requirements.txt": "flask\n"})

    assert not (tmp_path / "ran").exists()
