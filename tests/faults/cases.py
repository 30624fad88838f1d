"""How is a command disturbed, and many of them at once without getting in each other's way?"""

import queue
import random
import traceback
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.faults.api_proxy import FAULTS
from tests.faults.commands import COMMANDS
from tests.faults.proxy import Faults, at
from tests.faults.runs import Ran
from tests.faults.world import App, Spoils, World

KILL = "kill"
TRANSIENT = ("429", "500", "503", "close", "reset", "half", "lost", "duplicate", "gone")
"""What a connection and a server on a bad day do, and what a deploy may be expected to outlast."""


@dataclass(frozen=True)
class Case:
    """One disturbance."""

    fault: str
    """One of FAULTS, or KILL."""
    number: int
    """Of the request that it meets, from 0."""
    times: int = 1
    """How many requests in a row."""
    fails: bool = False
    """Whether what is deployed can't become healthy, so that the rollback is disturbed too."""
    command: str = "deploy"
    """Or another one of tests/faults/commands.py."""


@dataclass(frozen=True)
class Storm:
    """Each request may be spoilt, by a seed of its own."""

    seed: int
    share: float
    command: str = "deploy"

    def spoils(self) -> Spoils:
        chance = random.Random(self.seed)
        return lambda number, method, path: chance.choice(TRANSIENT) if chance.random() < self.share else None


def every(requests: int, command: str = "deploy") -> list[Case]:
    """Each fault, and a kill, at each request in turn."""
    return [Case(fault, number, command=command) for fault in (*FAULTS, KILL) for number in range(requests)]


def disturb(app: App, case: Case | Storm) -> Ran:
    """Run a command with the disturbance, then again without: it must converge. Returns the first."""
    fails = isinstance(case, Case) and case.fails
    command = COMMANDS[case.command]
    command.prepare(app, fails)
    ran, faults = _disturbed(app, case, command.arguments)
    what = f"{app.namespace}: {case} met {faults.spoilt or faults.seen[-1:]}"
    if fails:
        app.next_version()
    command.converges(app, ran, what)
    return ran


def _disturbed(app: App, case: Case | Storm, arguments: Sequence[str]) -> tuple[Ran, Faults]:
    if isinstance(case, Storm):
        return app.kubeship(*arguments, spoils=case.spoils())
    if case.fault == KILL:
        return app.killed_at(case.number, *arguments)
    return app.kubeship(*arguments, spoils=at(case.number, case.fault, case.times))


def all_converge(world: World, cases: Iterable[Case | Storm], side_by_side: int, tell: Callable[[str], None]) -> None:
    """Each case, some at the same time, each of these in a namespace of its own; failures are told at the end."""
    idle: queue.Queue[App] = queue.Queue()
    with ThreadPoolExecutor(side_by_side) as pool:
        for app in pool.map(lambda number: world.app(f"app-{number}"), range(side_by_side)):
            idle.put(app)
        outcomes = pool.map(lambda each: _tried(world, idle, each[0], each[1], tell), enumerate(cases))
        failures = [outcome for outcome in outcomes if outcome]
    assert not failures, "\n\n".join([f"{len(failures)} don't converge", *failures])


def _tried(
    world: World, idle: "queue.Queue[App]", number: int, case: Case | Storm, tell: Callable[[str], None]
) -> str | None:
    app = idle.get()
    try:
        ran = disturb(app, case)
        tell(f"{number} {case}: {ran.code}, and then 0")
        return None
    except Exception:  # of whatever kind: the other cases are still to be tried
        told = f"{number} {case}: {traceback.format_exc()}"
        tell(told)
        app = world.app(f"after-{number}")  # what is left of the other one would fail the next case
        return told
    finally:
        idle.put(app)
