"""Do people see what happened to their files, and with --check what would?"""

import io
from dataclasses import dataclass

import pytest
from rich.console import Console

from kubeship.ui.results import show_files
from kubeship.workspace.decisions import Action


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
