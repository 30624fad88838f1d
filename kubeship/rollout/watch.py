"""When is a rollout ready, and when is it certain that it won't be? Watches until one of both, or until time is up."""

import time
from collections.abc import Callable, Collection
from dataclasses import replace

from kubeship.model.events import Caution, Emit, RolloutProgress
from kubeship.model.snapshot import LogRef, Snapshot
from kubeship.model.verdict import Failed, Ready, Waiting
from kubeship.rollout.listening import listening
from kubeship.rollout.ports import Observer
from kubeship.rollout.redaction import without_values
from kubeship.rollout.remarks import changed_meanwhile, remarks
from kubeship.rollout.services import unproved_ports
from kubeship.rollout.surroundings import cautions, may_still_come
from kubeship.rollout.suspects import instances, refused, silent, unheard
from kubeship.rollout.timeline import shown
from kubeship.rollout.verdict import judge, out_of_time, summaries

TELL_AGAIN = 10.0
"""Seconds after which it is told again where everything stands, though nothing has changed."""
LONGEST_WAIT = 1.0
"""Seconds. Some rules look at the clock, so a picture is judged again though nothing in it has changed."""


def watch(
    observer: Observer,
    timeout: float,
    emit: Emit,
    clock: Callable[[], float] = time.monotonic,
    unblock: Callable[[Snapshot], None] = lambda _: None,
) -> Ready | Failed:
    """Watch a rollout, emitting RolloutProgress whenever it changes. `timeout` in seconds.

    Fetches the logs of suspects while it waits, and once more, fresh, for the final diagnosis. `unblock` sees every
    picture, and may do what lets the rollout go on. Raises what the observer raises; Ctrl-C passes through.
    """
    deadline = clock() + timeout
    evidence = _Evidence(observer)
    shown_last: object = None
    tell = 0.0
    first: Snapshot | None = None
    foreign: tuple[Caution, ...] = ()
    while True:
        snapshot = evidence.added(observer.snapshot())
        first = first or snapshot
        if not foreign and (foreign := changed_meanwhile(first, snapshot)):
            for caution in foreign:
                emit(caution)
        unblock(snapshot)
        verdict = judge(snapshot)
        match verdict:
            case Ready():
                emit(RolloutProgress(summaries(snapshot)))
                for caution in remarks(_listened_to(snapshot, observer)):
                    emit(caution)
                _look_around(observer, emit, deadline, clock)
                return verdict
            case Failed():
                # Events come a moment later than the status that they explain.
                last = evidence.fresh(evidence.added(observer.snapshot()))
                again = judge(last)
                return _failed(again if isinstance(again, Failed) else verdict, last, observer)
            case Waiting():
                progress = RolloutProgress(verdict.summaries, verdict.worries, shown(verdict.states))
        left = deadline - clock()
        if left <= 0:
            last = evidence.fresh(snapshot, silent(snapshot))
            return _failed(out_of_time(last, timeout), last, observer)
        # Evidence changes all the time (names of pods that were refused, counts): that is no news.
        news = (progress.summaries, [worry.cause for worry in progress.worries])
        if news != shown_last or clock() >= tell:
            emit(replace(progress, worries=without_values(progress.worries, observer)))
            shown_last, tell = news, clock() + TELL_AGAIN
        observer.wait(min(LONGEST_WAIT, left))


class _Evidence:
    """What was read of logs and sockets until now: each only when there is something new in it."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._read: dict[LogRef, str] = {}
        self._logs: dict[LogRef, str] = {}
        self._looked: dict[str, str] = {}
        self._sockets: dict[str, str] = {}
        self._pods: frozenset[str] = frozenset()
        self._left = False

    def added(self, snapshot: Snapshot) -> Snapshot:
        """The picture with what could be read."""
        suspected = instances(snapshot)
        fresh = [log for log, instance in suspected.items() if self._read.get(log) != instance]
        if fresh:
            self._logs |= self._observer.logs(fresh)
            self._read |= suspected
        silent_pods = refused(snapshot)
        look = [pod for pod, moment in silent_pods.items() if self._looked.get(pod) != moment]
        if look:
            found = self._observer.sockets(look)
            # What ends has closed its sockets: what was seen before that tells more.
            self._sockets |= {pod: text for pod, text in found.items() if listening(text) or pod not in self._sockets}
            self._looked |= silent_pods
        pods = frozenset(pod["metadata"]["uid"] for pod in snapshot.pods)
        self._left = self._left or bool(self._pods - pods)
        self._pods = pods
        return replace(snapshot, logs=dict(self._logs), sockets=dict(self._sockets), pods_left=self._left)

    def fresh(self, snapshot: Snapshot, more: Collection[LogRef] = ()) -> Snapshot:
        """The picture with the last words of all suspects, and of whom else is named."""
        wanted = list(dict.fromkeys((*instances(snapshot), *more)))
        # What an instance said that the kubelet has thrown away since may be the only word on why it ended.
        return replace(snapshot, logs={**self._logs, **self._observer.logs(wanted)} if wanted else dict(self._logs))


def _listened_to(snapshot: Snapshot, observer: Observer) -> Snapshot:
    """The picture with the words and sockets of what no probe asks."""
    pods = {each.pod for each in unproved_ports(snapshot)}
    sockets = observer.sockets(pods) if pods else {}
    return replace(snapshot, logs=observer.logs(unheard(snapshot)), sockets=sockets)


def _look_around(observer: Observer, emit: Emit, deadline: float, clock: Callable[[], float]) -> None:
    """Tell what is wrong around a healthy rollout; an Ingress that was just made is waited for."""
    around = observer.surroundings()
    while may_still_come(around) and clock() < deadline:
        observer.snapshot()
        observer.wait(LONGEST_WAIT)
        around = observer.surroundings()
    for caution in cautions(around):
        emit(caution)


def _failed(failed: Failed, last: Snapshot, observer: Observer) -> Failed:
    return replace(failed, diagnoses=without_values(failed.diagnoses, observer), logs=last.logs)
