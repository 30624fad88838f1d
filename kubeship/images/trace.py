"""What does BuildKit tell while it builds? Its `moby.buildkit.trace` records, decoded.

A record is a base64 protobuf `moby.buildkit.v1.StatusResponse` (buildkit, api/services/control/control.proto). Only the
fields that people see are read; unknown ones are skipped, so that newer engines are understood too.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field


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
    fields = list(_fields(base64.b64decode(encoded)))
    return Trace(
        vertexes=tuple(_vertex(value) for number, value in fields if number == 1 and isinstance(value, bytes)),
        logs=tuple(_log(value) for number, value in fields if number == 3 and isinstance(value, bytes)),
    )


def _vertex(message: bytes) -> Vertex:
    """Vertex: digest 1, inputs 2, name 3, cached 4, started 5, completed 6, error 7."""
    values = dict(_fields(message))
    return Vertex(
        digest=_text(values.get(1)),
        name=_text(values.get(3)),
        cached=bool(values.get(4)),
        started=_time(values.get(5)),
        completed=_time(values.get(6)),
        error=_text(values.get(7)),
    )


def _log(message: bytes) -> VertexLog:
    """VertexLog: vertex 1, timestamp 2, stream 3, msg 4."""
    values = dict(_fields(message))
    data = values.get(4)
    return VertexLog(vertex=_text(values.get(1)), data=data if isinstance(data, bytes) else b"")


def _text(value: int | bytes | None) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else ""


def _time(value: int | bytes | None) -> float | None:
    """google.protobuf.Timestamp: seconds 1, nanoseconds 2."""
    if not isinstance(value, bytes):
        return None
    parts = dict(_fields(value))
    seconds, nanoseconds = parts.get(1, 0), parts.get(2, 0)
    return float(seconds) + float(nanoseconds) / 1e9


_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_WIDTH = {_FIXED64: 8, _FIXED32: 4}


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field, in order (protobuf.dev/programming-guides/encoding)."""
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        kind = key & 7
        if kind == _VARINT:
            value, position = _varint(message, position)
            yield key >> 3, value
            continue
        if kind == _BYTES:
            length, position = _varint(message, position)
        elif kind in _WIDTH:
            length = _WIDTH[kind]
        else:
            raise ValueError(f"wire type {kind} at byte {position}")
        end = position + length
        if end > len(message):
            raise ValueError(f"a field ends at byte {end} of {len(message)}")
        yield key >> 3, message[position:end]
        position = end


def _varint(message: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if position >= len(message):
            raise ValueError("the message ends within a number")
        byte = message[position]
        value |= (byte & 0x7F) << shift
        position += 1
        shift += 7
        if byte < 0x80:
            return value, position
