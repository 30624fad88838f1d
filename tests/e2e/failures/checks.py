"""What is asked of a rollout that failed, and of one that was only slow?"""

import os
from collections.abc import Collection, Iterable, Sequence

import pytest

from kubeship.model.verdict import Failed, Ready
from tests.e2e.failures.rollouts import Case, Watched, dumped, lag, slowness

AT_MOST = 2.0
"""Seconds between what makes it certain and the verdict.

More on a machine that has more to do than it can: the kubelet alone then takes seconds to tell the server. Asked only
where KUBESHIP_PUNCTUAL is set, as `make soak` does: a crowded machine is no failure of the verdict.
"""


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
    if case.certain and os.environ.get("KUBESHIP_PUNCTUAL"):
        at_most = AT_MOST * slowness()
        late = lag(watched, case)
        assert late is not None or slowness() > 1, "nothing in the last picture says when it became certain"
        assert late is None or late <= at_most, f"{late:.1f} s late: {dumped(watched)}"


def assert_healthy(case: Case, watched: Watched | BaseException) -> None:
    """It was waited for."""
    assert isinstance(watched, Watched), repr(watched)
    assert isinstance(watched.verdict, Ready), dumped(watched)


def parameters(names: Iterable[str], soak: Collection[str]) -> list[object]:
    """The names as a test's parameters; those that take long, or are much like another, only in `make soak`."""
    return [pytest.param(name, marks=pytest.mark.soak) if name in soak else name for name in names]


def wanted(request: pytest.FixtureRequest, cases: Sequence[Case]) -> list[Case]:
    """The cases whose tests were selected: with `-k` or without those of `make soak`, no other is rolled out."""
    here = [item for item in request.session.items if item.path == request.path and hasattr(item, "callspec")]
    names = {item.callspec.params.get("name") for item in here}
    return [case for case in cases if case.name in names]
