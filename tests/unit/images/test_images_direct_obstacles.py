"""Is everything in a plan either made by the direct builder or a reason to refuse?"""

from dataclasses import fields, replace
from typing import Any

import pytest

from kubeship.images.direct.obstacles import MADE, OBSTACLES, obstacle
from kubeship.model.image_plan import BundlePlan, FrontEndPlan, ImagePlan, TestPlan

PLAN = ImagePlan(
    base="python:3.12-slim",
    platform="linux/amd64",
    manager="pip",
    dependency_files=("requirements.txt",),
    require_hashes=False,
    server_requirement="gunicorn==27.0.1",
    build_packages=(),
    runtime_packages=(),
    steps=(),
    step_variables={},
    variables={},
    import_root=".",
    root=".",
    user=10001,
    port=8000,
    command=("gunicorn", "app:app"),
    python="3.12",
)


def test_every_field_of_a_plan_is_known() -> None:
    names = {field.name for field in fields(ImagePlan)}

    assert names == MADE | OBSTACLES.keys()
    assert MADE & OBSTACLES.keys() == set()


def test_wheels_and_files_alone_are_no_obstacle() -> None:
    assert obstacle(PLAN) is None
    assert obstacle(replace(PLAN, models=("weights",), healthcheck=("true",), labels={"a": "b"})) is None


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("steps", ("python manage.py collectstatic",), "collectstatic"),
        ("runtime_packages", ("libpq5",), "libpq5"),
        ("build_packages", ("gcc",), "gcc"),
        ("package", True, "build backend"),
        ("paths", ("libs/core",), "libs/core"),
        ("tests", TestPlan("pytest -q"), "tests"),
        ("bundle", BundlePlan("pyinstaller==6", "a.py", "a", ()), "PyInstaller"),
        ("front_end", FrontEndPlan("node:22-slim", "ui", "npm", (), (), "npm run build", "ui/dist"), "npm"),
        ("runtime_base", "debian:trixie-slim", "debian:trixie-slim"),
        ("accelerator", "cpu", "cpu"),
    ],
)
def test_whatever_runs_inside_is_named(field: str, value: Any, words: str) -> None:
    because = obstacle(replace(PLAN, **{field: value}))

    assert because
    assert words in because
