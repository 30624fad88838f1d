"""How are gRPC calls answered on a connection that is open already? HTTP/2 by h2, one call after another.

Only unary calls, which is all that BuildKit asks of a client without files. Source: grpc/doc/PROTOCOL-HTTP2.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, RequestReceived, StreamEnded, StreamReset, WindowUpdated
from h2.exceptions import H2Error

UNKNOWN, NOT_FOUND, UNIMPLEMENTED = 2, 5, 12
"""Status codes (grpc/doc/statuscodes.md)."""
PREFIX_BYTES = 5
"""Before each message: whether it is compressed, and its length."""
CHUNK = 1 << 16
LARGEST_REQUEST = 1 << 20
"""Bytes; requests name a secret or a host."""


class Refused(Exception):
    """A call that ends in a status other than OK; the message reaches the caller."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


Method = Callable[[bytes], bytes]
"""Answers a request message with a response message, or raises Refused."""


class Connection(Protocol):
    """Both directions of an open connection."""

    def receive(self) -> bytes:
        """What has arrived; nothing when the other side is done."""

    def send(self, content: bytes) -> None:
        """Send all of it."""


def serve(connection: Connection, methods: Mapping[str, Method]) -> None:
    """Answer calls by their path (`/package.Service/Method`) until the other side closes the connection."""
    h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
    calls: dict[int, _Call] = {}
    try:
        h2.initiate_connection()
        connection.send(h2.data_to_send())
        while received := connection.receive():
            for event in h2.receive_data(received):
                _follow(h2, calls, methods, event)
            for number in list(calls):
                _send_waiting(h2, calls, number)
            connection.send(h2.data_to_send())
    except (H2Error, OSError, ValueError):
        return  # the build says for itself that its session was lost


@dataclass
class _Call:
    path: str
    request: bytearray = field(default_factory=bytearray)
    waiting: memoryview | None = None
    """What of the response hasn't been sent: the other side's window may be smaller than a secret."""


def _follow(h2: H2Connection, calls: dict[int, _Call], methods: Mapping[str, Method], event: Any) -> None:
    match event:
        case RequestReceived():
            headers: dict[Any, Any] = dict(event.headers)
            calls[event.stream_id] = _Call(headers.get(":path", ""))
        case DataReceived():
            h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            if event.stream_id in calls:
                calls[event.stream_id].request += event.data
                if len(calls[event.stream_id].request) > LARGEST_REQUEST:
                    raise ValueError("a request that no client of ours could mean")
        case StreamEnded() if event.stream_id in calls:
            _answer(h2, calls, event.stream_id, methods)
        case StreamReset():
            calls.pop(event.stream_id, None)
        case WindowUpdated():
            return  # what waits is sent after each round of events


def _answer(h2: H2Connection, calls: dict[int, _Call], number: int, methods: Mapping[str, Method]) -> None:
    call = calls[number]
    headers = [(":status", "200"), ("content-type", "application/grpc")]
    try:
        method = methods.get(call.path)
        if method is None:
            raise Refused(UNIMPLEMENTED, f"{call.path} is not served")
        message = method(bytes(call.request[PREFIX_BYTES:]))
    except Refused as refused:
        trailers = [("grpc-status", str(refused.status)), ("grpc-message", quote(refused.message, safe=" "))]
        h2.send_headers(number, headers + trailers, end_stream=True)
        del calls[number]
        return
    h2.send_headers(number, headers)
    call.waiting = memoryview(b"\0" + len(message).to_bytes(4, "big") + message)


def _send_waiting(h2: H2Connection, calls: dict[int, _Call], number: int) -> None:
    call = calls[number]
    while call.waiting:
        size = min(h2.local_flow_control_window(number), h2.max_outbound_frame_size, CHUNK, len(call.waiting))
        if size <= 0:
            return
        h2.send_data(number, bytes(call.waiting[:size]))
        call.waiting = call.waiting[size:]
    if call.waiting is not None:
        h2.send_headers(number, [("grpc-status", "0")], end_stream=True)
        del calls[number]
