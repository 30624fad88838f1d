"""What breaks between kubeship and an API server? A reverse proxy in front of one that spoils requests on purpose."""

import json
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from typing import Any

from tests.faults.proxy import Faults, Proxy
from tests.faults.registry import http_server

STATUSES: dict[str, tuple[int, str, dict[str, str]]] = {
    "401": (401, "Unauthorized", {}),
    "403": (403, "Forbidden", {}),
    "404": (404, "NotFound", {}),
    "409": (409, "Conflict", {}),
    "410": (410, "Expired", {}),
    "422": (422, "Invalid", {}),
    "429": (429, "TooManyRequests", {"Retry-After": "1"}),
    "500": (500, "InternalError", {}),
    "503": (503, "ServiceUnavailable", {}),
}
"""https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/"""
BROKEN = ("close", "reset", "stall", "half", "lost")
"""As for registries; `half` of a JSON document is one that doesn't parse, `lost` was carried out."""
EVENTS = ("duplicate", "drop", "gone")
"""What happens to a watch: each event twice; every second event missing; an ERROR event with code 410 at its start."""
FAULTS = (*STATUSES, *BROKEN, *EVENTS)
WHOLE = frozenset({"content-length", "transfer-encoding", "connection"})
GONE = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Expired", "code": 410, "message": "gone"}


@contextmanager
def in_front_of(upstream: str, spoils: Callable[[int, str, str], str | None]) -> Iterator[tuple[str, Faults]]:
    """`127.0.0.1:PORT`, plain HTTP, that leads to the API server at `upstream` (host:port), and what happens there."""
    faults = Faults(spoils, upstream)
    with http_server(type("Bound", (_ApiProxy,), {"faults": faults})) as host:
        try:
            yield host, faults
        finally:
            faults.ended.set()


class _ApiProxy(Proxy):
    upstream: HTTPSConnection | None = None

    def do(self) -> None:
        fault = self.faults.of(self.command, self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if fault in STATUSES:
            return self._status(*STATUSES[fault])
        if fault in ("close", "reset", "stall"):
            return self.break_off(fault)
        try:
            answer = self._ask(body)
            if fault == "lost":
                answer.read()
                return self.break_off("close")
            self._pass_on(answer, fault)
        except (OSError, HTTPException):
            self.break_off("close")
        return None

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do  # noqa: N815

    def finish(self) -> None:
        super().finish()
        if self.upstream:
            self.upstream.close()

    def _ask(self, body: bytes) -> HTTPResponse:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in WHOLE}
        headers.pop("Accept-Encoding", None)
        if self.upstream is None:
            host, _, port = self.faults.upstream.partition(":")
            # The server's certificate is one that it made itself, and isn't what is tested here.
            self.upstream = HTTPSConnection(host, int(port), timeout=120, context=ssl._create_unverified_context())
        self.upstream.request(self.command, self.path, body=body or None, headers=headers)
        return self.upstream.getresponse()

    def _pass_on(self, answer: HTTPResponse, fault: str | None) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in WHOLE:
                self.send_header(name, value)
        if answer.headers.get("Content-Length") is None and "watch=true" in self.path:
            return self._chunks(spoilt_events(_lines(answer), fault), answer)
        if answer.headers.get("Content-Length") is None and "follow=true" in self.path:
            return self._chunks(_lines(answer), answer)
        text = answer.read()
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text[: len(text) // 2] if fault == "half" else text)
        if fault == "half":
            self.break_off("close")
        return None

    def _chunks(self, lines: Iterable[bytes], answer: HTTPResponse) -> None:
        """A stream; where the fault ends it early, the connection breaks within a chunk."""
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        torn = False
        for line in lines:
            torn = not line.endswith(b"\n")
            self.wfile.write(b"%x\r\n%b" % (len(line) * (2 if torn else 1), line) + (b"" if torn else b"\r\n"))
            self.wfile.flush()
            if torn:
                break
        if not answer.isclosed():
            self.upstream = None  # somebody has still to send, and nobody will read it
            answer.close()
        if torn:
            return self.break_off("close")
        self.wfile.write(b"0\r\n\r\n")
        return None

    def _status(self, code: int, reason: str, headers: dict[str, str]) -> None:
        status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code}
        text = json.dumps({**status, "message": f"a fault of the test ({code})"}).encode()
        self.send_response_only(code)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(text)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)


def spoilt_events(lines: Iterable[bytes], fault: str | None) -> Iterator[bytes]:
    """The lines of a watch as the fault has them arrive; a line without its end is torn."""
    if fault == "gone":
        yield json.dumps({"type": "ERROR", "object": GONE}).encode() + b"\n"
        return
    for number, line in enumerate(lines):
        if fault == "half":
            yield line[: len(line) // 2]
            return
        if fault == "drop" and number % 2 == 0:
            continue
        yield line
        if fault == "duplicate":
            yield line


def _lines(answer: Any) -> Iterator[bytes]:
    while line := answer.readline():
        yield line
