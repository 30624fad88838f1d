"""How do several blobs go over the line side by side, and all end when one fails?"""

import queue
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from kubeship.model.events import Emit, Event

Subject = TypeVar("Subject")
Result = TypeVar("Result")

AT_ONCE = 6
END_SECONDS = 6.0
"""How long the others may take to be cancelled after a failure or Ctrl-C."""


class _Ended(Exception):
    """Another one has failed: this one needn't go on."""


class Together:
    """A few acts at a time. Whatever tells its progress through `until_ended` is broken off when one has failed."""

    def __init__(self) -> None:
        self._ended = threading.Event()

    def until_ended(self, emit: Emit) -> Emit:
        """Hears of progress; raises when there is no use in going on."""

        def told(event: Event) -> None:
            if self._ended.is_set():
                raise _Ended
            emit(event)

        return told

    def each(self, act: Callable[[Subject], Result], subjects: Sequence[Subject]) -> list[Result]:
        """The results in the order of the subjects; raises the first failure, at once."""
        waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        done: queue.SimpleQueue[tuple[int, Result] | BaseException] = queue.SimpleQueue()
        for number in range(len(subjects)):
            waiting.put(number)

        def work() -> None:
            while not self._ended.is_set():
                try:
                    number = waiting.get_nowait()
                except queue.Empty:
                    return
                try:
                    done.put((number, act(subjects[number])))
                except BaseException as error:  # handed to the thread that waits
                    done.put(error)
                    self._ended.set()

        # Daemons: one that waits for a dead registry doesn't keep a process alive that was told to end.
        workers = [threading.Thread(target=work, daemon=True) for _ in range(min(AT_ONCE, len(subjects)))]
        for worker in workers:
            worker.start()
        results: dict[int, Result] = {}
        try:
            while len(results) < len(subjects):
                outcome = done.get()
                if isinstance(outcome, BaseException):
                    raise outcome
                results[outcome[0]] = outcome[1]
        except BaseException:  # Ctrl-C too
            self._ended.set()
            for worker in workers:
                worker.join(END_SECONDS)
            raise
        return [results[number] for number in range(len(subjects))]
