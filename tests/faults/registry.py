"""What does a registry do, in memory? Enough of the OCI distribution specification to push to and pull from."""

import hashlib
import json
import re
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LOGIN = ("me", "pass-word-of-mine")


@dataclass
class Seen:
    """A request that arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def line(self) -> str:
        """`PUT manifests/1`, without the repository and without names that differ from run to run."""
        path = re.sub(r"^/v2/.*?/(blobs|manifests)/", r"\1/", self.path)
        path = re.sub(r"uploads/.+", "uploads/N", re.sub(r"sha256:\w+", "DIGEST", path))
        return f"{self.method} {path}"


@dataclass
class Registry:
    """A registry's content, and how it treats its clients."""

    scheme: str | None = None
    """basic, bearer or None: what it wants to be told."""
    token_uses: int = 1000
    """Requests until a token has expired."""
    tells_standing: bool = True
    """Whether it says how much of an upload has arrived."""
    forbidden: str = ""
    """A repository that the login may not touch."""
    storage: str = ""
    """Address of another server that blobs are fetched from."""
    blobs: dict[tuple[str, str], bytes] = field(default_factory=dict)
    manifests: dict[tuple[str, str], tuple[str, bytes]] = field(default_factory=dict)
    uploads: dict[str, bytearray] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    tokens: dict[str, int] = field(default_factory=dict)
    host: str = ""
    lock: Any = field(default_factory=threading.Lock)

    @property
    def lines(self) -> list[str]:
        """The requests that arrived, short."""
        return [one.line for one in self.seen]

    def tags(self, path: str) -> set[str]:
        """The tags of a repository."""
        return {name for repository, name in self.manifests if repository == path and not name.startswith("sha256:")}

    def put(self, path: str, content: bytes) -> str:
        """Put a blob there, as if it had been pushed."""
        digest = digest_of(content)
        self.blobs[path, digest] = content
        return digest


@contextmanager
def serving(registry: Registry) -> Iterator[Registry]:
    """The registry on a free port of this machine, over plain HTTP."""
    handler = type("Bound", (_Handler,), {"registry": registry})
    with http_server(handler) as host:
        registry.host = host
        yield registry


@contextmanager
def http_server(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """`127.0.0.1:PORT`, where the handler answers."""
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: Any) -> None:
        """Connections that clients drop are what these tests are about."""


