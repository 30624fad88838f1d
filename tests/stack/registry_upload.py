"""How does an image from the cache get into the registry? Over its HTTP interface, without an engine."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import IO
from urllib.parse import urlencode, urlsplit

from tests.stack.base_images import MANIFEST, StoredImage
from tests.stack.errors import StackError


def upload(registry: str, repository: str, tags: tuple[str, ...], image: StoredImage) -> bool:
    """Put the image under every tag; False when all of them name it already."""
    manifest = image.manifest
    connection = HTTPConnection(registry, timeout=60)
    missing = [tag for tag in tags if _digest_of(connection, repository, tag) != image.digest]
    if not missing:
        return False
    described = json.loads(manifest)
    _put_blob(connection, repository, described["config"]["digest"], image.folder / "config.json")
    _put_blob(connection, repository, described["layers"][0]["digest"], image.folder / "layer.tar.gz")
    for tag in missing:
        path = f"/v2/{repository}/manifests/{tag}"
        _request(connection, "PUT", path, manifest, {"Content-Type": MANIFEST}, expected=201)
    return True


def _digest_of(connection: HTTPConnection, repository: str, tag: str) -> str | None:
    connection.request("HEAD", f"/v2/{repository}/manifests/{tag}", headers={"Accept": MANIFEST})
    response = connection.getresponse()
    response.read()
    return response.getheader("Docker-Content-Digest") if response.status == 200 else None


def _put_blob(connection: HTTPConnection, repository: str, digest: str, path: Path) -> None:
    connection.request("HEAD", f"/v2/{repository}/blobs/{digest}")
    response = connection.getresponse()
    response.read()
    if response.status == 200:
        return
    location = _request(connection, "POST", f"/v2/{repository}/blobs/uploads/", b"", {}, expected=202).getheader(
        "Location"
    )
    address = urlsplit(location or "")
    target = f"{address.path}?{address.query + '&' if address.query else ''}{urlencode({'digest': digest})}"
    with path.open("rb") as content:
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(path.stat().st_size)}
        _request(connection, "PUT", target, content, headers, expected=201)


def _request(
    connection: HTTPConnection,
    method: str,
    path: str,
    body: bytes | IO[bytes],
    headers: dict[str, str],
    *,
    expected: int,
) -> HTTPResponse:
    connection.request(method, path, body=body, headers=headers)
    response = connection.getresponse()
    text = response.read()
    if response.status != expected:
        raise StackError(f"the registry answered {response.status} to {method} {path}: {text[:300]!r}")
    return response
