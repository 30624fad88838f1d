"""Does anything change that isn't the app's own: objects beside it, fields of others, what webhooks do?"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.faults.tls import TlsServer, tls_server
from tests.faults.world import App, World, world
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e

LABELS = {
    "app.kubernetes.io/name": "flask-hello",
    "app.kubernetes.io/component": "web",
    "app.kubernetes.io/managed-by": "kubeship",
    "kubeship.dev/app": "flask-hello",
}
"""As kubeship writes them, so that whoever went by labels would take the neighbours for its own."""
NEIGHBOURS: dict[str, list[dict[str, Any]]] = {
    "/api/v1/namespaces/{}/configmaps": [
        {"metadata": {"name": "flask-hello", "labels": LABELS}, "data": {"theirs": "1"}},
        {"metadata": {"name": "extra-version", "labels": LABELS}},
        {"metadata": {"name": "kubeship-flask-hello-2-1", "labels": {"kubeship.dev/app": "flask-hello-2"}}},
    ],
    "/api/v1/namespaces/{}/secrets": [{"metadata": {"name": "flask-hello", "labels": LABELS}}],
    "/api/v1/namespaces/{}/services": [
        {
            "metadata": {"name": "flask-hello-web-2", "labels": LABELS},
            "spec": {"ports": [{"port": 80}], "selector": LABELS},
        }
    ],
    "/apis/apps/v1/namespaces/{}/deployments": [
        {
            "metadata": {"name": "flask-hello-web-2", "labels": LABELS},
            "spec": {
                "replicas": 0,
                "selector": {"matchLabels": {"of": "theirs"}},
                "template": {
                    "metadata": {"labels": {"of": "theirs", **LABELS}},
                    "spec": {"containers": [{"name": "web", "image": "theirs"}]},
                },
            },
        }
    ],
    "/apis/batch/v1/namespaces/{}/jobs": [
        {
            "metadata": {"name": "flask-hello-release-0000000000", "labels": LABELS},
            "spec": {
                "suspend": True,
                "template": {
                    "spec": {"restartPolicy": "Never", "containers": [{"name": "release", "image": "theirs"}]}
                },
            },
        }
    ],
    "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers": [
        {
            "metadata": {"name": "theirs"},
            "spec": {
                "maxReplicas": 5,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "flask-hello-web"},
            },
        }
    ],
    "/apis/coordination.k8s.io/v1/namespaces/{}/leases": [
        {"metadata": {"name": "kubeship-flask-hello-2", "labels": LABELS}, "spec": {"holderIdentity": "them"}}
    ],
}
DEPLOYMENT = "/apis/apps/v1/namespaces/{}/deployments/flask-hello-web"
DENIED = "extra-version-5"
WORDS = "this name is not for you"


def test_whatever_is_done_to_the_app_nothing_of_its_neighbours_changes(stack: Stack, tmp_path: Path) -> None:
    with world(stack, tmp_path) as there, webhooks(there):
        app = there.new_app("neighbours")
        for path, items in NEIGHBOURS.items():
            for item in items:
                there.plane.request("POST", path.format(app.namespace), item)
        before = theirs(app)
        done(app, "deploy", 0)
        # As an autoscaler does, through the scale of the Deployment.
        there.plane.request("PATCH", scale(app), {"spec": {"replicas": 3}})

        with another_editor(app) as edits:
            app.next_version()
            done(app, "deploy", 0)
            app.next_version(fails=True)
            done(app, "deploy", 5)
            app.next_version()
            done(app, "deploy", 0)
            done(app, "rollback", 0)
        # What a webhook adds is no difference, and what an editor and an autoscaler wrote stays.
        live = there.plane.request("GET", DEPLOYMENT.format(app.namespace))
        assert live["metadata"]["annotations"]["theirs.test/edit"] == str(edits[-1])
        assert live["metadata"]["annotations"]["mesh.test/injected"] == "yes"
        assert live["spec"]["replicas"] == 3
        done(app, "deploy", 0)
        done(app, "diff", 0)

        # A denial is known before anything has changed.
        state = app.state()
        app.next_version()
        app.next_version()
        assert app.version == 5
        refused = done(app, "deploy", 4)
        assert WORDS in refused
        app.version = 3
        assert app.state() == state

        done(app, "delete", 0)
        assert theirs(app) == before


def done(app: App, command: str, code: int) -> str:
    """What it says on stderr."""
    options = {"delete": ["--yes"], "diff": ["--image", f"registry.test/hello@sha256:{'5' * 64}"]}
    ran, _ = app.deploy() if command == "deploy" else app.kubeship(command, *options.get(command, []))
    assert ran.code == code, f"{command}: {ran.code}\n{ran.out}\n{ran.err}"
    return ran.err


def theirs(app: App) -> dict[str, Any]:
    """All of the neighbours with their versions, which any write would raise."""
    names = {path: [item["metadata"]["name"] for item in items] for path, items in NEIGHBOURS.items()}
    return {
        f"{path}/{item['metadata']['name']}": item
        for path, known in names.items()
        for item in app.plane.items(path.format(app.namespace))
        if item["metadata"]["name"] in known
    }


def scale(app: App) -> str:
    return f"{DEPLOYMENT.format(app.namespace)}/scale?fieldManager=kube-controller-manager"


@contextmanager
def another_editor(app: App) -> Iterator[list[int]]:
    """Somebody who writes fields of their own into the Deployment all the time."""
    ended, edits = threading.Event(), list[int]()

    def edit() -> None:
        while not ended.wait(0.05):
            note = {"metadata": {"annotations": {"theirs.test/edit": str(len(edits))}}}
            app.plane.request("PATCH", f"{DEPLOYMENT.format(app.namespace)}?fieldManager=theirs", note)
            edits.append(len(edits))

    thread = threading.Thread(target=edit, daemon=True)
    thread.start()
    try:
        yield edits
    finally:
        ended.set()
        thread.join()


@contextmanager
def webhooks(there: World) -> Iterator[None]:
    """One that annotates every Deployment, one that denies ConfigMaps of a certain name."""
    with tls_server(there.plane.folder, "webhook", _Webhook) as server:
        for kind, name, resource in (
            ("mutatingwebhookconfigurations", "mutate", "deployments"),
            ("validatingwebhookconfigurations", "deny", "configmaps"),
        ):
            body = {"metadata": {"name": name}, "webhooks": [hook(server, name, resource)]}
            there.plane.request("POST", f"/apis/admissionregistration.k8s.io/v1/{kind}", body)
        yield


def hook(server: TlsServer, name: str, resource: str) -> dict[str, Any]:
    authority = base64.b64encode(server.certificate.encode()).decode()
    return {
        "name": f"{name}.webhook.test",
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "clientConfig": {"url": f"https://127.0.0.1:{server.port}/{name}", "caBundle": authority},
        "rules": [
            {"operations": ["CREATE", "UPDATE"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": [resource]}
        ],
    }


class _Webhook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["request"]
        response: dict[str, Any] = {"uid": request["uid"], "allowed": True}
        if self.path.startswith("/deny") and request["name"] == DENIED:
            response |= {"allowed": False, "status": {"code": 403, "message": WORDS}}
        if self.path.startswith("/mutate"):
            note = {"mesh.test/injected": "yes"}
            annotations = {**(request["object"]["metadata"].get("annotations") or {}), **note}
            patch = [{"op": "add", "path": "/metadata/annotations", "value": annotations}]
            response |= {"patchType": "JSONPatch", "patch": base64.b64encode(json.dumps(patch).encode()).decode()}
        review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}
        text = json.dumps(review).encode()
        self.send_response_only(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""
