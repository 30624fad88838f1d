"""Are CI files valid by their service's published schema, and as careful as they should be?"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft7Validator

from kubeship import yaml_io
from kubeship.model.ci import Backing, CiPlan, Login, Service, TestJob
from kubeship.rendering.ci.workflow import PATHS, workflow

GOLDEN = Path(__file__).parents[2] / "golden" / "ci"
SCHEMAS = {"github": "github-workflows.json", "gitlab": "gitlab-ci.json"}
SERVICES: tuple[Service, ...] = get_args(Service)
LOGINS: tuple[Login, ...] = get_args(Login)
POSTGRES = Backing("postgres", "postgres:17", 5432, "DATABASE_URL", "postgresql://x@{host}/test", {"POSTGRES_DB": "no"})
TESTS = TestJob(
    install=("pip install uv==0.13.8", "uv sync --locked"),
    command="uv run pytest",
    cached=".cache/uv",
    files=("pyproject.toml", "uv.lock"),
    variables={"DEBUG": "no", "PRICE": "${{ 1 }} $HOME", "MODE": "a: b # c"},
    services=(POSTGRES,),
    build_packages=("gcc", "libpq-dev"),
    runtime_packages=("libpq5",),
)
PLAN = CiPlan("github", "kubeconfig", "3.10", "0.1.0", ("staging", "production"), "ghcr.io", TESTS)
CASES = {
    "tests": PLAN,
    "registry": replace(PLAN, registry="registry.azurecr.io", environments=("production",)),
    "image-tests": replace(PLAN, test=None, builds=True),
    "no-tests": replace(PLAN, test=None, environments=("no",)),
}


def every() -> Iterator[Any]:
    for case, plan in CASES.items():
        for service in SERVICES:
            for login in LOGINS:
                yield pytest.param(replace(plan, service=service, login=login), id=f"{case}-{service}-{login}")


def document(plan: CiPlan) -> Any:
    ((path, text),) = workflow(plan).items()
    assert path == PATHS[plan.service]
    return yaml_io.load(text, path)


def validator(service: Service) -> Draft7Validator:
    vendored = files("check_jsonschema") / "builtin_schemas" / "vendor" / SCHEMAS[service]
    return Draft7Validator(json.loads(vendored.read_text()))


@pytest.mark.parametrize("plan", list(every()))
def test_the_file_is_valid_by_the_published_schema(plan: CiPlan) -> None:
    found = document(plan)

    assert [error.message for error in validator(plan.service).iter_errors(found)] == []


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("case", CASES)
def test_the_file_is_the_one_that_was_reviewed(case: str, service: Service, request: pytest.FixtureRequest) -> None:
    login: Login = "aws" if case == "tests" else "kubeconfig"
    ((_, text),) = workflow(replace(CASES[case], service=service, login=login)).items()
    place = GOLDEN / f"{case}-{service}.yml"

    if request.config.getoption("--update-golden", default=False):
        place.parent.mkdir(exist_ok=True)
        place.write_text(text)

    assert text == place.read_text(), "review the difference, then run: make golden"


@pytest.mark.parametrize("login", LOGINS)
def test_every_action_is_pinned_by_its_commit(login: Login) -> None:
    ((_, text),) = workflow(replace(PLAN, login=login)).items()

    used = re.findall(r"uses: (\S+)(.*)", text)

    assert used
    assert [action for action, version in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)] == []
    assert [version for _, version in used if not re.fullmatch(r" # v\d+\.\d+\.\d+", version)] == []


@pytest.mark.parametrize("login", LOGINS)
def test_rights_are_those_that_a_job_needs(login: Login) -> None:
    found = document(replace(PLAN, login=login))

    assert found["permissions"] == {"contents": "read"}
    assert "permissions" not in found["jobs"]["test"]
    own = {"contents": "read", "packages": "write"}
    assert found["jobs"]["deploy-production"]["permissions"] == own | (
        {} if login == "kubeconfig" else {"id-token": "write"}
    )


def test_environments_follow_one_another_with_the_same_image() -> None:
    jobs = document(PLAN)["jobs"]

    assert jobs["deploy-staging"]["needs"] == ["test"]
    assert jobs["deploy-production"]["needs"] == ["deploy-staging"]
    assert jobs["deploy-production"]["steps"][-1]["env"]["IMAGE"] == "${{ needs.deploy-staging.outputs.image }}"
    assert jobs["deploy-production"]["concurrency"] == {"group": "kubeship-production", "cancel-in-progress": False}


def test_a_pull_request_never_deploys() -> None:
    github, gitlab = document(PLAN), document(replace(PLAN, service="gitlab"))

    assert github["jobs"]["deploy-staging"]["if"] == "github.event_name == 'push'"
    assert gitlab["deploy-staging"]["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]


def test_values_are_neither_expressions_nor_variables() -> None:
    github, gitlab = document(PLAN), document(replace(PLAN, service="gitlab"))

    assert github["jobs"]["test"]["env"]["PRICE"] == "${{ '${{' }} 1 }} $HOME"
    assert github["jobs"]["test"]["env"]["DEBUG"] == "no"
    assert gitlab["test"]["variables"]["PRICE"] == "$${{ 1 }} $$HOME"
