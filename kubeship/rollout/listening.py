"""On which ports does the program listen? By its own words, and by the kernel's."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

SERVERS = (
    r"[Ll]istening (?:at|on)",  # gunicorn, granian, node
    r"[Rr]unning on",  # uvicorn, hypercorn, Flask, Quart, Sanic's and aiohttp's runners, Bokeh
    r"[Ss]tarting development server at",  # Django
    r"Serving HTTP on",  # http.server
    r"[Ss]erving (?:on|at)",  # waitress, CherryPy, Flower
    r"Goin' Fast @",  # Sanic
    r"Listening on TCP address",  # Daphne
    r"uwsgi socket \d+ bound to (?:TCP|UNIX) address|http bound on|HTTP router/proxy .* on",  # uWSGI
    r"[Ss]erver (?:started|is running|running|listening) (?:at|on)",  # Tornado's and gRPC's examples, Streamlit
    r"Local URL",  # Streamlit
)
"""What servers print when they begin to listen; each one's own sources."""

_SAID = re.compile(
    rf"(?:{'|'.join(SERVERS)}):?\s+(?:https?://|tcp://|TCP |\(?['\"])?"
    r"(?P<host>\[[0-9a-fA-F:]+\]|::|[\w.*-]+)?['\"]?(?::|,? port |, )\s*(?P<port>\d{2,5})\b"
)
_SAID_SOCKET = re.compile(
    rf"(?:{'|'.join(SERVERS)}):?\s+(?:socket )?unix(?: socket)?:(?://)?(?P<path>/[^\s)]+)|"
    r"bound to UNIX address (?P<uwsgi>/\S+)"
)
"""uWSGI, gunicorn (gunicorn/sock.py), uvicorn (server.py)."""
_SOCKET = re.compile(r"^\s*\d+: (?P<address>[0-9A-F]{8}|[0-9A-F]{32}):(?P<port>[0-9A-F]{4}) \S+ 0A ", re.MULTILINE)
"""Of /proc/net/tcp: local address and port, in state TCP_LISTEN (include/net/tcp_states.h)."""


@dataclass(frozen=True, order=True)
class Place:
    """Where something listens."""

    port: int
    host: str
    line: str
    """Who says so: a line of the log, or the kernel's words made readable."""

    @property
    def reachable(self) -> bool:
        """Whether anything outside of the pod can reach it."""
        return self.host.strip("[]") not in LOOPBACK and not self.host.startswith("127.")


def said(log: str) -> Place | None:
    """Where the program says that it listens, the last time that it did."""
    found = list(_SAID.finditer(log))
    if not found:
        return None
    last = found[-1]
    return Place(int(last["port"]), last["host"] or "", _line(log, last))


def _line(log: str, found: re.Match[str]) -> str:
    """The whole line that it stands in."""
    before, after = log[: found.start()].rpartition("\n")[2], log[found.end() :].partition("\n")[0]
    return f"{before}{found[0]}{after}".strip()


@dataclass(frozen=True)
class Elsewhere:
    """The program can't be reached where it is asked."""

    cause: str
    remedy: str
    evidence: str
    nowhere: bool = False
    """Whether nothing is listened on at all: it may not have come that far."""
    shared: bool = False
    """Whether what is listened on may be another container's."""


def elsewhere(port: int, log: str, sockets: str) -> Elsewhere | None:
    """Whether something else than `port` on all addresses is listened on; what the kernel says counts before the log.

    `sockets` is empty where the pod couldn't be asked.
    """
    words = said(log)
    places = listening(sockets)
    if not words and not places and (only := _on_a_socket(port, log)):
        return only
    if not sockets or (words and not places):  # the pod was looked into before the program came that far
        return _by_the_log(port, words) if words else None
    there = [place for place in places if place.port == port]
    if there:
        return _there(there)
    if words and words.port in {place.port for place in places}:
        return _by_the_log(port, words)
    if not places:
        return Elsewhere(
            f"nothing in the pod listens on any port, {port} included",
            "look in its log for what it does before it listens: a server that it waits for, or too little CPU; if it "
            "is only slow, raise `resources: {cpu: ...}` or `start_seconds:` of the process in kubeship.yaml",
            f"{KERNEL}: no LISTEN",
            nowhere=True,
        )
    ports = ", ".join(str(number) for number in sorted({place.port for place in places}))
    return Elsewhere(f"in the pod, only port {ports} is listened on", _remedy(port, places[0].port), places[0].line)


