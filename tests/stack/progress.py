"""What is `up` doing, and for how long already?"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

BEGINNING = time.monotonic()


def say(message: str) -> None:
    """Print one line with the seconds since the command began."""
    print(f"[{time.monotonic() - BEGINNING:6.1f}s] {message}", file=sys.stderr, flush=True)


@contextmanager
def step(message: str) -> Iterator[None]:
    """Announce a step that takes long, and say afterwards how long it took."""
    started = time.monotonic()
    say(f"{message} ...")
    yield
    say(f"{message}: done in {time.monotonic() - started:.1f} s")
