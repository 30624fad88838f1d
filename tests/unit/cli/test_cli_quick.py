"""Does `inspect` say the same with and without Typer in between?"""

import sys
from pathlib import Path

import pytest

from kubeship.cli.app import app
from kubeship.cli.quick import quick_answer
from kubeship.cli.run import run_app

SAMPLES = Path(__file__).parents[2] / "projects"


@pytest.fixture(autouse=True)
def streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubeship.cli.quick.open_streams", lambda: None)
    for name in ("KUBESHIP_JSON", "KUBESHIP_OFFLINE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("options", [["--json", "--offline"], ["--offline"]])
@pytest.mark.parametrize("sample", ["bot-discord", "dash-inside-flask", "django-compose"])
def test_the_quick_answer_is_the_same_to_the_byte(
    capsys: pytest.CaptureFixture[str], sample: str, options: list[str]
) -> None:
    arguments = ["inspect", str(SAMPLES / sample), *options]

    code = quick_answer(arguments)

    quick = capsys.readouterr().out
    assert (code, run_app(app, arguments)) == (0, 0)
    assert quick == capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--help"],
        ["inspect", "--help"],
        ["inspect", ".", "--set", "name=x"],
        ["inspect", ".", "elsewhere"],
        ["inspect", "no-such-folder"],
        ["--quiet", "inspect"],
        ["init", ".", "--offline"],
    ],
)
def test_what_it_does_not_know_is_left_to_typer(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert quick_answer(arguments) is None

    assert capsys.readouterr().out == ""


def test_variables_are_read_by_typer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBESHIP_JSON", "1")

    assert quick_answer(["inspect", str(SAMPLES / "bot-discord"), "--offline"]) is None


def test_a_result_that_cannot_be_written_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)

        code = quick_answer(["inspect", str(SAMPLES / "bot-discord"), "--json", "--offline"])

    assert code
    assert "can't be written to stdout" in capfd.readouterr().err
