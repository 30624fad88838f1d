"""What is asked of a rollout that failed, and of one that was only slow?"""

import os

from kubeship.model.verdict import Failed, Ready
from tests.e2e.failures.rollouts import Case, Watched, dumped, lag

AT_MOST = 2.0
"""Seconds between what makes it certain and the verdict."""
BUSY = 8.0
"""The same on a machine that has more to do than it can: the kubelet alone then takes seconds to tell the server."""


def assert_named(case: Case, watched: Watched | BaseException) -> None:
    """The verdict names the cause with its decisive line, in time."""
    assert isinstance(watched, Watched), repr(watched)
    assert isinstance(watched.verdict, Failed), dumped(watched)
    first = watched.verdict.diagnoses[0]
    assert case.cause in first.cause, dumped(watched)
    assert case.evidence in first.evidence, dumped(watched)
    assert first.remedy
    assert first.rule
    if case.certain:
        assert "rollout.timeout" not in first.rule, dumped(watched)
        at_most = AT_MOST if os.getloadavg()[0] < (os.cpu_count() or 1) else BUSY
        assert lag(watched, case) <= at_most, f"{lag(watched, case):.1f} s late: {dumped(watched)}"


def assert_healthy(case: Case, watched: Watched | BaseException) -> None:
    """It was waited for."""
    assert isinstance(watched, Watched), repr(watched)
    assert isinstance(watched.verdict, Ready), dumped(watched)
