"""Why does no test wait for a base image? The engine and the node have pulled them before, once per checkout.

The engine pulls them by the registry's own name: only then does its first push to a new repository mount the base's
layer from there, instead of compressing it again (9 s for a Python image).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from urllib.parse import urlencode

from tests.stack.errors import StackError
from tests.stack.place import Place
from tests.stack.progress import step
from tests.stack.ready import over_socket
from tests.stack.run import run


def pull(place: Place, tags_by_digest: Iterable[tuple[str, str]], parts: set[str]) -> None:
    """Pull library/python's tags into the engine and the node, except those that are there since an earlier run."""
    wanted = sorted([part, place.registry, tag, digest] for tag, digest in tags_by_digest for part in parts)
    record = place.kept / "pulled.json"
    pulled = json.loads(record.read_text()) if record.exists() else []
    missing = [row for row in wanted if row not in pulled]
    if not missing:
        return
    with step(f"pulling {len(missing)} base images into the engine and the node"), ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda row: PULL[row[0]](place, row[2]), missing))
    record.write_text(json.dumps(wanted))


def _into_engine(place: Place, tag: str) -> None:
    connection: HTTPConnection = over_socket(place.docker_socket, patience=120)
    query = urlencode({"fromImage": f"{place.registry}/library/python", "tag": tag})
    connection.request("POST", f"/images/create?{query}")
    text = connection.getresponse().read().decode()
    connection.close()
    if '"error"' in text:
        raise StackError(f"the engine can't pull {place.registry}/library/python:{tag}: {text[-300:]}")


def _into_node(place: Place, tag: str) -> None:
    containerd = ["ctr", "--address", str(place.runtime / "containerd.sock"), "--namespace", "k8s.io"]
    run([*containerd, "images", "pull", "--plain-http", f"{place.registry}/library/python:{tag}"])


PULL = {"engine": _into_engine, "cluster": _into_node}
