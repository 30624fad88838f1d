"""Does a deploy converge, whatever happens to its requests? A fixed sample; all of it is in tests/soak."""

from collections.abc import Iterator

import pytest

from tests.faults.cases import KILL, Case, Storm, all_converge
from tests.faults.world import World, world
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e

# Numbers of a deploy's requests, roughly: 0-8 connecting, 9-29 preflight, 30-36 the lease, 37-50 comparing and the
# record, 51-58 the release Job, 59-64 applying, 65-75 watching, 76-82 the end.
SAMPLE: tuple[Case | Storm, ...] = (
    Case("401", 70),
    Case("403", 61),
    Case("409", 34),
    Case("lost", 55),
    Case("drop", 67, times=4),
    Case(KILL, 56),
    Case(KILL, 63),
    Case(KILL, 80),
    Case("503", 62, times=40),
    Case("reset", 64, fails=True, times=12),
    Storm(8, 0.2),
)


@pytest.fixture(scope="module")
def there(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(stack, tmp_path_factory.mktemp("faults")) as made:
        yield made


def test_deploys_that_are_disturbed_converge(there: World) -> None:
    all_converge(there, SAMPLE, side_by_side=3, tell=print)


def test_a_one_off_command_and_logs_outlast_a_bad_line(there: World) -> None:
    app = there.app("day-two")
    spoils = Storm(1, 0.15).spoils()

    ran, _ = app.kubeship("run", "--", "true", spoils=spoils)
    logs, _ = app.kubeship("logs", spoils=spoils)

    assert (ran.code, ran.out) == (0, "all that it says\n"), ran.err
    assert logs.code == 0, logs.err
    assert logs.out.count("all that it says") == 3  # of two replicas and the release Job
    assert app.state() == app.reference
