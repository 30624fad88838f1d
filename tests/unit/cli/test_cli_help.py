"""Can a command's help be read, and its examples be copied?"""

import pytest

from kubeship.cli.app import app
from kubeship.cli.run import run_app


def test_each_example_has_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_app(app, ("deploy", "--help")) == 0

    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert "kubeship deploy --env production" in lines
    assert "kubeship deploy --image registry.example.com/shop@sha256:..." in lines
