"""What does somebody who deploys want to know of an exception?"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from kubeship.model.python_traceback import PythonError


@dataclass(frozen=True)
class Meaning:
    """An exception in a deployer's words."""

    cause: str
    """Completes a sentence that begins with the program's name: `can't import yaml (app.py:3)`."""
    remedy: str
    heals: bool = False
    """Whether it may pass without a change to the program: a server that it needs comes up."""


@dataclass(frozen=True)
class Words:
    """Words of programs, and what they mean to somebody who deploys."""

    expression: str
    cause: str
    """Completes a sentence that begins with the program's name; what the pattern found is filled in."""
    remedy: str
    heals: bool = False
    """Whether it may pass without a change here: a server starts, or somebody else ends."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The expression, compiled when it is first looked for: of a hundred rows, most runs look for none."""
        return re.compile(self.expression)

    def of(self, what: str) -> tuple[str, str]:
        """Cause and remedy, with what the pattern found for `{what}`."""
        return self.cause.replace("{what}", what), self.remedy.replace("{what}", what)


def words(expression: str, cause: str, remedy: str, *, heals: bool = False) -> Words:
    """A row of a table of such words."""
    return Words(expression, cause, remedy, heals)


def first_of(rows: Iterable[Words], text: str) -> tuple[Words, str] | None:
    """The first row that matches, and what its pattern found: the first group that took part."""
    for row in rows:
        if found := row.pattern.search(text):
            return row, next((word.strip() for word in found.groups() if word), "")
    return None


WRITE_ELSEWHERE = "write below /tmp or onto a volume, and log to stdout: the container runs as an ordinary user"
HIGHER_PORT = "use a port above 1023 (`port:` of the process in kubeship.yaml): lower ones need root"


def at(error: PythonError) -> str:
    """` (app.py:3)`, or nothing where no line of the project is known."""
    return f" ({error.where})" if error.where else ""
