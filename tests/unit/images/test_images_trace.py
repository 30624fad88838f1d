"""Are BuildKit's records understood, whatever an engine puts into them?"""

import base64

import pytest

from kubeship.images.trace import Trace, Vertex, VertexLog, decode_trace


def test_vertex_of_a_running_step_is_read() -> None:
    timestamp = varint(1, 1_700_000_000) + varint(2, 500_000_000)
    vertex = text(1, "sha256:aa") + text(2, "sha256:in") + text(3, "[2/3] RUN make") + nested(5, timestamp)

    trace = decode(nested(1, vertex))

    assert trace == Trace(vertexes=(Vertex("sha256:aa", "[2/3] RUN make", started=1_700_000_000.5),))


def test_cached_and_failed_steps_are_told_apart() -> None:
    cached = text(1, "a") + varint(4, 1) + nested(6, varint(1, 7))
    failed = text(1, "b") + text(7, "exit code: 1")

    trace = decode(nested(1, cached) + nested(1, failed))

    assert trace.vertexes == (Vertex("a", "", completed=7.0, cached=True), Vertex("b", "", error="exit code: 1"))


def test_log_is_read_as_bytes() -> None:
    log = text(1, "sha256:aa") + varint(3, 2) + field(4, 2) + bytes([4]) + b"\xff\nok"

    trace = decode(nested(3, log))

    assert trace.logs == (VertexLog("sha256:aa", b"\xff\nok"),)


def test_fields_of_newer_engines_are_skipped() -> None:
    unknown = nested(4, text(1, "warning")) + field(99, 1) + bytes(8) + field(98, 5) + bytes(4) + varint(97, 1 << 40)

    trace = decode(unknown + nested(1, text(1, "a")))

    assert trace.vertexes == (Vertex("a", ""),)


@pytest.mark.parametrize("message", [b"\x0a\x05ab", b"\x0b", b"\x80"])
def test_broken_message_is_a_value_error(message: bytes) -> None:
    with pytest.raises(ValueError, match=r"byte|number"):
        decode(message)


def decode(message: bytes) -> Trace:
    return decode_trace(base64.b64encode(message).decode())


def number(value: int) -> bytes:
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def field(key: int, kind: int) -> bytes:
    return number(key << 3 | kind)


def varint(key: int, value: int) -> bytes:
    return field(key, 0) + number(value)


def nested(key: int, message: bytes) -> bytes:
    return field(key, 2) + number(len(message)) + message


def text(key: int, value: str) -> bytes:
    return nested(key, value.encode())
