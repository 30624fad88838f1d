"""Which refusals are waited out, and how long?"""

import time
from collections.abc import Callable
from typing import TypeVar

from kubeship.cluster.errors import Refusal
from kubeship.model.events import Emit, Note

Answer = TypeVar("Answer")

BACKOFF = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds before each new try of an idempotent request."""
TELL_EACH = 5
"""Of so many tries one is told while nothing reaches the server: several requests wait for it at the same time."""
PATIENCE = 45.0
"""Seconds after which a request isn't tried again, so that timeouts don't add up to minutes."""
OUTAGE = (*BACKOFF, *(BACKOFF[-1],) * 20)
"""The same for a server that has answered before, and that nothing reaches now: it is started again, or the network
is. That takes a control plane of one node up to a minute and a half."""
LONGEST_RETRY_AFTER = 15.0
"""Seconds; a server that asks for more is waited for this long."""


def may_heal(refusal: Refusal) -> bool:
    """Of an idempotent request."""
    return refusal.may_heal


def may_heal_or_race(refusal: Refusal) -> bool:
    """Of an apply that asks for no version: somebody wrote at the same moment, and owns none of our fields."""
    return refusal.may_heal or (refusal.status == 409 and not refusal.causes)


def answered_or_broken(refusal: Refusal) -> bool:
    """Of a server's first answers: one that isn't there at all is told at once, and isn't waited for."""
    return refusal.may_heal and not refusal.unreachable


def never(refusal: Refusal) -> bool:
    """Of a request that is tried once."""
    return False


def persistent(
    attempt: Callable[[], Answer],
    emit: Emit,
    sleep: Callable[[float], None] = time.sleep,
    *,
    heals: Callable[[Refusal], bool] = may_heal,
) -> Answer:
    """What `attempt` returns, tried again while its refusal `heals`, with Notes. Raises the last Refusal."""
    began, tries = time.monotonic(), 0
    while True:
        try:
            return attempt()
        except Refusal as refusal:
            pauses, patience = (OUTAGE, sum(OUTAGE)) if refusal.unreachable else (BACKOFF, PATIENCE)
            if not heals(refusal) or tries >= len(pauses) or time.monotonic() > began + patience:
                raise
            delay = min(refusal.retry_after or pauses[tries], LONGEST_RETRY_AFTER)
            if not refusal.unreachable or tries % TELL_EACH == 0:
                emit(Note(f"{refusal.message}; trying again in {delay:g} s"))
        sleep(delay)
        tries += 1
