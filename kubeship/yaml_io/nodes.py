"""What is a piece of a YAML text, and where does it stand?"""

from dataclasses import dataclass
from typing import Any, Literal

Path = tuple[str | int, ...]
"""Where a value stands: mapping keys and, from 0, places in sequences."""


@dataclass(frozen=True)
class Node:
    """A value and the piece of the text that says it."""

    value: Any
    style: Literal["block", "flow", "scalar"]
    start: int
    """Index of the first character in the text."""
    end: int
    """Index after the last character; blank lines and comments that follow are not part of a value."""
    line: int
    """From 1."""
    entries: tuple[tuple["Node", "Node"], ...] = ()
    """Keys with values of a mapping, as written."""
    items: tuple["Node", ...] = ()
    """Items of a sequence."""
