"""What does a probe ask, whom, and for how long?"""

from textwrap import shorten

from kubeship.model.objects import Object
from kubeship.rollout.pods import ContainerSnapshot

COMMAND_WIDTH = 40
"""Characters of a probe's command that are enough to know it by."""


def question(container: ContainerSnapshot, probe: Object) -> str:
    """`GET /healthz on port 8000`."""
    port = probe_port(container.spec, probe)
    if get := probe.get("httpGet"):
        return f"GET {get.get('path', '/')} on port {port}"
    if probe.get("tcpSocket"):
        return f"connect to port {port}"
    if probe.get("grpc"):
        return f"gRPC on port {port}"
    return shorten(" ".join((probe.get("exec") or {}).get("command") or ()), COMMAND_WIDTH, placeholder=" ...")


def probe_port(container: Object, probe: Object) -> str:
    """The number of the port that a probe of the container asks, also where it names it; empty for a command."""
    target: Object = next((probe[kind] for kind in ("httpGet", "tcpSocket", "grpc") if probe.get(kind)), {})
    named = {port.get("name"): port["containerPort"] for port in container.get("ports") or ()}
    port = target.get("port")
    return "" if port is None else str(named.get(port, port))


def another_host(probe: Object) -> str:
    """`host:` of a probe is where the kubelet connects to, and no header; empty where it asks the pod, as it should."""
    return str((probe.get("httpGet") or probe.get("tcpSocket") or {}).get("host") or "")


OWN_HOST = (
    "take `host` out of the probe, so that the kubelet asks the pod itself; a name for the server to see belongs under "
    "httpHeaders, as Host"
)


def by_tls(probe: Object) -> bool:
    """Whether it asks over HTTPS."""
    return (probe.get("httpGet") or {}).get("scheme") == "HTTPS"


def budget(probe: Object) -> int:
    """Seconds that a probe gives before the kubelet acts."""
    return int(
        probe.get("initialDelaySeconds", 0) + (probe.get("failureThreshold") or 3) * (probe.get("periodSeconds") or 10)
    )


def same_question(probe: Object, other: Object | None) -> bool:
    """Whether both ask the same, however often."""
    return other is not None and all(probe.get(kind) == other.get(kind) for kind in KINDS)


KINDS = ("exec", "grpc", "httpGet", "tcpSocket")
