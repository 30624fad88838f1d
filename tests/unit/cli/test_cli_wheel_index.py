"""Does the package index answer about wheels, whatever form it answers in, and is it asked only once?"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from kubeship.cli.wheel_index import SimpleIndex, users_index

FILES = ("lxml-5.0-cp312-cp312-manylinux_2_28_x86_64.whl", "lxml-5.1-py3-none-any.whl", "lxml-6.0a1-py3-none-any.whl")


class Server(HTTPServer):
    """An index on a free port, with what it was asked."""

    asked: list[str]
    html: bool


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path != "/simple/lxml/":
            self.send_error(404)
            return
        links = "".join(f'<a href="../x/{file}">{file}</a>' for file in FILES)
        document = json.dumps({"files": [{"filename": file} for file in (*FILES, "lxml-5.1.tar.gz")]})
        self.send_response(200)
        self.end_headers()
        self.wfile.write((links if self.server.html else document).encode())

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    server.asked, server.html = [], False
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def index_of(server: Server, cache: Path) -> SimpleIndex:
    return SimpleIndex(f"http://127.0.0.1:{server.server_port}/simple/", cache)


@pytest.mark.parametrize("html", [False, True])
def test_the_wheels_of_a_release_are_listed(server: Server, tmp_path: Path, html: bool) -> None:
    server.html = html
    index = index_of(server, tmp_path)

    assert index.wheels("lxml", "5.0") == FILES[:1]
    assert index.wheels("LXML", "") == FILES[1:2]
    assert index.wheels("lxml", "4.0") == ()


def test_an_answer_is_kept(server: Server, tmp_path: Path) -> None:
    index_of(server, tmp_path).wheels("lxml", "5.0")

    index_of(server, tmp_path).wheels("lxml", "5.1")

    assert server.asked == ["/simple/lxml/"]


def test_an_unknown_distribution_is_unknown(server: Server, tmp_path: Path) -> None:
    assert index_of(server, tmp_path).wheels("private", "1") is None


def test_an_index_that_cannot_be_reached_is_asked_once(tmp_path: Path) -> None:
    index = SimpleIndex("http://127.0.0.1:9/simple", tmp_path)

    assert index.wheels("lxml", "5.0") is None
    assert index.wheels("pillow", "5.0") is None


def test_the_users_own_index_is_asked(monkeypatch: pytest.MonkeyPatch, server: Server, tmp_path: Path) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert users_index().wheels("lxml", "5.0") == FILES[:1]
