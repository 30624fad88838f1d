"""What does the program say that starts a server inside an image?"""

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from kubeship.images import trial
from kubeship.images.trial import MARKER

SERVER = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/healthz" and self.headers["Host"] == "shop.test" else 404)
        self.end_headers()
print("serving", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def tried(command: list[str], port: int, path: str | None = "/healthz", seconds: int = 20) -> dict[str, Any]:
    question = {"command": command, "port": port, "path": path, "headers": {"Host": "shop.test"}, "seconds": seconds}
    program = Path(trial.__file__).read_text()
    said = subprocess.run(
        [sys.executable, "-c", program, json.dumps(question)], capture_output=True, text=True, check=True
    ).stdout
    answer: dict[str, Any] = json.loads(said.removeprefix(MARKER))
    return answer


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def test_a_server_that_answers_is_healthy_and_is_stopped() -> None:
    port = free_port()

    answer = tried([sys.executable, "-c", SERVER, str(port)], port)

    assert answer["healthy"]
    assert answer["outcome"] == "GET /healthz answers 200"
    assert answer["memory"] > 1_000_000
    assert "serving" in answer["log"]
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_another_status_is_told() -> None:
    port = free_port()

    answer = tried([sys.executable, "-c", SERVER, str(port)], port, path="/nothing")

    assert (answer["healthy"], answer["outcome"]) == (False, "GET /nothing answers 404")


def test_a_server_that_ends_is_told_with_its_last_words() -> None:
    answer = tried([sys.executable, "-c", "raise SystemExit('no database')"], free_port())

    assert answer["outcome"] == "it ended with exit code 1"
    assert "no database" in answer["log"]


def test_silence_ends_with_the_time() -> None:
    answer = tried([sys.executable, "-c", "import time; time.sleep(60)"], free_port(), path=None, seconds=1)

    assert not answer["healthy"]
    assert "after 1 s" in answer["outcome"]


def test_a_command_that_does_not_exist_is_told() -> None:
    assert "can't be started" in tried(["/no/such/server"], free_port())["outcome"]
