"""Which row of a table of causes does a message belong to?"""

import re
from collections.abc import Iterable
from typing import Protocol, TypeVar


class Row(Protocol):
    """A line of such a table."""

    @property
    def pattern(self) -> str:
        """What is searched for in a message; its groups name what the message is about."""


R = TypeVar("R", bound=Row)


def matching(rows: Iterable[R], message: str, otherwise: R) -> tuple[R, str]:
    """The first row that matches, or `otherwise`, and what the message names: the first group that took part."""
    for row in rows:
        if found := re.search(row.pattern, message):
            return row, next((word.strip() for word in found.groups() if word), "")
    return otherwise, ""
