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
    after: str = ""
    """Words that must stand before it: `pattern` is searched from their first place on. Quicker than one pattern."""


def advice_of(rows: Sequence[Row], text: str) -> str | None:
    """The advice of the first row that the text shows."""
    for row in rows:
        began = re.search(row.after, text) if row.after else None
        if row.after and not began:
            continue
        if found := re.search(row.pattern, text[began.end() if began else 0 :], re.MULTILINE):
            return found.expand(row.advice)
    return None
