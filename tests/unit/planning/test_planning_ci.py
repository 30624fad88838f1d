"""Does the CI file install and test as the project does?"""

from typing import Any

import pytest

from kubeship.config.file import parsed
from kubeship.config.lock import Lock
from kubeship.model.ci import CiPlan
from kubeship.model.origin import Found
from kubeship.model.project import Dependencies, Project
from kubeship.planning.ci import ci_plan

FILE = """\
version: 1
name: shop
image: {image}
python: "3.12"
dependencies: {dependencies}
build: {build}
processes: {{web: {{kind: web, command: serve, port: 8000}}}}
services: {{postgres: {{from: DATABASE_URL}}, redis: {{from: REDIS_URL}}, kafka: {{from: KAFKA}}}}
environments:
  production: {{namespace: shop}}
  staging: {{namespace: shop-staging}}
"""


def planned(
    manager: str = "pip",
    *,
    tests: tuple[str, ...] = ("pytest",),
    framework: str = "none",
    build: str = "{}",
    **more: Any,
) -> CiPlan:
    dependencies = more.get("dependencies", f"{{manager: {manager}, files: [requirements.txt]}}")
    image = more.get("image", "registry.example.com/team/shop")
    file = parsed(FILE.format(image=image, dependencies=dependencies, build=build))
    project = Project(
        Found("shop"), Found("3.12"), "", Found(Dependencies(manager)), Found(framework), distributions=tests
    )
    lock = Lock(tools={"uv": "0.13.8", "poetry": "2.5.1"})
    return ci_plan(file.image_configuration(), lock, project, file.environments, service="github", login="aws")


@pytest.mark.parametrize(
    ("manager", "install", "command"),
    [
        ("pip", ["pip install --requirement requirements.txt pytest"], "pytest"),
        ("pip-tools", ["pip install --requirement requirements.txt pytest"], "pytest"),
        ("uv", ["pip install uv==0.13.8", "uv sync --locked"], "uv run pytest"),
        ("poetry", ["pip install poetry==2.5.1", "poetry install"], "poetry run pytest"),
        ("pdm", ["pip install pdm", "pdm install --check"], "pdm run pytest"),
        ("pipenv", ["pip install pipenv", "pipenv install --deploy --dev"], "pipenv run pytest"),
        ("setuptools", ["pip install --editable . pytest"], "pytest"),
        ("pep621", ["pip install --editable . pytest"], "pytest"),
    ],
)
def test_each_manager_installs_what_it_locked(manager: str, install: list[str], command: str) -> None:
    test = planned(manager).test

    assert test is not None
    assert (list(test.install), test.command) == (install, command)


def test_django_without_pytest_has_its_own_tests() -> None:
    test = planned(tests=(), framework="django").test

    assert test is not None
    assert test.command == "python manage.py test"
    assert test.install == ("pip install --requirement requirements.txt",)


def test_tests_of_the_images_own_build_are_not_run_twice() -> None:
    plan = planned(build="{tests: pytest -q}")

    assert (plan.test, plan.builds) == (None, True)


def test_without_tests_none_are_made_up() -> None:
    assert planned(tests=()).test is None


def test_servers_that_tests_need_are_beside_them() -> None:
    test = planned(build="{variables: {DATABASE_URL: build-only, SECRET_KEY: build-only}}").test

    assert test is not None
    assert [(each.name, each.variable) for each in test.services] == [
        ("postgres", "DATABASE_URL"),
        ("redis", "REDIS_URL"),
    ]
    assert test.variables == {"SECRET_KEY": "build-only"}


def test_production_comes_last() -> None:
    assert planned().environments == ("staging", "production")


@pytest.mark.parametrize(
    ("image", "host"),
    [("ghcr.io/team/shop", "ghcr.io"), ("localhost:5000/shop", "localhost:5000"), ("team/shop", ""), ("shop", "")],
)
def test_the_registry_is_the_images_host(image: str, host: str) -> None:
    assert planned(image=image).registry == host
