"""What is a row of the tables: words that a program says, and what there is to do?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One cause."""

    pattern: str
    """A regular expression, searched in a step's whole log and the engine's message; `^` begins a line."""
    advice: str
    """What is wrong and what to do next; `\\1` is what the pattern's first group found."""


def advice_of(rows: Sequence[Row], text: str) -> str | None:
    """The advice of the first row that the text shows."""
    for row in rows:
        if found := re.search(row.pattern, text, re.MULTILINE):
            return found.expand(row.advice)
    return None
