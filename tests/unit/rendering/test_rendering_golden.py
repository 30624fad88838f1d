"""Is every file what a person has reviewed? tests/golden/<case>/<format>/ holds what the Plans become."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from kubeship.rendering.render import Format, render
from tests.unit.rendering.format_plans import BASES, plan_of
from tests.unit.rendering.rendering_plans import CASES

GOLDEN = Path(__file__).parents[2] / "golden"
FORMATS: tuple[Format, ...] = get_args(Format)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("case", CASES)
def test_files_are_those_that_were_reviewed(case: str, form: Format, request: pytest.FixtureRequest) -> None:
    folder = GOLDEN / case / form
    rendered = render(plan_of(case, form), format=form, base=BASES.get(case))

    if request.config.getoption("--update-golden", default=False):
        write(folder, rendered)

    assert rendered == read(folder), "review the difference, then run: make golden"


# hadolint takes JSON with an escaped backslash for the shell form, so the nasty case is built for real instead
# (tests/e2e/test_rendered_for_real.py).
@pytest.mark.parametrize("case", sorted(CASES.keys() - {"nasty"}))
def test_hadolint_finds_nothing_that_is_not_ignored_in_line(case: str) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")

    run = subprocess.run(
        [hadolint, "--no-color", "-"],
        input=render(CASES[case])["Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (run.returncode, run.stdout + run.stderr) == (0, "")


def write(folder: Path, files: dict[str, str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def read(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
