"""How does a container engine ask what Kubernetes' probes ask? By a command in the container."""

from collections.abc import Mapping
from typing import Any

from kubeship.model.objects import Object
from kubeship.rendering.compose_values import interpolated

INTERVAL = 10
"""Seconds: a command starts a program each time, where a kubelet only opens a connection."""


def healthcheck(container: Object, python: bool) -> dict[str, Any] | None:
    """The readiness probe as a healthcheck; the startup probe where that asks more. None where nothing can be asked."""
    startup, ready = container.get("startupProbe") or {}, container.get("readinessProbe") or {}
    asked = startup if "exec" in startup and "httpGet" not in ready and "exec" not in ready else ready or startup
    command = _command(asked, container, python)
    if not command:
        return None
    starting = startup.get("failureThreshold", 1) * startup.get("periodSeconds", 0)
    return {
        "test": ["CMD", *map(interpolated, command)],
        "interval": f"{max(INTERVAL, ready.get('periodSeconds', INTERVAL))}s",
        "timeout": f"{max(5, ready.get('timeoutSeconds', 1))}s",
        "retries": ready.get("failureThreshold", 3),
        **({"start_period": f"{starting}s"} if starting else {}),
    }


def _command(probe: Mapping[str, Any], container: Object, python: bool) -> list[str]:
    if "exec" in probe:
        return list(probe["exec"]["command"])
    if not python:
        return []
    if http := probe.get("httpGet"):
        headers = {each["name"]: each["value"] for each in http.get("httpHeaders") or ()}
        port, path = _port(http["port"], container), http.get("path", "/")
        connection = f"c = http.client.HTTPConnection('127.0.0.1', {port}, timeout=4)"
        request = f"c.request('GET', {path!r}, headers={headers!r})"
        # Kubernetes takes 200 to 399 for healthy.
        return [
            "python3",
            "-c",
            f"import http.client; {connection}; {request}; raise SystemExit(c.getresponse().status >= 400)",
        ]
    stated = probe.get("tcpSocket") or probe.get("grpc")
    if stated:
        port = _port(stated["port"], container)
        return ["python3", "-c", f"import socket; socket.create_connection(('127.0.0.1', {port}), 4).close()"]
    return []


def _port(stated: int | str, container: Object) -> int:
    """A probe's port as a number; it may be the name of one."""
    named = {port.get("name"): port["containerPort"] for port in container.get("ports") or ()}
    return stated if isinstance(stated, int) else int(named.get(stated, 0))
