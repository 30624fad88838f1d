"""When is a rollout ready, and when is it certain that it won't be? Watches until one of both, or until time is up."""

import time
from collections.abc import Callable
from dataclasses import replace

from kubeship.model.events import Emit, RolloutProgress
from kubeship.model.snapshot import LogRef, Snapshot
from kubeship.model.verdict import Failed, Ready, Waiting
from kubeship.rollout.ports import Observer
from kubeship.rollout.suspects import instances
from kubeship.rollout.verdict import judge, out_of_time, summaries

LONGEST_WAIT = 1.0
"""Seconds. Some rules look at the clock, so a picture is judged again though nothing in it has changed."""


def watch(
    observer: Observer, timeout: float, emit: Emit, clock: Callable[[], float] = time.monotonic
) -> Ready | Failed:
    """Watch a rollout, emitting RolloutProgress whenever it changes. `timeout` in seconds.

    Fetches the logs of suspects while it waits, and once more, fresh, for the final diagnosis. Raises what the
    observer raises; Ctrl-C passes through.
    """
    deadline = clock() + timeout
    read: dict[LogRef, str] = {}
    logs: dict[LogRef, str] = {}
    shown: object = None
    while True:
        snapshot = observer.snapshot()
        suspected = instances(snapshot)
        fresh = [log for log, instance in suspected.items() if read.get(log) != instance]
        if fresh:
            logs |= observer.logs(fresh)
            read |= suspected
        verdict = judge(replace(snapshot, logs=logs))
        match verdict:
            case Ready():
                emit(RolloutProgress(summaries(snapshot)))
                return verdict
            case Failed():
                again = judge(_with_last_words(snapshot, observer))
                return again if isinstance(again, Failed) else verdict
            case Waiting():
                progress = RolloutProgress(verdict.summaries, verdict.worries)
        left = deadline - clock()
        if left <= 0:
            return out_of_time(_with_last_words(snapshot, observer), timeout)
        # Evidence changes all the time (names of pods that were refused, counts): that is no news.
        news = (progress.summaries, [worry.cause for worry in progress.worries])
        if news != shown:
            emit(progress)
            shown = news
        observer.wait(min(LONGEST_WAIT, left))


def _with_last_words(snapshot: Snapshot, observer: Observer) -> Snapshot:
    wanted = list(instances(snapshot))
    return replace(snapshot, logs=observer.logs(wanted) if wanted else {})