def not_alone(container: str, port: int, found: Elsewhere) -> Elsewhere:
    """The same where the pod has several containers, whose sockets the kernel doesn't tell apart."""
    if found.nowhere or not found.evidence.startswith(KERNEL):
        return found
    remedy = f"let {container} listen on {port}, on 0.0.0.0, or correct the probe's port; read its log"
    return replace(found, cause=f"{found.cause}, by any of its containers", remedy=remedy, shared=True)


KERNEL = "/proc/net/tcp in the pod"


def _on_a_socket(port: int, log: str) -> Elsewhere | None:
    found = next(reversed(list(_SAID_SOCKET.finditer(log))), None)
    if found is None:
        return None
    path = found["path"] or found["uwsgi"]
    return Elsewhere(
        f"the program listens on the socket {path} only, and on no port",
        f"let it listen on 0.0.0.0:{port}",
        _line(log, found),
    )


def _by_the_log(port: int, words: Place) -> Elsewhere | None:
    if words.port != port:
        return Elsewhere(f"the program listens on port {words.port}", _remedy(port, words.port), words.line)
    return None if words.reachable else _unreachable(words)


def _unreachable(place: Place) -> Elsewhere:
    return Elsewhere(
        f"the program listens on {place.host} only, which nothing outside its pod can reach",
        "let it listen on 0.0.0.0",
        place.line,
    )


def _there(places: list[Place]) -> Elsewhere | None:
    """On the right port, but perhaps not for everybody."""
    if not any(place.reachable for place in places):
        return _unreachable(places[0])
    return _by_ipv6_only(places[0]) if all(":" in place.host for place in places) else None


def _by_ipv6_only(place: Place) -> Elsewhere:
    """Where IPV6_V6ONLY is set, which the kernel's table doesn't show, [::] doesn't take IPv4 (ipv6(7))."""
    return Elsewhere(
        f"the program listens on {place.line.split()[-2]} only, which may take no IPv4",
        "let it listen on 0.0.0.0; if it takes IPv4 as well and is only slow, give it more time",
        place.line,
    )


def _remedy(wanted: int, found: int) -> str:
    return f"let the program listen on {wanted}, or the probe ask {found} (`port:` of the process in kubeship.yaml)"


def listening(sockets: str) -> tuple[Place, ...]:
    """What listens in a pod, by /proc/net/tcp and tcp6."""
    return tuple(sorted(set(_places(sockets))))


def not_reached(port: int, sockets: str) -> str:
    """Why nobody outside of the pod reaches that port of it, as far as the kernel tells; empty where somebody may."""
    places = listening(sockets)
    there = [place for place in places if place.port == port]
    if not sockets or any(place.reachable for place in there):
        return ""
    if there:
        return f"the program listens on {there[0].host} only"
    others = ", ".join(str(number) for number in sorted({place.port for place in places}))
    return f"nothing listens there (only on {others})" if others else "nothing in the pod listens on any port yet"


def _places(sockets: str) -> Iterator[Place]:
    for found in _SOCKET.finditer(sockets):
        host, port = _address(found["address"]), int(found["port"], 16)
        shown = f"[{host}]" if ":" in host else host
        yield Place(port, host, f"{KERNEL}: {shown}:{port} LISTEN")


def _address(text: str) -> str:
    """Words of 32 bits, each in the machine's order, which is little-endian wherever Kubernetes runs."""
    words = [bytes.fromhex(text[start : start + 8])[::-1] for start in range(0, len(text), 8)]
    if len(words) == 1:
        return ".".join(str(byte) for byte in words[0])
    if words[:3] == [bytes(4), bytes(4), b"\x00\x00\xff\xff"]:  # IPv4 in IPv6
        return ".".join(str(byte) for byte in words[3])
    if not any(b"".join(words)):
        return "::"
    if b"".join(words) == bytes(15) + b"\x01":
        return "::1"
    whole = b"".join(words).hex()
    return ":".join(whole[start : start + 4] for start in range(0, 32, 4))
