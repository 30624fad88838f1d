"""What would a kubelet report? Says of each pod what the pod's own variables ask for, without running anything."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.faults.control_plane import ControlPlane
from tests.faults.tls import tls_server

FAILS = "FAILS"
"""A container with a variable of this name crashes again and again; in a Job, its pod fails."""
NODE = "hollow"
SAID = b"2026-01-01T00:00:00.000000000Z all that it says\n"
"""Every container's log."""
LOOK_SECONDS = 0.03
CRASHED = {"exitCode": 1, "reason": "Error", "startedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:01Z"}


class HollowNode:
    """Where all pods go."""

    def __init__(self, plane: ControlPlane) -> None:
        self.ran: Counter[tuple[str, str]] = Counter()
        """(namespace, Job) -> how many pods of it came to their end well."""
        self._plane = plane
        self._done: set[str] = set()
        self._ended = threading.Event()

    def run(self) -> None:
        """Until `stop`."""
        while not self._ended.wait(LOOK_SECONDS):
            try:
                for pod in self._plane.items("/api/v1/pods"):
                    self._handle(pod)
            except (LookupError, OSError, HTTPException):
                continue  # somebody deleted it meanwhile, or the server is ending: looked at again

    def stop(self) -> None:
        self._ended.set()

    def _handle(self, pod: dict[str, Any]) -> None:
        metadata = pod["metadata"]
        path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
        if metadata.get("deletionTimestamp"):
            self._plane.request("DELETE", path, {"gracePeriodSeconds": 0})
            return
        if metadata["uid"] in self._done:
            return
        if not pod["spec"].get("nodeName"):
            target = {"apiVersion": "v1", "kind": "Node", "name": NODE}
            binding = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": metadata["name"]}, "target": target}
            self._plane.request("POST", f"{path}/binding", binding)
        self._plane.request("PATCH", f"{path}/status", {"status": status(pod)})
        self._done.add(metadata["uid"])
        for owner in metadata.get("ownerReferences") or ():
            if owner["kind"] == "Job" and not _fails(pod):
                self.ran[metadata["namespace"], owner["name"]] += 1


@contextmanager
def hollow_node(plane: ControlPlane) -> Iterator[HollowNode]:
    """Reports while the context lasts."""
    # Without the Node, the endpoints of its pods are nobody's.
    plane.request("POST", "/api/v1/nodes", {"metadata": {"name": NODE}})
    node = HollowNode(plane)
    with tls_server(plane.folder, "kubelet", _Logs) as kubelet:
        endpoints = {"kubeletEndpoint": {"Port": kubelet.port}}
        reported = {"addresses": [{"type": "InternalIP", "address": "127.0.0.1"}], "daemonEndpoints": endpoints}
        plane.request("PATCH", f"/api/v1/nodes/{NODE}/status", {"status": reported})
        thread = threading.Thread(target=node.run, daemon=True)
        thread.start()
        try:
            yield node
        finally:
            node.stop()
            thread.join()


class _Logs(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response_only(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(SAID)))
        self.end_headers()
        self.wfile.write(SAID)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


def status(pod: dict[str, Any]) -> dict[str, Any]:
    """Ready at once; a Job's pod has ended at once; or crashing, where it FAILS."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    job = any(owner["kind"] == "Job" for owner in pod["metadata"].get("ownerReferences") or ())
    fails = _fails(pod)
    ready = "False" if fails or job else "True"
    state: dict[str, Any]
    if job:
        phase, state = ("Failed" if fails else "Succeeded"), {"terminated": {**CRASHED, "exitCode": int(fails)}}
    else:
        phase = "Running"
        waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container"}}
        state = waiting if fails else {"running": {"startedAt": now}}
    containers = [
        {
            "name": container["name"],
            "image": container["image"],
            "imageID": "",
            "ready": ready == "True",
            "started": not fails,
            "restartCount": 3 if fails and not job else 0,
            "state": state,
            **({"lastState": {"terminated": CRASHED}} if fails and not job else {}),
        }
        for container in pod["spec"]["containers"]
    ]
    kinds = {"PodScheduled": "True", "Initialized": "True", "ContainersReady": ready, "Ready": ready}
    conditions = [{"type": kind, "status": value, "lastTransitionTime": now} for kind, value in kinds.items()]
    return {
        "phase": phase,
        "startTime": now,
        "podIP": "192.0.2.7",
        "podIPs": [{"ip": "192.0.2.7"}],
        "conditions": conditions,
        "containerStatuses": containers,
    }


def _fails(pod: dict[str, Any]) -> bool:
    return any(variable["name"] == FAILS for c in pod["spec"]["containers"] for variable in c.get("env") or ())
