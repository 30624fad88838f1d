"""What does installing need beside the dependency files?"""

from pathlib import Path

import pytest

from kubeship.inspection.project import inspect
from kubeship.model.project import Dependencies

APP = {"app.py": "from flask import Flask\napp = Flask(__name__)\n"}
PROJECT = '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["flask"]\n'
BUILD = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
SETUP = "from setuptools import setup\nsetup(install_requires=['flask'])\n"
SCRIPT = '[project.scripts]\nshop = "app:main"\n'


def dependencies(folder: Path, files: dict[str, str]) -> Dependencies:
    for path, text in {**APP, **files}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return inspect(folder, {}).dependencies.value


@pytest.mark.parametrize(
    ("files", "paths"),
    [
        ({"requirements.txt": "flask\n-e ./libs/core\n", "libs/core/setup.py": ""}, ("libs/core",)),
        ({"requirements.txt": "flask\n./vendor/a-1.0-py3-none-any.whl\n", "vendor/a-1.0-py3-none-any.whl": ""},
         ("vendor/a-1.0-py3-none-any.whl",)),
        ({"requirements.txt": "-e .\n", "setup.py": SETUP}, (".",)),
        ({"requirements.txt": "flask\ngit+https://example.com/core.git\n"}, ()),
        ({"pyproject.toml": PROJECT.replace('"flask"', '"flask", "core"')
          + '[tool.uv.sources]\ncore = { path = "libs/core" }\n', "uv.lock": "", "libs/core/pyproject.toml": ""},
         ("libs/core",)),
        ({"pyproject.toml": PROJECT.replace('"flask"', '"flask", "shop-core"')
          + '[tool.uv.workspace]\nmembers = ["libs/*"]\n[tool.uv.sources]\nshop-core = { workspace = true }\n',
          "uv.lock": "", "libs/core/pyproject.toml": '[project]\nname = "shop_core"\n'}, ("libs/core",)),
        ({"pyproject.toml": '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "^3.11"\nflask = "*"\n'
          'core = { path = "../shop/libs/core" }\n', "poetry.lock": "", "libs/core/pyproject.toml": ""}, ()),
    ],
    ids=["editable", "wheel", "itself", "git", "uv-path", "workspace", "outside"],
)  # fmt: skip
def test_folders_that_something_is_installed_from_are_found(
    tmp_path: Path, files: dict[str, str], paths: tuple[str, ...]
) -> None:
    assert dependencies(tmp_path, files).paths == paths


@pytest.mark.parametrize(
    ("files", "package"),
    [
        ({"pyproject.toml": PROJECT + BUILD}, False),
        ({"pyproject.toml": PROJECT + SCRIPT + BUILD}, True),
        ({"pyproject.toml": PROJECT + SCRIPT, "uv.lock": ""}, False),
        ({"pyproject.toml": PROJECT + SCRIPT + "[tool.uv]\npackage = true\n", "uv.lock": ""}, True),
        ({"pyproject.toml": PROJECT + BUILD,
          "about.py": "from importlib.metadata import version\nV = version('shop')\n"}, True),
        ({"pyproject.toml": PROJECT + BUILD,
          "about.py": "from importlib.metadata import version\nV = version('flask')\n"}, False),
        ({"pyproject.toml": '[tool.poetry]\nname = "shop"\n[tool.poetry.scripts]\nshop = "app:main"\n'
          '[tool.poetry.dependencies]\nflask = "*"\n', "poetry.lock": ""}, True),
        ({"pyproject.toml": '[tool.poetry]\npackage-mode = false\n[tool.poetry.scripts]\nshop = "app:main"\n'
          '[tool.poetry.dependencies]\nflask = "*"\n', "poetry.lock": ""}, False),
    ],
    ids=["no-use", "script", "uv-no-package", "uv-package", "own-version", "other-version", "poetry", "package-mode"],
)  # fmt: skip
def test_the_project_itself_is_installed_where_its_scripts_or_metadata_are_used(
    tmp_path: Path, files: dict[str, str], package: bool
) -> None:
    assert dependencies(tmp_path, files).package is package


def test_dynamic_dependencies_are_left_to_the_build_backend(tmp_path: Path) -> None:
    dynamic = PROJECT.replace('dependencies = ["flask"]', 'dynamic = ["dependencies"]') + BUILD

    assert dependencies(tmp_path, {"pyproject.toml": dynamic}).manager == "setuptools"


def test_a_version_from_git_is_answered_for(tmp_path: Path) -> None:
    scm = (
        PROJECT.replace('version = "1"', 'dynamic = ["version"]')
        + SCRIPT
        + BUILD.replace('ling"]', 'ling", "hatch-vcs"]')
    )

    assert dependencies(tmp_path, {"pyproject.toml": scm}).version_variable == "SETUPTOOLS_SCM_PRETEND_VERSION"


@pytest.mark.parametrize(
    ("files", "variables"),
    [
        ({"requirements.txt": "--index-url https://${USER_NAME}:${TOKEN}@example.com/simple\nflask\n"},
         ("USER_NAME", "TOKEN")),
        ({"requirements.txt": "# https://${TOKEN}@example.com/simple\nflask\n"}, ()),
        ({"Pipfile": '[[source]]\nname = "a"\nurl = "https://${TOKEN}@example.com/simple"\n[packages]\nflask = "*"\n'},
         ("TOKEN",)),
        ({"pyproject.toml": PROJECT + '[[tool.uv.index]]\nname = "own-one"\nurl = "https://example.com/simple"\n'
          'authenticate = "always"\n', "uv.lock": ""}, ("UV_INDEX_OWN_ONE_USERNAME", "UV_INDEX_OWN_ONE_PASSWORD")),
    ],
    ids=["pip", "comment", "pipenv", "uv"],
)  # fmt: skip
def test_variables_of_private_indexes_are_found(
    tmp_path: Path, files: dict[str, str], variables: tuple[str, ...]
) -> None:
    assert dependencies(tmp_path, files).credentials == variables
