"""Which cluster do faults need? A control plane without a node: etcd, API server and controllers, of one test's own.

What a kubelet would report is set by tests/faults/hollow_node.py, so that a rollout takes no image and no second.
"""

import json
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any

import pytest

from tests.stack.addresses import Stack
from tests.stack.place import free_ports

TOKEN = "a-token-of-the-faults-tests"
CONTROLLERS = (
    "deployment-controller",
    "endpointslice-controller",
    "garbage-collector-controller",
    "job-controller",
    "namespace-controller",
    "replicaset-controller",
    "serviceaccount-controller",
)
PATIENCE = 60.0
"""Seconds until the API server must be ready."""


@dataclass(frozen=True)
class ControlPlane:
    """Where the API server listens."""

    host: str
    """127.0.0.1:PORT, TLS with a certificate that it made itself."""
    folder: Path
    programs: Path

    def request(self, method: str, path: str, body: Mapping[str, Any] | None = None, patch: str = "merge") -> Any:
        """The JSON that it answers. Raises LookupError for a refusal."""
        kind = f"application/{patch}-patch+json" if method == "PATCH" else "application/json"
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind}
        connection = HTTPSConnection(self.host, timeout=30, context=ssl._create_unverified_context())
        try:
            connection.request(method, path, body=json.dumps(body) if body else None, headers=headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        if answer.status >= 300:
            raise LookupError(f"{method} {path}: {answer.status} {text.decode()[:500]}")
        return json.loads(text) if text.startswith(b"{") else text.decode()

    def items(self, path: str) -> list[dict[str, Any]]:
        """Of a list."""
        found: list[dict[str, Any]] = self.request("GET", path)["items"]
        return found

    def create_namespace(self, name: str) -> None:
        """Create it."""
        self.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}})

    def kubeconfig(self, path: Path, server: str, user: Mapping[str, Any] | None = None) -> Path:
        """Write one that leads to `server`, which may be a proxy in front; without a `user`, with the right token."""
        cluster = {"server": server, "insecure-skip-tls-verify": True}
        context = {"cluster": "faults", "user": "faults"}
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "faults", "cluster": cluster}],
            "users": [{"name": "faults", "user": user or {"token": TOKEN}}],
            "contexts": [{"name": "faults", "context": context}],
            "current-context": "faults",
        }
        path.write_text(json.dumps(document))
        return path


@contextmanager
def control_plane(stack: Stack, folder: Path) -> Iterator[ControlPlane]:
    """Runs while the context lasts; skips the test where the stack's programs aren't there."""
    if not stack.bin:
        pytest.skip("the cluster is not the test stack's own, so there is no API server to start another one of")
    server, client, peer = free_ports(3)
    plane = ControlPlane(f"127.0.0.1:{server}", folder, Path(stack.bin))
    key = folder / "service-accounts.key"
    subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
    (folder / "tokens.csv").write_text(f'{TOKEN},admin,admin,"system:masters"\n')
    with ExitStack() as running:
        etcd = f"http://127.0.0.1:{client}"
        running.enter_context(_server(plane, "etcd", _etcd(folder, etcd, f"http://127.0.0.1:{peer}")))
        running.enter_context(_server(plane, "kube-apiserver", _api_server(folder, plane.host, etcd, key)))
        _await_ready(plane)
        running.enter_context(_server(plane, "kube-controller-manager", _controllers(plane, key)))
        yield plane


def _etcd(folder: Path, address: str, peer: str) -> dict[str, object]:
    return {
        "unsafe-no-fsync": "true",
        "data-dir": folder / "etcd",
        "listen-client-urls": address,
        "advertise-client-urls": address,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"default={peer}",
        "log-level": "warn",
    }


def _api_server(folder: Path, host: str, etcd: str, key: Path) -> dict[str, object]:
    return {
        "etcd-servers": etcd,
        "cert-dir": folder / "pki",
        "bind-address": "127.0.0.1",
        "advertise-address": "192.0.2.1",  # of a documentation's network: nobody is told to come here
        "endpoint-reconciler-type": "none",
        "secure-port": host.rpartition(":")[2],
        "service-cluster-ip-range": "10.96.0.0/16",
        "service-account-key-file": key,
        "service-account-signing-key-file": key,
        "service-account-issuer": "https://kubernetes.default.svc",
        "authorization-mode": "RBAC",
        "token-auth-file": folder / "tokens.csv",
        "allow-privileged": "true",
    }


def _controllers(plane: ControlPlane, key: Path) -> dict[str, object]:
    return {
        "kubeconfig": plane.kubeconfig(plane.folder / "controllers.kubeconfig", f"https://{plane.host}"),
        "controllers": ",".join(CONTROLLERS),
        "service-account-private-key-file": key,
        "cert-dir": plane.folder / "pki-controllers",
        "leader-elect": "false",
        "secure-port": 0,
        "kube-api-qps": 500,
        "kube-api-burst": 1000,
    }


@contextmanager
def _server(plane: ControlPlane, name: str, options: Mapping[str, object]) -> Iterator[None]:
    program = [str(plane.programs / name), *(f"--{key}={value}" for key, value in options.items())]
    command = ["setpriv", "--pdeathsig", "KILL", *program]  # also where the tests themselves are killed
    with (plane.folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _await_ready(plane: ControlPlane) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            plane.request("GET", "/readyz")
            return
        except (OSError, HTTPException, LookupError) as error:
            log = plane.folder / "kube-apiserver.log"
            assert time.monotonic() < end, f"the API server isn't ready: {error}\n{log.read_text()[-2000:]}"
            time.sleep(0.1)
