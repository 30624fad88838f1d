"""What makes up a second node? Another kubelet and containerd beside the first node's, started when a test asks for it.

It shares the first one's network: one bridge and one range of addresses for pods, one kube-proxy, one DNS server. Its
taint keeps other tests' pods away; whoever wants it takes the taint off for a while. It ends with the stack.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tests.stack import config_files, ready
from tests.stack.place import Place
from tests.stack.server import Server

NODE = "kubeship-node-2"
SERVERS = ("containerd-2", "kubelet-2")
KUBELET_FILE = "kubelet-2.yaml"
TAINT = "kubeship.test/second-node"


def files(place: Place, resolver: str, settings: Mapping[str, object] | None = None) -> dict[str, str]:
    """Text by path below the run's folder; `settings` are laid over the kubelet's."""
    return {
        "containerd-2.toml": config_files.containerd(place, "-2"),
        KUBELET_FILE: json.dumps({**kubelet(place, resolver), **(settings or {})}, indent=1),
    }


def kubelet(place: Place, resolver: str) -> dict[str, object]:
    """KubeletConfiguration: the first node's with what two kubelets can't share."""
    return {
        **config_files.kubelet(place, resolver),
        "address": place.second_node_address,
        "cgroupRoot": f"/{place.name}/node-2",
        "containerRuntimeEndpoint": f"unix://{place.runtime}/containerd-2.sock",
        "healthzPort": 0,
        # Unlike the first node it measures what pods write, and evicts those that write too much.
        "localStorageCapacityIsolation": True,
        "podLogsDir": str(place.run / "pod-logs-2"),
        "volumeStatsAggPeriod": "5s",
        "registerWithTaints": [{"key": TAINT, "effect": "NoSchedule"}],
    }


def servers(place: Place, programs: Path, token: str) -> list[Server]:
    """In the order of starting. The kubelet is an administrator: the server knows only one node by its token."""
    run, socket = place.run, place.runtime / "containerd-2.sock"
    containerd = ("containerd", "--config", str(run / "containerd-2.toml"))
    kubelet = (
        str(programs / "kubelet"),
        f"--config={run}/kubelet-2.yaml",
        f"--kubeconfig={place.kubeconfig}",
        f"--hostname-override={NODE}",
        f"--root-dir={run}/kubelet-2",
        f"--cert-dir={run}/pki-kubelet-2",
        f"--node-ip={place.second_node_address}",
    )
    address = f"https://{place.second_node_address}:10250"
    return [
        Server(SERVERS[0], "cluster", containerd, lambda: ready.accepts(socket), f"unix://{socket}", on_node=True),
        Server(SERVERS[1], "cluster", kubelet, lambda: ready.node(place, token, NODE), address, on_node=True),
    ]
