"""How is a person asked? With the candidates and their origins; and nobody is asked without a terminal."""

from collections.abc import Sequence
from typing import NoReturn

from rich.console import Console
from rich.markup import escape
from rich.prompt import Prompt

from kubeship.errors import InvalidInput
from kubeship.model.origin import Candidate, Origin, Question

ANSWERED = Origin(reason="your answer")


def ask_person(questions: Sequence[Question], console: Console) -> Candidate:
    """Put the first question on the terminal; a candidate's place chooses it, anything else is the answer itself."""
    question = questions[0]
    console.print(f"[bold]{escape(question.text)}[/bold]  [dim](--set {escape(question.key)}=...)[/dim]")
    for number, candidate in enumerate(question.candidates, 1):
        console.print(f"  {number}  {escape(str(candidate.value))}  [dim]{escape(str(candidate.origin))}[/dim]")
    while True:
        answer = Prompt.ask("number, or the value itself", console=console).strip()
        named = next((each for each in question.candidates if str(each.value) == answer), None)
        if named:
            return named
        if answer.isdecimal() and 1 <= int(answer) <= len(question.candidates):
            return question.candidates[int(answer) - 1]
        if answer:
            # A port is a number, as `--set` reads it; `3.10` is no number but a version.
            return Candidate(int(answer) if answer.isdecimal() else answer, ANSWERED)


def refuse_to_guess(questions: Sequence[Question]) -> NoReturn:
    """Raise InvalidInput with all questions and their candidates: there is no terminal to ask on."""
    paragraphs = []
    for question in questions:
        lines = [f"{question.key}: {question.text}"]
        lines += [f"  - {candidate.value}  ({candidate.origin})" for candidate in question.candidates]
        paragraphs.append("\n".join(lines))
    first = questions[0]
    example = first.candidates[0].value if first.candidates else "VALUE"
    count = "this" if len(questions) == 1 else f"these {len(questions)} questions"
    raise InvalidInput(
        f"kubeship doesn't guess: answer {count}",
        hint=f"kubeship init --set {first.key}={example}",
        details="\n".join(paragraphs),
    )
