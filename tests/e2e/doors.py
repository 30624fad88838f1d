"""How is a server reached by another way than its own? Doors in front of it: one with TLS, one with a password."""

import base64
import contextlib
import http.server
import socket
import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def tls_door(unix_socket: str, certificates: Path) -> Iterator[str]:
    """`127.0.0.1:PORT`, which wants TLS and a certificate of `certificates`, in front of a Unix socket."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificates / "ca.pem"))
    context.load_cert_chain(certificates / "server.pem", certificates / "server-key.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, context, unix_socket), daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def certificates(folder: Path, address: str = "127.0.0.1") -> Path:
    """A certificate authority (ca.pem), and certificates for a server and a client (cert.pem, key.pem)."""
    folder.mkdir()
    _openssl(folder, "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-ca -keyout ca-key.pem -out ca.pem")
    (folder / "names").write_text(f"subjectAltName=IP:{address}")
    for certificate, key in (("server.pem", "server-key.pem"), ("cert.pem", "key.pem")):
        _openssl(folder, f"req -newkey rsa:2048 -nodes -subj /CN=test -keyout {key} -out request.pem")
        sign = "x509 -req -days 2 -in request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -extfile names"
        _openssl(folder, f"{sign} -out {certificate}")
    return folder


@contextmanager
def password_door(registry: str, username: str, password: str) -> Iterator[str]:
    """`127.0.0.1:PORT`: a registry, for reading, that wants a login."""
    wanted = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.headers.get("Authorization") != wanted:
                self._answer(401, {"WWW-Authenticate": 'Basic realm="test"'}, b"{}")
                return
            headers = {"Accept": ", ".join(self.headers.get_all("Accept") or ["*/*"])}
            request = urllib.request.Request(f"http://{registry}{self.path}", headers=headers, method=self.command)
            try:
                with urllib.request.urlopen(request) as answer:
                    self._answer(answer.status, dict(answer.headers), answer.read())
            except urllib.error.HTTPError as error:
                self._answer(error.code, {}, error.read())

        def do_HEAD(self) -> None:
            self.do_GET()

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  # its own name
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _openssl(folder: Path, arguments: str) -> None:
    subprocess.run(["openssl", *arguments.split()], cwd=folder, check=True, capture_output=True)


def _accept(listener: socket.socket, context: ssl.SSLContext, unix_socket: str) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection, context, unix_socket), daemon=True).start()


def _serve(connection: socket.socket, context: ssl.SSLContext, unix_socket: str) -> None:
    inner = socket.socket(socket.AF_UNIX)
    with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as outer, inner:
        inner.connect(unix_socket)
        back = threading.Thread(target=_copy, args=(inner, outer), daemon=True)
        back.start()
        _copy(outer, inner)
        back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    for each in (source, target):
        with contextlib.suppress(OSError):
            socket.socket.shutdown(each, socket.SHUT_RDWR)
