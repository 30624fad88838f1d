"""Which servers make up the cluster: control plane, node, DNS?"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.stack import ready
from tests.stack.config_files import NODE
from tests.stack.place import Place
from tests.stack.server import Server


def cluster_servers(place: Place, programs: Path, token: str) -> list[Server]:
    """In the order of starting; the token is the administrator's, to ask whether they are ready."""
    return [_containerd(place), *_control_plane(place, programs, token), *_node(place, programs, token)]


def _containerd(place: Place) -> Server:
    socket = place.runtime / "containerd.sock"
    command = ("containerd", "--config", str(place.run / "containerd.toml"))
    return Server("containerd", "cluster", command, lambda: ready.accepts(socket), f"unix://{socket}", on_node=True)


def _control_plane(place: Place, programs: Path, token: str) -> list[Server]:
    run = place.run
    key = run / "pki" / "service-accounts.key"

    def component(
        name: str, is_ready: Callable[[], bool], address: str, *, awaited: bool = False, **options: object
    ) -> Server:
        flags = (f"--{option.replace('_', '-')}={value}" for option, value in options.items())
        return Server(name, "cluster", (str(programs / name), *flags), is_ready, address, on_node=True, awaited=awaited)

    etcd = component(
        "etcd",
        lambda: ready.answers(f"http://{place.node_address}:2381/health"),
        "http://127.0.0.1:2379 on the node",
        listen_metrics_urls=f"http://{place.node_address}:2381",
        data_dir=run / "etcd",
        unsafe_no_fsync="true",
        listen_client_urls="http://127.0.0.1:2379",
        advertise_client_urls="http://127.0.0.1:2379",
        listen_peer_urls="http://127.0.0.1:2380",
        log_level="warn",
    )
    apiserver = component(
        "kube-apiserver",
        lambda: ready.api_server(place, token),
        f"https://{place.node_address}:6443",
        awaited=True,
        etcd_servers="http://127.0.0.1:2379",
        cert_dir=run / "pki",
        bind_address=place.node_address,
        advertise_address=place.node_address,
        secure_port=6443,
        service_cluster_ip_range=place.services,
        service_account_key_file=key,
        service_account_signing_key_file=key,
        service_account_issuer="https://kubernetes.default.svc",
        authorization_mode="Node,RBAC",
        enable_admission_plugins="NodeRestriction",
        token_auth_file=run / "tokens.csv",
        allow_privileged="true",
        kubelet_preferred_address_types="InternalIP",
    )
    controllers = component(
        "kube-controller-manager",
        lambda: ready.answers(f"https://{place.node_address}:10257/healthz"),
        f"https://{place.node_address}:10257",
        kubeconfig=run / "controllers.kubeconfig",
        service_account_private_key_file=key,
        use_service_account_credentials="true",
        root_ca_file=run / "pki" / "apiserver.crt",
        cluster_cidr=place.pods,
        allocate_node_cidrs="false",
        leader_elect="false",
        bind_address=place.node_address,
        cert_dir=run / "pki-controllers",
        kube_api_qps=500,
        kube_api_burst=1000,
    )
    scheduler = component(
        "kube-scheduler",
        lambda: ready.answers(f"https://{place.node_address}:10259/healthz"),
        f"https://{place.node_address}:10259",
        kubeconfig=run / "scheduler.kubeconfig",
        leader_elect="false",
        bind_address=place.node_address,
        cert_dir=run / "pki-scheduler",
        kube_api_qps=500,
        kube_api_burst=1000,
    )
    return [etcd, apiserver, controllers, scheduler]


def _node(place: Place, programs: Path, token: str) -> list[Server]:
    run = place.run
    kubelet = (
        f"exec {programs}/kubelet --config={run}/kubelet.yaml --kubeconfig={run}/kubelet.kubeconfig"
        f" --hostname-override={NODE} --root-dir={run}/kubelet --cert-dir={run}/pki-kubelet"
        f" --node-ip={place.node_address}"
    )
    node = place.node_address
    table: list[tuple[str, tuple[str, ...], Callable[[], bool], str]] = [
        (
            "kubelet",
            ("sh", "-c", f"{more_cpus(place, NODES_OF_CPUS)}\n{kubelet}"),
            lambda: ready.node(place, token),
            f"https://{node}:10250",
        ),
        (
            "kube-proxy",
            (f"{programs}/kube-proxy", f"--config={run}/proxy.yaml"),
            lambda: ready.answers(f"http://{node}:10256/healthz"),
            f"http://{node}:10256",
        ),
        (
            "coredns",
            (f"{programs}/coredns", "-conf", f"{run}/Corefile"),
            lambda: ready.answers(f"http://{node}:8181/ready"),
            f"{node}:53",
        ),
    ]
    return [Server(name, "cluster", command, is_ready, address, True) for name, command, is_ready, address in table]


NODES_OF_CPUS = Path("/sys/devices/system/node")
CPUS = 16  # 60 pods that request a quarter of one each


def more_cpus(place: Place, nodes: Path) -> str:
    """Shell lines that let the kubelet count CPUS processors on a smaller machine.

    It counts the links node*/cpu* (cadvisor's GetNodesInfo), so each copy of the real node counts again. Limits of
    pods are enforced as ever; only what the scheduler may promise grows. Seen in the stack's own mounts alone.
    """
    present = os.cpu_count() or 1
    if present >= CPUS or not nodes.is_dir():
        return ""
    copies = place.run / "cpus"
    links = (
        f"mkdir -p {copies}/node{copy} && ln -sfn /sys/devices/system/cpu/cpu{cpu} {copies}/node{copy}/cpu{cpu}"
        for copy in range(-(-CPUS // present))
        for cpu in range(present)
    )
    return "\n".join([*links, f"mount --bind {copies} {nodes}"])
