"""How long does a request wait, how often is it tried again, and after which pause?"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that may be another one in a moment; all others stay what they are."""


@dataclass(frozen=True)
class Patience:
    """Bounds in seconds. Tests put in a clock of their own."""

    attempts: int = 5
    first_pause: float = 0.5
    longest_pause: float = 10.0
    longest_asked: float = 60.0
    """A registry that asks (Retry-After) for a longer pause is given up."""
    connect: float = 15.0
    """Also how long a part of an upload may take to leave the machine."""
    answer: float = 60.0
    commit: float = 300.0
    """A registry may take minutes to put a big layer in its place before it answers."""
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random

    def pause(self, failures: int, asked: float | None) -> float | None:
        """Seconds until the next attempt after that many failures in a row; None: there is none.

        Doubles, and is spread over its upper half, so that many clients don't come back at once.
        """
        if failures >= self.attempts or (asked or 0) > self.longest_asked:
            return None
        ceiling = min(self.longest_pause, self.first_pause * 2.0 ** (failures - 1))
        return max(asked or 0, 0) + ceiling * (1 + self.chance()) / 2


def asked_pause(header: str | None) -> float | None:
    """The seconds of a Retry-After header, which may be a number or a date (RFC 9110, 10.2.3)."""
    if not header:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (until if until.tzinfo else until.replace(tzinfo=UTC)).timestamp() - datetime.now(UTC).timestamp())
