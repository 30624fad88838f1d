"""What does the cluster hold before any test? An IngressClass, and a route that proves that Ingresses work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.stack.place import Place
from tests.stack.ready import READY_HOST
from tests.stack.run import run

INGRESS_CLASS = "traefik"
NAMESPACE = "kubeship-stack"


def apply(place: Place, programs: Path) -> None:
    """Create the objects; those that are there already stay as they should be."""
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects(place)})
    kubectl = [str(programs / "kubectl"), f"--kubeconfig={place.kubeconfig}"]
    run([*kubectl, "apply", "--server-side", "--force-conflicts", "-f", "-"], stdin=document)


def objects(place: Place) -> list[dict[str, Any]]:
    """The readiness route ends at CoreDNS's health port: no pod has to run for it."""
    name = {"name": "ready", "namespace": NAMESPACE}
    backend = {"service": {"name": "ready", "port": {"number": 8080}}}
    path = {"path": "/health", "pathType": "Exact", "backend": backend}
    return [
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "IngressClass",
            "metadata": {"name": INGRESS_CLASS},
            "spec": {"controller": "traefik.io/ingress-controller"},
        },
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": name,
            "spec": {"ports": [{"name": "http", "port": 8080}]},
        },
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {**name, "labels": {"kubernetes.io/service-name": "ready"}},
            "addressType": "IPv4",
            "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
            "endpoints": [{"addresses": [place.node_address], "conditions": {"ready": True}}],
        },
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "Ingress",
            "metadata": name,
            "spec": {
                "ingressClassName": INGRESS_CLASS,
                "rules": [{"host": READY_HOST, "http": {"paths": [path]}}],
            },
        },
    ]
