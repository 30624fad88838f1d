"""Is every Dockerfile what a person has reviewed, for each manager and kind? tests/golden/dockerfiles holds them."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kubeship.errors import InvalidInput
from kubeship.rendering.image_files import dockerfile, dockerignore
from tests.unit.rendering.image_plans import IMAGES, PLAIN, UV

GOLDEN = Path(__file__).parents[2] / "golden" / "dockerfiles"


@pytest.mark.parametrize("case", IMAGES)
def test_dockerfile_is_the_one_that_was_reviewed(case: str, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / case / "Dockerfile"
    rendered = dockerfile(IMAGES[case])

    if request.config.getoption("--update-golden", default=False):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rendered, encoding="utf-8")

    assert rendered == path.read_text(encoding="utf-8"), "review the difference, then run: make golden"


def test_hadolint_finds_nothing_in_any_of_them() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    found = {}

    for case, image in IMAGES.items():
        run = subprocess.run(
            [hadolint, "--no-color", "-"], input=dockerfile(image), capture_output=True, text=True, check=False
        )
        found[case] = run.stdout + run.stderr

    assert {case: text for case, text in found.items() if text} == {}


@pytest.mark.parametrize("case", IMAGES)
def test_classic_dialect_has_the_same_stages_and_commands_without_mounts(case: str) -> None:
    image = replace(IMAGES[case], secrets=())

    classic, buildkit = dockerfile(image, "classic"), dockerfile(image)

    proof = "RUN --mount=type=bind,from=test,source=/passed,target=/mnt true"
    expected = [line.removeprefix("RUN ").strip() for line in buildkit.splitlines() if line != proof]
    lines = [line.removeprefix("RUN ").strip() for line in classic.splitlines()]
    assert [line for line in lines if line and not line.startswith("#")] == [
        line for line in expected if line and not line.startswith(("#", "--mount"))
    ]


def test_secrets_are_refused_where_they_could_only_end_in_a_layer() -> None:
    with pytest.raises(InvalidInput, match=r"pip\.conf"):
        dockerfile(replace(PLAIN, secrets=("pip.conf",)), "classic")


def test_a_secret_is_a_file_where_its_name_is_one_and_a_variable_of_one_line_otherwise() -> None:
    text = dockerfile(replace(PLAIN, secrets=("netrc", "TOKEN", "odd-name")))

    assert "--mount=type=secret,id=netrc,target=/root/.netrc,required=true" in text
    assert '    TOKEN="$(cat /run/secrets/TOKEN)" && export TOKEN \\\n    && pip' in text
    assert "--mount=type=secret,id=odd-name,required=true" in text
    assert "ARG TOKEN" not in text


def test_without_a_lock_file_nothing_is_called_locked() -> None:
    text = dockerfile(replace(UV, dependency_files=("pyproject.toml",)))

    assert "uv pip install -r pyproject.toml" in " ".join(text.split())
    assert "--locked" not in text


def test_sources_hold_neither_secret_files_nor_what_a_front_end_made_elsewhere() -> None:
    ignored = dockerignore(replace(IMAGES["front-end"], secret_files=("conf/pip.conf", "odd*name"))).splitlines()

    assert {"frontend/dist", "conf/pip.conf", r"odd\*name"} <= set(ignored)


@pytest.mark.parametrize(
    ("others", "lines"), [(False, ["deploy"]), (True, ["deploy/**/*.yaml", "deploy/**/*.yaml.new"])]
)
def test_deploy_stays_out_as_far_as_it_is_kubeships(others: bool, lines: list[str]) -> None:
    ignored = dockerignore(UV, others_in_deploy=others).splitlines()

    assert [line for line in ignored if line.startswith("deploy")] == lines


def test_what_a_front_end_adds_to_a_folder_of_the_app_is_not_ignored() -> None:
    front = IMAGES["front-end"].front_end
    assert front is not None

    assert "static" not in dockerignore(replace(UV, front_end=replace(front, output="static"))).splitlines()


def test_every_golden_file_has_its_case() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(IMAGES)
