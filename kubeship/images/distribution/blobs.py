"""How do an image's blobs get into a registry side by side?"""

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from kubeship.images.ports import Registry
from kubeship.model.events import Emit, Event, PushProgress

AT_ONCE = 4
END_SECONDS = 6.0
"""How long uploads may take to be cancelled after a failure or Ctrl-C."""


@dataclass(frozen=True)
class Blob:
    """A layer or a configuration."""

    digest: str
    size: int
    content: Callable[[], BinaryIO]
    """Opens the bytes anew each time that it is called; what it returns must seek."""
    source: str | None = None
    """A repository of the same registry that holds it."""


class _Ended(Exception):
    """Another upload has failed: this one needn't go on."""


def push_blobs(registry: Registry, repository: str, blobs: Sequence[Blob], emit: Emit, at_once: int = AT_ONCE) -> None:
    """Mount, find or upload every blob; raises the first failure's PushFailed after ending the other uploads."""
    ended = threading.Event()
    waiting: queue.SimpleQueue[Blob] = queue.SimpleQueue()
    done: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
    for blob in blobs:
        waiting.put(blob)
    progress = _Progress(sum(blob.size for blob in blobs), emit)

    def work() -> None:
        while not ended.is_set():
            try:
                blob = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                _push(registry, repository, blob, _until(ended, progress.of(blob)))
                done.put(None)
            except BaseException as error:
                done.put(error)
                ended.set()

    # Daemons: one that waits for a dead registry doesn't keep a process alive that was told to end.
    workers = [threading.Thread(target=work, daemon=True) for _ in range(min(at_once, len(blobs)))]
    for worker in workers:
        worker.start()
    try:
        for _ in blobs:
            if error := done.get():
                raise error
    finally:
        ended.set()
        for worker in workers:
            worker.join(END_SECONDS)


def _push(registry: Registry, repository: str, blob: Blob, emit: Emit) -> None:
    if blob.source and registry.mount(repository, blob.digest, blob.source):
        pass
    elif not registry.has_blob(repository, blob.digest):
        registry.upload(repository, blob.digest, blob.size, blob.content, emit)
    emit(PushProgress(blob.size, blob.size))


def _until(ended: threading.Event, emit: Emit) -> Emit:
    """Breaks an upload off at its next part."""

    def told(event: Event) -> None:
        if ended.is_set():
            raise _Ended
        emit(event)

    return told


class _Progress:
    """Adds the blobs up; speaks when a percent more has arrived."""

    def __init__(self, total: int, emit: Emit) -> None:
        self._total = total
        self._emit = emit
        self._sent: dict[str, int] = {}
        self._told = 0
        self._lock = threading.Lock()

    def of(self, blob: Blob) -> Emit:
        """Takes the events of one blob."""

        def told(event: Event) -> None:
            with self._lock:
                if not isinstance(event, PushProgress):
                    self._emit(event)
                    return
                self._sent[blob.digest] = event.sent
                now = sum(self._sent.values())
                if now - self._told > self._total / 100 or (now == self._total and self._told < now):
                    self._told = now
                    self._emit(PushProgress(now, self._total))

        return told