def digest_of(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    registry: Registry
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        self._answered = False
        super().handle_one_request()

    def _do(self) -> None:
        parts = urlsplit(self.path)
        self.query = parse_qs(parts.query)
        self.body = b""
        self.whole = True
        upload = re.fullmatch(r"/v2/(.+)/blobs/uploads/(.+)", parts.path)
        if self.command == "PATCH" and upload and self._allowed(parts.path):
            self._note(parts.path)
            self._patch(upload[1], upload[2])
            return
        self.body = self._read()
        self._note(parts.path)
        if not self.whole:
            self.close_connection = True
            return
        if parts.path == "/token":
            self._token()
        elif not self._allowed(parts.path):
            self._want_login()
        elif self.registry.forbidden and parts.path.startswith(f"/v2/{self.registry.forbidden}/"):
            self._want_login(',error="insufficient_scope"')
        elif parts.path == "/v2/":
            self._answer(200)
        elif match := re.fullmatch(r"/v2/(.+)/blobs/uploads/", parts.path):
            self._begin(match[1])
        elif upload:
            self._upload(upload[1], upload[2])
        elif match := re.fullmatch(r"/v2/(.+)/blobs/(.+)", parts.path):
            self._blob(match[1], match[2])
        elif match := re.fullmatch(r"/v2/(.+)/manifests/(.+)", parts.path):
            self._manifest(match[1], match[2])
        else:
            self._error(404, "NOT_FOUND")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _do  # noqa: N815

    def _note(self, path: str) -> None:
        with self.registry.lock:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.registry.seen.append(Seen(self.command, path, self.query, headers, self.body))

    def _begin(self, path: str) -> None:
        mount, source = self.query.get("mount"), self.query.get("from")
        if mount and source and (source[0], mount[0]) in self.registry.blobs:
            self.registry.blobs[path, mount[0]] = self.registry.blobs[source[0], mount[0]]
            return self._answer(201)
        with self.registry.lock:
            name = f"upload-{len(self.registry.seen)}"
            self.registry.uploads[name] = bytearray()
        return self._answer(202, {"Location": f"/v2/{path}/blobs/uploads/{name}?_state=begun"})

    def _patch(self, path: str, name: str) -> None:
        upload = self.registry.uploads.get(name)
        if upload is None:
            return self._error(404, "BLOB_UPLOAD_UNKNOWN")
        start = int((self.headers.get("Content-Range") or "0-").partition("-")[0])
        if start != len(upload):
            return self._error(416, "RANGE_INVALID")
        left = int(self.headers["Content-Length"])
        while left and (part := self.rfile.read1(min(left, 1 << 16))):
            upload += part
            left -= len(part)
        if left:
            self.close_connection = True
            return None
        return self._answer(202, {"Location": f"/v2/{path}/blobs/uploads/{name}?_state={len(upload)}"})

    def _upload(self, path: str, name: str) -> None:
        upload = self.registry.uploads.get(name)
        if upload is None or (self.command == "GET" and not self.registry.tells_standing):
            return self._error(404, "BLOB_UPLOAD_UNKNOWN")
        if self.command == "GET":
            standing = {"Range": f"0-{max(len(upload) - 1, 0)}", "Location": self.path}
            return self._answer(204, standing)
        del self.registry.uploads[name]
        if self.command == "DELETE":
            return self._answer(204)
        digest = self.query["digest"][0]
        upload += self.body
        if digest_of(bytes(upload)) != digest:
            return self._error(400, "DIGEST_INVALID")
        self.registry.blobs[path, digest] = bytes(upload)
        return self._answer(201)

    def _blob(self, path: str, digest: str) -> None:
        content = self.registry.blobs.get((path, digest))
        if content is None:
            return self._error(404, "BLOB_UNKNOWN")
        if self.registry.storage and self.command == "GET":
            return self._answer(307, {"Location": f"{self.registry.storage}/{digest}?signature=of-storage"})
        if asked := self.headers.get("Range"):
            start = int(asked.removeprefix("bytes=").partition("-")[0])
            span = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
            return self._answer(206, span, content[start:])
        return self._answer(200, {}, content)

    def _manifest(self, path: str, name: str) -> None:
        if self.command == "PUT":
            found = json.loads(self.body)
            wanted = [found["config"], *found["layers"]] if "layers" in found else []
            if any((path, one["digest"]) not in self.registry.blobs for one in wanted):
                return self._error(404, "MANIFEST_BLOB_UNKNOWN")
            for key in (name, digest_of(self.body)):
                self.registry.manifests[path, key] = (self.headers["Content-Type"], self.body)
            return self._answer(201, {"Docker-Content-Digest": digest_of(self.body)})
        if (path, name) not in self.registry.manifests:
            return self._error(404, "MANIFEST_UNKNOWN")
        kind, body = self.registry.manifests[path, name]
        return self._answer(200, {"Content-Type": kind, "Docker-Content-Digest": digest_of(body)}, body)

    def _allowed(self, path: str) -> bool:
        given = self.headers.get("Authorization", "")
        match self.registry.scheme:
            case "basic":
                return given == basic(*LOGIN)
            case "bearer":
                token = given.removeprefix("Bearer ")
                with self.registry.lock:
                    uses = self.registry.tokens.get(token, 0)
                    self.registry.tokens[token] = uses - 1
                return uses > 0
        return True

    def _want_login(self, error: str = "") -> None:
        realm = f"http://{self.headers['Host']}"
        offer = {
            "basic": 'Basic realm="a registry"',
            "bearer": f'Bearer realm="{realm}/token",service="registry",scope="repository:a:pull"',
        }
        self._error(401, "UNAUTHORIZED", {"WWW-Authenticate": offer[self.registry.scheme or "basic"] + error})

    def _token(self) -> None:
        form = parse_qs(self.body.decode())
        known = self.headers.get("Authorization") == basic(*LOGIN) or form.get("refresh_token") == ["identity-of-mine"]
        if not known:
            return self._error(401, "UNAUTHORIZED")
        with self.registry.lock:
            token = f"token-{len(self.registry.seen)}"
            self.registry.tokens[token] = self.registry.token_uses
        return self._answer(200, {}, json.dumps({"token": token, "expires_in": 300}).encode())

    def _read(self) -> bytes:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        self.whole = len(body) == length
        return body

    def _error(self, status: int, code: str, headers: dict[str, str] | None = None) -> None:
        body = json.dumps({"errors": [{"code": code, "message": code.lower().replace("_", " ")}]}).encode()
        self._answer(status, headers or {}, body)

    def _answer(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Tests look at `seen`."""


def basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()
