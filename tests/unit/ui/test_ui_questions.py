"""Is what a person answers taken for what it says?"""

from collections.abc import Iterator
from io import StringIO

import pytest
from rich.console import Console

from kubeship.errors import InvalidInput
from kubeship.model.origin import Candidate, Origin, Question
from kubeship.ui.questions import ask_person, refuse_to_guess

PORTS = Question("processes.web.port", "Two ports", (Candidate(8000, Origin("a.py", 1)), Candidate(5000, Origin())))
OPEN = Question("processes.web.port", "No port is stated")


@pytest.mark.parametrize(
    ("question", "typed", "value"),
    [
        (PORTS, ["2"], 5000),
        (PORTS, ["8000"], 8000),
        (PORTS, ["9000"], 9000),
        (OPEN, ["8080"], 8080),
        (OPEN, ["", "  ", "8080"], 8080),
        (Question("python", "Which?"), ["3.10"], "3.10"),
        (Question("processes.web.entrypoint", "Which?"), ["shop.wsgi:application"], "shop.wsgi:application"),
    ],
)
def test_answer(monkeypatch: pytest.MonkeyPatch, question: Question, typed: list[str], value: object) -> None:
    answers: Iterator[str] = iter(typed)
    monkeypatch.setattr("builtins.input", lambda *_: next(answers))

    chosen = ask_person([question], Console(file=StringIO()))

    assert chosen.value == value


def test_without_a_terminal_every_question_is_told_with_its_candidates() -> None:
    with pytest.raises(InvalidInput) as raised:
        refuse_to_guess([PORTS, OPEN])

    assert raised.value.hint == "kubeship init --set processes.web.port=8000"
    assert "8000  (a.py:1)" in raised.value.details
    assert "No port is stated" in raised.value.details
