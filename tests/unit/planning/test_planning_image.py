"""Does kubeship.yaml become the ImagePlan that says all that the Dockerfile needs?"""

import pytest

from kubeship.config.file import parsed
from kubeship.config.lock import Lock
from kubeship.errors import InvalidInput
from kubeship.model.image_plan import BundlePlan, FrontEndPlan, ImagePlan, TestPlan
from kubeship.planning.image import DEBIAN, MICROMAMBA, bases, image_plan
from kubeship.planning.tools import build_tools, tool_pin

HEAD = 'version: 1\nname: shop\nimage: shop\npython: "3.12"\n'
TAIL = "processes: {work: {kind: worker, command: python work.py}}\nenvironments: {production: {namespace: shop}}\n"


EMPTY = Lock()


def planned(middle: str, lock: Lock = EMPTY) -> ImagePlan:
    plan = image_plan(parsed(HEAD + middle + TAIL).image_configuration(), lock)
    assert plan is not None
    return plan


def test_tool_is_the_one_that_the_lock_pins() -> None:
    dependencies = "dependencies: {manager: uv, files: [pyproject.toml, uv.lock]}\n"

    assert planned(dependencies, Lock(tools={"uv": "0.9.1"})).tool == "uv==0.9.1"
    assert planned("dependencies: {manager: pip, files: [requirements.txt]}\n").tool is None


def test_the_newest_tool_that_still_runs_under_an_old_python_is_pinned() -> None:
    assert tool_pin("poetry", "3.13") == ("poetry", "2.5.1")
    assert tool_pin("poetry", "3.9") == ("poetry", "2.2.1")
    with pytest.raises(InvalidInput, match=r"pipenv runs under Python 3\.9 and newer"):
        tool_pin("pipenv", "3.8")


def test_a_pin_stays_and_what_is_no_longer_used_goes() -> None:
    configuration = parsed(HEAD + "dependencies: {manager: pdm}\n" + TAIL).image_configuration()

    assert build_tools(configuration, {"pdm": "2.1", "uv": "0.9"}) == {"pdm": "2.1"}


def test_a_workspace_member_is_installed_with_the_manifest_beside_the_lock_file() -> None:
    plan = planned("dependencies: {manager: uv, files: [apps/api/pyproject.toml, uv.lock]}\n")

    assert plan.dependency_files == ("apps/api/pyproject.toml", "uv.lock", "pyproject.toml")


def test_wheels_in_the_project_are_copied_as_files() -> None:
    plan = planned("dependencies: {manager: pip, files: [r.txt], paths: [vendor/a-1-py3-none-any.whl, libs/b]}\n")

    assert plan.dependency_files == ("r.txt", "vendor/a-1-py3-none-any.whl")
    assert plan.paths == ("libs/b",)


def test_every_base_of_a_kind_is_named_and_pinned() -> None:
    text = HEAD + "dependencies: {manager: conda, files: [environment.yml]}\n" + TAIL
    pinned = planned("dependencies: {manager: conda, files: [environment.yml]}\n", Lock(bases={DEBIAN: "sha256:d"}))

    assert bases(parsed(text).image_configuration()) == (MICROMAMBA, DEBIAN)
    assert (pinned.base, pinned.runtime_base) == (MICROMAMBA, f"{DEBIAN}@sha256:d")


def test_a_front_end_a_bundle_and_tests_are_planned_whole() -> None:
    plan = planned(
        "dependencies: {manager: none}\n"
        "build:\n"
        "  front_end: {path: web, manager: yarn, output: web/dist}\n"
        "  bundle: {source: shop.py, name: shop}\n"
        "  tests: pytest -q\n"
        "  test_dependencies: {groups: [dev]}\n",
        Lock(bases={"node:22-slim": "sha256:n"}, tools={"pyinstaller": "6.0"}),
    )

    assert plan.front_end == FrontEndPlan(
        "node:22-slim@sha256:n", "web", "yarn", ("web/package.json", "web/yarn.lock"), (), "npm run build", "web/dist"
    )
    assert plan.bundle == BundlePlan("pyinstaller==6.0", "shop.py", "shop", ())
    assert plan.runtime_base == DEBIAN
    assert plan.build_packages == ("binutils",)
    assert plan.tests == TestPlan("pytest -q", groups=("dev",))


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        ("{}", ("gcc", "libpq-dev")),
        ("{steps: [python manage.py collectstatic]}", ("gcc", "libpq-dev", "libmagic1")),
        ("{tests: pytest}", ("gcc", "libpq-dev", "libmagic1")),
    ],
)
def test_what_runs_in_the_build_has_the_libraries_that_the_app_loads(build: str, expected: tuple[str, ...]) -> None:
    plan = planned(
        "dependencies: {manager: none}\n"
        "system_packages: {build: [gcc, libpq-dev], runtime: [libpq5, libmagic1]}\n"
        f"build: {build}\n"
    )

    assert plan.build_packages == expected


def test_only_version_variables_reach_the_installation_of_the_project() -> None:
    plan = planned(
        "dependencies: {manager: pep621, files: [pyproject.toml], package: true}\n"
        "build: {variables: {SETUPTOOLS_SCM_PRETEND_VERSION: '0', SECRET_KEY: build-only}}\n"
    )

    assert plan.package_variables == {"SETUPTOOLS_SCM_PRETEND_VERSION": "0"}


def test_test_dependencies_without_tests_are_refused() -> None:
    with pytest.raises(InvalidInput, match="test_dependencies stand beside tests"):
        planned("dependencies: {manager: none}\nbuild: {test_dependencies: {groups: [dev]}}\n")
