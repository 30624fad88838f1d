"""Does a deploy converge whatever happens to whichever of its requests? Every fault at every request, and storms."""

import os
import random
from pathlib import Path

import pytest

from tests.faults.cases import Case, Storm, all_converge, every
from tests.faults.commands import COMMANDS, REQUESTS
from tests.faults.world import world
from tests.stack.addresses import Stack, load

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

SEED = int(os.environ.get("KUBESHIP_SOAK_SEED") or random.randrange(1_000_000))
SHARE = float(os.environ.get("KUBESHIP_SOAK_SHARE") or 1.0)
"""Of the cases that are tried: all of them take hours."""
SIDE_BY_SIDE = 6


@pytest.fixture(scope="module")
def stack() -> Stack:
    return load()


def drawn(cases: list[Case]) -> list[Case]:
    """The share of them, in an order that the seed decides."""
    chance = random.Random(SEED)
    return chance.sample(cases, int(len(cases) * SHARE))


def tell(line: str) -> None:
    print(line, flush=True)


def test_each_fault_at_each_request(stack: Stack, tmp_path: Path) -> None:
    tell(f"KUBESHIP_SOAK_SEED={SEED}")
    with world(stack, tmp_path) as there:
        all_converge(there, drawn(every(REQUESTS["deploy"])), SIDE_BY_SIDE, tell)


def test_each_fault_at_each_request_of_a_rollback(stack: Stack, tmp_path: Path) -> None:
    tell(f"KUBESHIP_SOAK_SEED={SEED}")
    cases = [Case(case.fault, case.number + 60, fails=True) for case in every(REQUESTS["deploy"])]
    with world(stack, tmp_path) as there:
        all_converge(there, drawn(cases), SIDE_BY_SIDE, tell)


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"deploy"}))
def test_each_fault_at_each_request_of_the_other_commands(command: str, stack: Stack, tmp_path: Path) -> None:
    tell(f"KUBESHIP_SOAK_SEED={SEED}")
    with world(stack, tmp_path) as there:
        all_converge(there, drawn(every(REQUESTS[command], command)), SIDE_BY_SIDE, tell)


def test_storms(stack: Stack, tmp_path: Path) -> None:
    tell(f"KUBESHIP_SOAK_SEED={SEED}")
    storms = [
        Storm(SEED + number, share, command)
        for number in range(int(100 * SHARE))
        for command in ("deploy", "delete", "rollback", "run")
        for share in (0.05, 0.2, 0.5)
    ]
    with world(stack, tmp_path) as there:
        all_converge(there, storms, SIDE_BY_SIDE, tell)
