"""Do people see what happened to their files, and with --check what would?"""

import io
from dataclasses import dataclass

import pytest
from rich.console import Console

from kubeship.model.origin import Found
from kubeship.model.project import Dependencies, Project, Variable
from kubeship.ui.results import show_facts, show_files
from kubeship.workspace.decisions import Action

VARIABLES = (
    Variable("LEVEL", required=False, default=None, secret=False),
    Variable("DATABASE_URL", required=False, default="sqlite:///x.db", secret=True),
    Variable("SECRET_KEY", required=False, default=None, secret=True),
    Variable("SENTRY_DSN", required=False, default=None, secret=True),
)
SHOP = Project(
    name=Found("shop"),
    python=Found("3.12"),
    python_constraint="",
    dependencies=Found(Dependencies("pip", ("requirements.txt",))),
    framework=Found("flask"),
    processes=(),
    services=(Found("postgres"),),
    variables=VARIABLES,
)


@dataclass(frozen=True)
class Outcome:
    path: str
    action: Action


FILES = (Outcome("kubeship.yaml", Action.UNCHANGED), Outcome("Dockerfile", Action.REPLACE))


@pytest.mark.parametrize(
    ("written", "shown"), [(True, "updated  Dockerfile\n"), (False, "would be updated Dockerfile\n")]
)
def test_only_what_was_written_is_called_so(written: bool, shown: str) -> None:
    console = Console(file=io.StringIO())

    show_files(FILES, console, written=written)

    assert console.file.getvalue() == shown  # type: ignore[attr-defined]  # it is the StringIO


@pytest.mark.parametrize("written", [True, False])
def test_files_that_are_right_are_counted(written: bool) -> None:
    console = Console(file=io.StringIO())

    show_files(FILES[:1], console, written=written)

    assert console.file.getvalue() == "1 files, all as they should be\n"  # type: ignore[attr-defined]


def test_what_a_deploy_demands_is_not_called_optional() -> None:
    console = Console(file=io.StringIO(), width=120)

    show_facts(SHOP, console)

    shown = console.file.getvalue()  # type: ignore[attr-defined]  # it is the StringIO
    for said in (
        "LEVEL (optional)",
        "DATABASE_URL (required; default 'sqlite:///x.db')",
        "SECRET_KEY (required)",
        "SENTRY_DSN (optional)",
    ):
        assert said in shown
