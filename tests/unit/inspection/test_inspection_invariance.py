"""Do names, places and decoys change anything but the names in what is found?"""

import keyword
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubeship.inspection.document import document
from kubeship.inspection.frameworks import FRAMEWORKS
from kubeship.inspection.project import inspect
from kubeship.inspection.sources import is_aside
from kubeship.model.project import Project

KNOWN = {framework.module for framework in FRAMEWORKS} | {"gunicorn", "wsgi"}
NAMES = st.from_regex(r"[a-z][a-z_]{3,9}", fullmatch=True).filter(
    lambda name: not keyword.iskeyword(name) and name not in KNOWN and not is_aside(f"{name}/{name}.py")
)


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
