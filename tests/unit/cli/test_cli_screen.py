"""Does a command end as it should whatever happens around it: somebody stops it, nobody reads it?"""

import getpass
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import pytest

from kubeship.cli.adapters import holder
from kubeship.cli.lines import Lines
from kubeship.cli.options import Settings
from kubeship.cli.screen import screen
from kubeship.cli.streams import as_long_as_possible
from kubeship.errors import KubeshipError, MissingPrecondition, Terminated
from kubeship.model.events import Step
from kubeship.ui.terminal import TerminalPrinter


def test_sigterm_is_no_error_that_a_command_may_handle_on_its_way() -> None:
    went_on = False

    with pytest.raises(Terminated), screen("check", Settings()):
        with suppress(KubeshipError, Exception):
            os.kill(os.getpid(), signal.SIGTERM)
        went_on = True

    assert not went_on


def test_a_user_without_a_name_is_called_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> NoReturn:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(getpass, "getuser", nameless)

    assert holder().startswith(f"uid{os.getuid()}@")
    assert holder().endswith(f":{os.getpid()}")


def test_progress_that_nobody_reads_does_not_stop_the_work() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as gone:
        printed = TerminalPrinter(Lines(file=gone))
        emit = as_long_as_possible(printed, gone)

        emit(Step("Applying 5 objects"))
        emit(Step("Watching until the new version serves"))


def test_a_full_disk_under_the_result_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w") as full, pytest.raises(MissingPrecondition, match="No space left"):
        monkeypatch.setattr(sys, "stdout", full)

        with screen("check", Settings(), as_json=True) as user:
            user.show({"ready": True}, lambda _: None)


@pytest.mark.parametrize(
    ("redirections", "variables"),
    [
        ("", {"PYTHONIOENCODING": "ascii"}),
        ("<&- >&-", {}),
        ("<&- 2>&-", {}),
        ("<&- >&- 2>&-", {}),
        ("2>/dev/full", {}),
        ("2>&1 | head -c 1 >/dev/null; exit ${PIPESTATUS[0]}", {}),
    ],
)
def test_no_state_of_the_streams_changes_how_a_command_ends(
    redirections: str, variables: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text("import flask\n\nprénom = 'é→'\napp = flask.Flask(__name__)\n")
    (tmp_path / "requirements.txt").write_text("flask==3.1.0\n")
    command = f"{sys.executable} -m kubeship inspect --verbose {redirections}"

    done = subprocess.run(
        ["bash", "-c", command],
        cwd=tmp_path,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "error" not in done.stderr
