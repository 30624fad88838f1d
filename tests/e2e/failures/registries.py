"""A registry that is slow, fails now and then, or wants a login: a pod on the node, in front of the stack's own."""

import hashlib
import json
import random
import urllib.request
from typing import Any

from kubeship.model.objects import Object
from tests.e2e.failures.rollouts import container, named, on_one_node, pod_spec
from tests.stack.addresses import Stack

SOURCE = """
import http.server, time, urllib.error, urllib.request
left = {failures}
class H(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        global left
        manifest = "/manifests/" in self.path
        if {login}:
            return self.answer(401, {{"WWW-Authenticate": 'Basic realm="test"'}}, b"{{}}")
        if manifest and left > 0:
            left -= 1
            return self.answer(503, {{}}, b"{{}}")
        if manifest:
            time.sleep({seconds})
        accepted = {{"Accept": ", ".join(self.headers.get_all("Accept") or ["*/*"])}}
        asked = urllib.request.Request("http://{registry}" + self.path, headers=accepted, method=self.command)
        try:
            with urllib.request.urlopen(asked) as found:
                self.answer(found.status, dict(found.headers), found.read())
        except urllib.error.HTTPError as error:
            self.answer(error.code, {{}}, error.read())
    do_HEAD = do_GET
    def answer(self, status, headers, body):
        self.send_response(status)
        own = {{key.title(): value for key, value in headers.items()}}
        own.pop("Connection", None)
        for name, value in {{"Content-Length": str(len(body)), **own}}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
http.server.ThreadingHTTPServer(("127.0.0.1", {port}), H).serve_forever()
"""


def registry_pod(stack: Stack, *, login: bool = False, seconds: float = 0.0, failures: int = 0) -> tuple[Object, str]:
    """A pod, and `localhost:PORT`, which the node's runtime takes for plain HTTP.

    `login`: whether it wants one, which nobody has. `seconds` before each manifest, of which the first `failures`
    are refused with 503.
    """
    port = random.randint(20000, 29999)
    script = SOURCE.format(registry=stack.registry, login=login, seconds=seconds, failures=failures, port=port)
    asked = {"exec": {"command": ["python", "-c", f"import socket; socket.create_connection(('127.0.0.1', {port}))"]}}
    probed = container(stack, script, readinessProbe={**asked, "periodSeconds": 1, "timeoutSeconds": 5})
    pod = {**named("v1", "Pod", "registry"), "spec": pod_spec(probed, hostNetwork=True, **on_one_node(stack))}
    return pod, f"localhost:{port}"


def push_foreign_image(registry: str, repository: str) -> str:
    """An index that names one image, for arm64 only; returns its reference."""
    config = json.dumps({"architecture": "arm64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}).encode()
    _push_blob(registry, repository, config)
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": _descriptor("application/vnd.oci.image.config.v1+json", config),
            "layers": [],
        }
    ).encode()
    kind = "application/vnd.oci.image.manifest.v1+json"
    _put(f"http://{registry}/v2/{repository}/manifests/{_digest(manifest)}", manifest, kind)
    entry = {**_descriptor(kind, manifest), "platform": {"architecture": "arm64", "os": "linux"}}
    media_type = "application/vnd.oci.image.index.v1+json"
    index = json.dumps({"schemaVersion": 2, "mediaType": media_type, "manifests": [entry]}).encode()
    _put(f"http://{registry}/v2/{repository}/manifests/foreign", index, media_type)
    return f"{registry}/{repository}:foreign"


def _push_blob(registry: str, repository: str, content: bytes) -> None:
    start = urllib.request.Request(f"http://{registry}/v2/{repository}/blobs/uploads/", method="POST", data=b"")
    with urllib.request.urlopen(start) as answer:
        location = answer.headers["Location"]
    joint = "&" if "?" in location else "?"
    _put(f"{location}{joint}digest={_digest(content)}", content, "application/octet-stream")


def _put(address: str, content: bytes, media_type: str) -> None:
    request = urllib.request.Request(address, method="PUT", data=content, headers={"Content-Type": media_type})
    with urllib.request.urlopen(request):
        return


def _descriptor(media_type: str, content: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": _digest(content), "size": len(content)}


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()
