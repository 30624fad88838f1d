"""Does a server serve? Each question is asked once; asking again is the caller's business."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from tests.stack.config_files import NODE
from tests.stack.place import Place

READY_HOST = "ready.kubeship.test"
# The servers sign their own certificates, and who listens on these addresses is known.
UNVERIFIED = ssl._create_unverified_context()


def answers(url: str, **headers: str) -> bool:
    """Whether a GET is answered with 200."""
    return _get(url, headers) is not None


def api_server(place: Place, token: str) -> bool:
    """Whether the API server calls itself ready."""
    return _get(f"https://{place.node_address}:6443/readyz", {"Authorization": f"Bearer {token}"}) == b"ok"


def node(place: Place, token: str, name: str = NODE) -> bool:
    """Whether a node is Ready, and nothing but a taint of its own keeps pods away."""
    url = f"https://{place.node_address}:6443/api/v1/nodes/{name}"
    answer = _get(url, {"Authorization": f"Bearer {token}"})
    if answer is None:
        return False
    found: dict[str, Any] = json.loads(answer)
    conditions = {condition["type"]: condition["status"] for condition in found["status"].get("conditions", [])}
    taints = [taint for taint in found["spec"].get("taints", []) if taint["key"].startswith("node.kubernetes.io/")]
    return conditions.get("Ready") == "True" and not taints


def ingress(place: Place) -> bool:
    """Whether a request to the ingress controller comes through the route that the stack itself declares."""
    return answers(f"http://127.0.0.1:{place.ingress_port}/health", Host=READY_HOST)


def docker(path: Path) -> bool:
    """Whether the engine answers a ping."""
    try:
        connection = over_socket(path, patience=2)
        connection.request("GET", "/_ping")
        answered = connection.getresponse().status == 200
        connection.close()
    except OSError:
        return False
    return answered


def over_socket(path: Path, patience: float) -> HTTPConnection:
    """HTTP to a server that listens on a socket in the file system."""
    connection = HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(patience)
    connection.sock.connect(str(path))
    return connection


def accepts(path: Path) -> bool:
    """Whether somebody listens on the socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(str(path)) == 0


def postgres(place: Place, programs: Path) -> bool:
    """Whether PostgreSQL takes connections."""
    command = [str(programs / "pg_isready"), "--quiet", f"--host={place.node_address}"]
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True).returncode == 0


def _get(url: str, headers: dict[str, str]) -> bytes | None:
    try:
        with urlopen(Request(url, headers=headers), timeout=2, context=UNVERIFIED) as response:
            body: bytes = response.read()
            return body
    except (URLError, OSError):
        return None
