"""What breaks between a client and a registry? An HTTP proxy in front of one that spoils requests on purpose."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.faults.registry import http_server

STATUSES = {
    "401": (401, {}),
    "403": (403, {}),
    "429": (429, {}),
    "429-after": (429, {"Retry-After": "1"}),
    "429-tomorrow": (429, {"Retry-After": "86400"}),
    "500": (500, {}),
    "503": (503, {}),
}
CODES = {401: "UNAUTHORIZED", 403: "DENIED", 429: "TOOMANYREQUESTS", 503: "UNAVAILABLE"}
FAULTS = ("close", "reset", "stall", "half", "lost", *STATUSES)
"""close: the connection ends without an answer; reset: it breaks; stall: nothing comes; half: half of the request's
body, or of the answer's, passes; lost: the request is carried out, and its answer is lost. Others: that status."""


@dataclass
class Faults:
    """Which requests are spoilt, and which arrived."""

    spoils: Callable[[int, str, str], str | None]
    """The fault for the n-th request (from 0) with a method and a path, None for none."""
    upstream: str
    seen: list[str] = field(default_factory=list)
    spoilt: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    lock: Any = field(default_factory=threading.Lock)

    def of(self, method: str, path: str) -> str | None:
        """Notes a request; the fault that it gets."""
        with self.lock:
            fault = self.spoils(len(self.seen), method, path)
            self.seen.append(f"{method} {path}")
            if fault:
                self.spoilt.append(f"{fault} {method} {path}")
            return fault


def at(number: int, fault: str, times: int = 1) -> Callable[[int, str, str], str | None]:
    """The fault for the request of that number, and for those that follow it up to `times`."""
    return lambda n, method, path: fault if number <= n < number + times else None


@contextmanager
def in_front_of(upstream: str, spoils: Callable[[int, str, str], str | None]) -> Iterator[tuple[str, Faults]]:
    """`127.0.0.1:PORT` that leads to `upstream` (host:port, plain HTTP), and what happens there."""
    faults = Faults(spoils, upstream)
    with http_server(type("Bound", (_RegistryProxy,), {"faults": faults})) as host:
        try:
            yield host, faults
        finally:
            faults.ended.set()


class Proxy(BaseHTTPRequestHandler):
    """A request that may be spoilt."""

    faults: Faults
    protocol_version = "HTTP/1.1"

    def break_off(self, fault: str) -> None:
        """End the connection: in silence, or `reset`; after a long time, `stall`."""
        self.close_connection = True
        if fault == "stall":
            self.faults.ended.wait(120)
        if fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: Any) -> None:
        """Tests look at `seen`."""


class _RegistryProxy(Proxy):
    def _do(self) -> None:
        fault = self.faults.of(self.command, self.path)
        if fault in STATUSES:
            return self._refuse(*STATUSES[fault])
        if fault in ("close", "reset", "stall"):
            return self.break_off(fault)
        has_body = int(self.headers.get("Content-Length") or 0) > 0 or "Transfer-Encoding" in self.headers
        try:
            self._relay(cut_request=fault == "half" and has_body, cut_answer=fault == "half", lost=fault == "lost")
        except (OSError, HTTPException):
            self.break_off("close")
        return None

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _do  # noqa: N815

    def _relay(self, *, cut_request: bool, cut_answer: bool, lost: bool) -> None:
        host, _, port = self.faults.upstream.partition(":")
        upstream = HTTPConnection(host, int(port), timeout=60)
        try:
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                upstream.putheader(name, value)
            upstream.endheaders()
            if self._send_body(upstream, cut_request):
                # The server takes in what has come before the client, told of the break, asks how far that was.
                upstream.sock.shutdown(socket.SHUT_WR)
                upstream.sock.recv(1)
                return self.break_off("close")
            answer = upstream.getresponse()
            if lost:
                answer.read()
                return self.break_off("close")
            self._send_answer(answer, cut_answer)
        finally:
            upstream.close()
        return None

    def _send_body(self, upstream: HTTPConnection, cut: bool) -> bool:
        """Whether it was cut."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                part = self.rfile.read(size)
                self.rfile.readline()
                upstream.send(b"%x\r\n%b\r\n" % (size, part) if not cut else b"%x\r\n%b" % (size, part[: size // 2]))
                if cut:
                    return True
            self.rfile.readline()
            upstream.send(b"0\r\n\r\n")
            return False
        left = int(self.headers.get("Content-Length") or 0)
        left = left // 2 if cut else left
        while left and (part := self.rfile.read(min(left, 1 << 16))):
            upstream.send(part)
            left -= len(part)
        return cut

    def _send_answer(self, answer: Any, cut: bool) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            self.send_header(name, value)
        self.end_headers()
        length = int(answer.headers.get("Content-Length") or 0) if self.command != "HEAD" else 0
        left = length // 2 if cut else length
        while left and (part := answer.read(min(left, 1 << 16))):
            self.wfile.write(part)
            left -= len(part)
        if cut:
            self.break_off("close")

    def _refuse(self, status: int, headers: dict[str, str]) -> None:
        self.close_connection = True
        body = json.dumps({"errors": [{"code": CODES.get(status, "UNKNOWN"), "message": "a fault"}]}).encode()
        self.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(len(body)), "Connection": "close"}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self._drain()

    def _drain(self) -> None:
        """Take what the client is still sending, as servers do, so that it sees the answer and no broken pipe."""
        self.connection.settimeout(0.2)
        with suppress(OSError):
            while self.rfile.read1(1 << 16):
                continue
