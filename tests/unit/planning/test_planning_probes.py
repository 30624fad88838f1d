"""How long may a start take?"""

import pytest

from kubeship.config.process_schema import Process
from kubeship.planning.probes import probe


@pytest.mark.parametrize(("measured", "allowed"), [(None, 60), (3, 60), (20, 120)])
def test_measured_start_gets_six_times_as_long_and_never_less_than_an_unmeasured_one(
    measured: int | None, allowed: int
) -> None:
    web = Process(kind="web", command="python -m shop", port=8000, start_seconds=measured)

    planned = probe(web)

    assert planned
    assert planned.startup_seconds == allowed
