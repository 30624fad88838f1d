"""What does BuildKit tell while it builds? Its `moby.buildkit.trace` records, decoded.

A record is a base64 protobuf `moby.buildkit.v1.StatusResponse` (buildkit, api/services/control/control.proto). Only the
fields that people see are read; unknown ones are skipped, so that newer engines are understood too.
"""

import base64
from dataclasses import dataclass, field

from kubeship.images.protobuf import fields, text


@dataclass(frozen=True)
class Vertex:
    """A step of the build, as it stands now; told again whenever it changes."""

    digest: str
    name: str
    started: float | None = None
    """Seconds since 1970."""
    completed: float | None = None
    cached: bool = False
    error: str = ""


@dataclass(frozen=True)
class VertexLog:
    """Some output of a step, cut anywhere."""

    vertex: str
    """The step's digest."""
    data: bytes


@dataclass(frozen=True)
class Trace:
    """One record."""

    vertexes: tuple[Vertex, ...] = field(default=())
    logs: tuple[VertexLog, ...] = field(default=())


def decode_trace(encoded: str) -> Trace:
    """One record. Raises ValueError when it is no protobuf message."""
    told = list(fields(base64.b64decode(encoded)))
    return Trace(
        vertexes=tuple(_vertex(value) for number, value in told if number == 1 and isinstance(value, bytes)),
        logs=tuple(_log(value) for number, value in told if number == 3 and isinstance(value, bytes)),
    )


def _vertex(message: bytes) -> Vertex:
    """Vertex: digest 1, inputs 2, name 3, cached 4, started 5, completed 6, error 7."""
    values = dict(fields(message))
    return Vertex(
        digest=text(values.get(1)),
        name=text(values.get(3)),
        cached=bool(values.get(4)),
        started=_time(values.get(5)),
        completed=_time(values.get(6)),
        error=text(values.get(7)),
    )


def _log(message: bytes) -> VertexLog:
    """VertexLog: vertex 1, timestamp 2, stream 3, msg 4."""
    values = dict(fields(message))
    data = values.get(4)
    return VertexLog(vertex=text(values.get(1)), data=data if isinstance(data, bytes) else b"")


def _time(value: int | bytes | None) -> float | None:
    """google.protobuf.Timestamp: seconds 1, nanoseconds 2."""
    if not isinstance(value, bytes):
        return None
    parts = dict(fields(value))
    seconds, nanoseconds = parts.get(1, 0), parts.get(2, 0)
    return float(seconds) + float(nanoseconds) / 1e9
