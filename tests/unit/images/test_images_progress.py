"""Do a build's records become the events that a person can follow?"""

from kubeship.images.progress import BuildProgress, shown_line
from kubeship.images.trace import Trace, Vertex, VertexLog
from kubeship.model.events import BuildStage, Event, LogLine


def test_step_is_told_once_when_it_begins_and_once_when_it_ends() -> None:
    queued, begun = Vertex("a", "[2/3] RUN make"), Vertex("a", "[2/3] RUN make", started=10)
    ended = Vertex("a", "[2/3] RUN make", started=10, completed=12.5)

    events = follow(BuildProgress(), queued, begun, begun, ended, ended)

    assert events == [BuildStage("[2/3] RUN make", "started"), BuildStage("[2/3] RUN make", "done", 2.5)]


def test_cached_step_and_internal_steps_are_told_as_such_or_not_at_all() -> None:
    base = Vertex("b", f"[1/3] FROM python:3.11-slim@sha256:{'0' * 64}", started=1, completed=1, cached=True)
    internal = Vertex("c", "[internal] load build definition", started=1, completed=2)

    events = follow(BuildProgress(), base, internal, Vertex("d", "copy /context /", started=1))

    assert events == [BuildStage("[1/3] FROM python:3.11-slim", "cached")]


def test_lines_are_put_together_from_pieces_and_the_last_one_is_not_lost() -> None:
    progress = BuildProgress()
    begun = Trace((Vertex("a", "RUN x", started=1),), (VertexLog("a", b"on"),))
    ended = Trace((Vertex("a", "RUN x", started=1, completed=2),))

    events = [
        *progress.follow(begun),
        *progress.follow(Trace(logs=(VertexLog("a", b"e\ntwo"),))),
        *progress.follow(ended),
    ]

    assert [event.line for event in events if isinstance(event, LogLine)] == ["one", "two"]


def test_failed_step_has_its_own_log_and_cancelled_ones_do_not_count() -> None:
    progress = BuildProgress()
    follow(progress, Vertex("a", "RUN a", started=1), Vertex("b", "RUN b", started=1))
    list(progress.follow(Trace(logs=(VertexLog("a", b"a's\n"), VertexLog("b", b"b's\n")))))

    follow(progress, Vertex("b", "RUN b", error="context canceled"), Vertex("a", "RUN a", error="exit code: 1"))

    assert progress.failed is not None
    assert (progress.failed.title, progress.failed.log) == ("RUN a", ("a's",))


def test_progress_bars_and_colours_are_shown_as_a_terminal_would() -> None:
    assert shown_line(b"10%\r50%\r\x1b[32m100%\x1b[0m\r") == "100%"


def follow(progress: BuildProgress, *vertexes: Vertex) -> list[Event]:
    return [event for vertex in vertexes for event in progress.follow(Trace((vertex,)))]
