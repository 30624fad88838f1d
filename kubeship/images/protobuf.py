"""How is a protobuf message read and written? Just the wire format; whoever calls knows the fields' numbers.

Source: protobuf.dev/programming-guides/encoding.
"""

from collections.abc import Iterator

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_WIDTH = {_FIXED64: 8, _FIXED32: 4}


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field, in order. Raises ValueError when it is no protobuf message."""
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


def text(value: int | bytes | None) -> str:
    """A string field's value; empty where the field is absent, as protobuf has it."""
    return value.decode(errors="replace") if isinstance(value, bytes) else ""


def bytes_field(number: int, value: bytes) -> bytes:
    """A field of type string or bytes, encoded."""
    return _encoded(number << 3 | _BYTES) + _encoded(len(value)) + value


def number_field(number: int, value: int) -> bytes:
    """A field of type enum, bool or unsigned integer, encoded."""
    return _encoded(number << 3 | _VARINT) + _encoded(value)


def _encoded(value: int) -> bytes:
    pieces = bytearray()
    while value > 0x7F:
        pieces.append(value & 0x7F | 0x80)
        value >>= 7
    pieces.append(value)
    return bytes(pieces)


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
