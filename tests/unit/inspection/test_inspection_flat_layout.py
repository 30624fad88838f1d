"""Is it told before setuptools takes kubeship's folder for a second package?"""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kubeship.inspection.project import inspect

Written = Callable[[Mapping[str, str]], Path]

PROJECT = (
    '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask"]\n[project.scripts]\nclean = "shop.clean:main"\n'
)
PACKAGE = {
    "shop/__init__.py": "from flask import Flask\n\napp = Flask(__name__)\n",
    "shop/clean.py": "def main(): ...\n",
    "tests/test_shop.py": "",
}
BACKEND = '[build-system]\nrequires = ["{0}"]\nbuild-backend = "{0}.build{1}"\n'
SETUPTOOLS, HATCH = BACKEND.format("setuptools", "_meta"), BACKEND.format("hatchling", "")
INCLUDED = '[tool.setuptools.packages.find] include = ["shop*"]'


@pytest.mark.parametrize(
    ("files", "lines"),
    [
        ({"pyproject.toml": PROJECT + SETUPTOOLS, **PACKAGE}, [INCLUDED]),
        ({"pyproject.toml": f"{PROJECT}{HATCH}", **PACKAGE}, []),
        ({"pyproject.toml": f'{PROJECT}{SETUPTOOLS}[tool.setuptools]\npackages = ["shop"]\n', **PACKAGE}, []),
        ({"pyproject.toml": PROJECT + SETUPTOOLS, "setup.cfg": "[options]\npackages = find:\n", **PACKAGE}, []),
        ({"pyproject.toml": PROJECT + SETUPTOOLS, **{f"src/{path}": text for path, text in PACKAGE.items()}}, []),
        ({"pyproject.toml": PROJECT + SETUPTOOLS, **PACKAGE, "other/__init__.py": ""}, []),
        (
            {
                "pyproject.toml": PROJECT.replace("shop.clean", "shop") + SETUPTOOLS,
                "shop.py": PACKAGE["shop/__init__.py"],
            },
            ['[tool.setuptools] py-modules = ["shop"]'],
        ),
    ],
)
def test_a_package_that_nothing_names_is_to_be_named(written: Written, files: dict[str, str], lines: list[str]) -> None:
    warnings = inspect(written(files), {}).warnings

    told = [warned.message for warned in warnings if "setuptools" in warned.message]
    assert [message.partition("pyproject.toml: ")[2] for message in told] == lines
