"""Who may change the app right now? One holder at a time, renewed while it lives, taken over when it is dead."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial

from kubeship.cluster.errors import Refusal
from kubeship.cluster.holders import (
    DURATION,
    format_time,
    lease_ref,
    machine_identity,
    machine_of,
    new_lease,
    process_lives,
    standing,
    taken,
)
from kubeship.cluster.ports import Api
from kubeship.errors import LeaseHeld
from kubeship.model.events import Emit, LeaseAwaited
from kubeship.model.objects import Object, ref

RENEWALS = 3
"""How often it is renewed in that time."""
LOOK_SECONDS = 1.0
"""Between two looks at a lease that is waited for."""
TRIES = 5
"""How often one that is being changed under our hands is looked at anew."""
ASLEEP_TOO = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Linux's monotonic clock stands still while a laptop sleeps (clock_gettime(2)), macOS' goes on."""


def elapsed() -> float:
    """Seconds since some moment, those included in which the machine slept: a lease runs out meanwhile."""
    return time.clock_gettime(ASLEEP_TOO)


class HeldLease:
    """The lease while it is ours (workflows' port Lease)."""

    def __init__(self, api: Api, lease: Object, holder: str, clock: Callable[[], float] = elapsed) -> None:
        """`lease` as the server has it after it was taken; `clock` counts seconds."""
        self.holder = holder
        self._api = api
        self._lease = lease
        self._clock = clock
        self._renewed = clock()
        self._lost = ""
        self._ended = threading.Event()
        self._renewing = threading.RLock()
        self._thread = threading.Thread(target=self._keep, name="kubeship-lease", daemon=True)

    def check(self) -> None:
        """Raise LeaseHeld when the lease was lost. One that has run out, and that nobody took, is renewed."""
        if self._has_run_out():
            with self._renewing:  # somebody else of us may just have done it
                if self._has_run_out() and not self._lost:
                    self.renew()
        if self._lost:
            raise LeaseHeld(self._lost, hint="let the other deploy end, then run this one again; it converges")
        if self._has_run_out():
            raise LeaseHeld(
                f"{self._lease['metadata']['name']} could not be renewed for {DURATION:.0f} s, so another deploy may "
                "have taken it; nothing more is changed",
                hint="check the connection to the API server, then run it again; it converges",
            )

    def start(self) -> None:
        """Renew in the background until `release`."""
        self._thread.start()

    def renew(self) -> None:
        """Renew once. A server that doesn't answer is asked again next time; another holder means it is lost."""
        with self._renewing:
            asked = self._clock()
            try:
                spec = {**self._lease["spec"], "renewTime": format_time(self._api.now())}
                self._lease = self._api.replace({**self._lease, "spec": spec})
                self._renewed = asked
            except Refusal as refusal:
                if refusal.status in {404, 409}:
                    self._look_again()

    def release(self) -> None:
        """Let the next one have it at once; when that fails, it ends by itself."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._lost:
            return
        with suppress(Refusal):
            self._api.replace({**self._lease, "spec": {**self._lease["spec"], "holderIdentity": ""}})

    def _has_run_out(self) -> bool:
        return self._clock() - self._renewed > DURATION

    def _look_again(self) -> None:
        """Our own write whose answer was lost, somebody's annotation, or another holder?"""
        with suppress(Refusal):
            live = self._api.get(ref(self._lease))
            holder = ((live or {}).get("spec") or {}).get("holderIdentity")
            if live is not None and (holder, machine_of(live)) == (self.holder, machine_of(self._lease)):
                self._lease = live
            else:
                name = self._lease["metadata"]["name"]
                taker = holder or "another deploy, which has ended since"
                self._lost = f"{name} was deleted" if live is None else f"{name} was lost to {taker}"

    def _keep(self) -> None:
        pause = DURATION / RENEWALS
        while not self._ended.wait(pause) and not self._lost:
            self.renew()
            # After a failure soon again: a renewal that fails once must not cost the deploy.
            pause = DURATION / RENEWALS if self._clock() - self._renewed < DURATION / RENEWALS else 1.0


@dataclass(frozen=True)
class Patience:
    """How long to wait for somebody else's lease."""

    seconds: float = 0.0
    emit: Emit = lambda event: None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def outlast(self, reach: Callable[[], Object]) -> Object:
        """The lease, as soon as it can be had. Raises LeaseHeld when that takes too long."""
        until = self.clock() + self.seconds
        told = ""
        while True:
            try:
                return reach()
            except LeaseHeld as error:
                if self.clock() >= until:
                    raise
                if error.message != told:
                    self.emit(LeaseAwaited(error.message, error.holder, error.since, self.seconds))
                    told = error.message
                self.sleep(LOOK_SECONDS)


NONE = Patience()


@contextmanager
def lease(
    api: Api,
    app: str,
    holder: str,
    machine: str = "",
    alive: Callable[[int], bool] = process_lives,
    *,
    patience: Patience = NONE,
) -> Iterator[HeldLease]:
    """Hold the app's lease while the context lasts.

    Raises LeaseHeld, naming the holder, when somebody else still has it after as long as `patience` says.
    """
    reach = partial(acquire, api, app, holder, machine or machine_identity(), alive)
    held = HeldLease(api, patience.outlast(reach), holder)
    held.start()
    try:
        yield held
    finally:
        held.release()


def acquire(api: Api, app: str, holder: str, machine: str, alive: Callable[[int], bool]) -> Object:
    """The Lease, taken. Two that take a dead one's lease at once write the same resourceVersion: one is refused."""
    wanted = lease_ref(app)
    for _ in range(TRIES):
        live = api.get(wanted)
        try:
            if live is None:
                return api.create(taken(new_lease(app), holder, machine, api.now()))
            other = standing(live, holder, machine, api.now(), alive)
            if other is not None:
                raise LeaseHeld(
                    f"{other.name} is deploying {app} (since {other.since}, namespace {api.namespace})",
                    hint="wait until it has ended and run this again; when it is dead, the lease ends "
                    f"{DURATION:.0f} s after its last sign of life",
                    holder=other.name,
                    since=other.since,
                )
            return api.replace(taken(live, holder, machine, api.now()))
        except Refusal as refusal:
            if refusal.status != 409:
                raise
    raise LeaseHeld(f"several deploys of {app} reach for its lease at once", hint="run this one again in a moment")
