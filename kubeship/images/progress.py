"""How far is a build, and which of its steps failed? BuildKit's records become events."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kubeship.images.trace import Trace, Vertex, VertexLog
from kubeship.model.events import BuildStage, Event, LogLine, Note

KEPT_LINES = 400
"""Of each step's log: a compiler's cause may stand far above its last line."""

IMPORTING = "importing cache manifest"
"""A step of BuildKit's own; the build goes on when there is no such cache."""


@dataclass(frozen=True)
class FailedStage:
    """The step that ended the build."""

    title: str
    error: str
    log: tuple[str, ...]
    """Its own last lines, at most KEPT_LINES."""


class BuildProgress:
    """Follows one build: takes records in their order and gives the events that they mean."""

    def __init__(self, hide: Callable[[str], str] = str) -> None:
        """`hide` takes secrets out of what steps print."""
        self._hide = hide
        self._titles: dict[str, str] = {}
        self._states: dict[str, str] = {}
        self._unfinished: dict[str, bytes] = {}
        self._logs: dict[str, deque[str]] = {}
        self._failed: Vertex | None = None

    def follow(self, trace: Trace) -> Iterator[Event]:
        """The events of one record: a step's state when it changes, a log's lines when they are whole."""
        for vertex in trace.vertexes:
            self._titles[vertex.digest] = title(vertex.name)
        for log in trace.logs:
            yield from self._lines(log)
        for vertex in trace.vertexes:
            yield from self._changes(vertex)

    @property
    def failed(self) -> FailedStage | None:
        """The step whose error ended the build; steps that were cancelled because of it don't count."""
        if self._failed is None:
            return None
        digest = self._failed.digest
        return FailedStage(self._titles[digest], self._failed.error, tuple(self._logs.get(digest, ())))

    def _lines(self, log: VertexLog) -> Iterator[Event]:
        *whole, rest = (self._unfinished.get(log.vertex, b"") + log.data).split(b"\n")
        self._unfinished[log.vertex] = rest
        for line in whole:
            yield self._line(log.vertex, line)

    def _line(self, digest: str, line: bytes) -> LogLine:
        text = self._hide(shown_line(line))
        self._logs.setdefault(digest, deque(maxlen=KEPT_LINES)).append(text)
        return LogLine(self._titles.get(digest, ""), text)

    def _changes(self, vertex: Vertex) -> Iterator[Event]:
        state = _state(vertex)
        if state in ("done", "failed") and (rest := self._unfinished.pop(vertex.digest, b"")):
            yield self._line(vertex.digest, rest)
        before = self._states.get(vertex.digest)
        if state is None or state == before or (state == "started" and before is not None):
            return
        self._states[vertex.digest] = state
        if state == "failed" and vertex.name.startswith(IMPORTING):
            yield Note(f"No cache{vertex.name.removeprefix(IMPORTING)} yet, so every step runs ({vertex.error})")
            return
        if state == "failed" and not self._failed and "context canceled" not in vertex.error:
            self._failed = vertex
        if not _internal(vertex.name) or state == "failed":
            ended = vertex.started is not None and vertex.completed is not None
            seconds = (vertex.completed or 0) - (vertex.started or 0) if ended and state != "cached" else None
            yield BuildStage(self._titles[vertex.digest], state, seconds)


def title(name: str) -> str:
    """A step's name without the digest that BuildKit adds to FROM, on one line."""
    return " ".join(re.sub(r"@sha256:[0-9a-f]{64}", "", name).split())


def shown_line(line: bytes) -> str:
    """What a terminal would show of a line: the last state of a progress bar, no colours."""
    text = line.decode(errors="replace").rstrip("\r").rpartition("\r")[2]
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def _state(vertex: Vertex) -> str | None:
    if vertex.error:
        return "failed"
    if vertex.cached:
        return "cached"
    if vertex.completed is not None:
        return "done"
    return "started" if vertex.started is not None else None


def _internal(name: str) -> bool:
    """Steps that stand in no Dockerfile: `copy /context /` is how an uploaded context is unpacked."""
    return name.startswith("[internal]") or name == "copy /context /"
