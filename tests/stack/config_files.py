"""What do the servers read? Every configuration file, computed from the place."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path

from tests.stack.place import Place

NODE = "kubeship-node"
CONTEXT = "kubeship-test"
# The registry with TLS wants these, and has the bcrypt hash of the password (`htpasswd -nbB -C 5 kubeship kubeship`).
SECURED_LOGIN = ("kubeship", "kubeship")
SECURED_HASH = "$2a$05$sBkmlz3B1rMzly5t26sp.u6vbhhxf38EQqAZZE7nAomZL3Lsy/i/K"
# user name, groups; the user of each kubeconfig. Traefik and CoreDNS only read, but no built-in role of theirs exists.
USERS = {
    "admin": ("admin", "system:masters"),
    "controllers": ("system:kube-controller-manager", "system:masters"),
    "scheduler": ("system:kube-scheduler", ""),
    "kubelet": (f"system:node:{NODE}", "system:nodes"),
    "proxy": ("system:kube-proxy", ""),
    "coredns": ("stack:coredns", "system:masters"),
    "traefik": ("stack:traefik", "system:masters"),
}


def new_tokens() -> dict[str, str]:
    """A secret per user; a run's own."""
    return {user: secrets.token_hex(16) for user in USERS}


def config_files(place: Place, tokens: Mapping[str, str], resolver: str) -> dict[str, str]:
    """Text by path below the run's folder."""
    files = {
        "tokens.csv": token_file(tokens),
        "docker.json": "{}\n",  # the machine's own daemon.json is not for this engine
        "registry.yml": registry(place, f"127.0.0.1:{place.registry_port}"),
        "registry-of-node.yml": registry(place, f":{place.registry_port}"),
        "registry-secured.yml": secured_registry(place),
        "htpasswd": f"{SECURED_LOGIN[0]}:{SECURED_HASH}\n",
        "containerd.toml": containerd(place),
        f"certs.d/{place.registry}/hosts.toml": registry_host(place),
        f"certs.d/{place.secured_registry}/hosts.toml": secured_registry_host(place),
        "certs.d/docker.io/hosts.toml": registry_host(place),
        "cni/10-bridge.conflist": json.dumps(pod_network(place), indent=1),
        "kubelet.yaml": json.dumps(kubelet(place, resolver), indent=1),
        "proxy.yaml": json.dumps(proxy(place), indent=1),
        "Corefile": corefile(place, resolver),
    }
    files |= {f"{user}.kubeconfig": kubeconfig(place, token) for user, token in tokens.items()}
    return files


def token_file(tokens: Mapping[str, str]) -> str:
    """kube-apiserver --token-auth-file."""
    return "".join(f'{token},{USERS[user][0]},{user},"{USERS[user][1]}"\n' for user, token in tokens.items())


def kubeconfig(place: Place, token: str) -> str:
    """JSON is YAML; the certificate is inlined by whoever needs a file that stands alone."""
    authority = str(place.run / "pki" / "apiserver.crt")
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": CONTEXT,
                "cluster": {"server": f"https://{place.node_address}:6443", "certificate-authority": authority},
            }
        ],
        "users": [{"name": CONTEXT, "user": {"token": token}}],
        "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": CONTEXT}}],
        "current-context": CONTEXT,
    }
    return json.dumps(document, indent=2)


def registry(place: Place, address: str) -> str:
    """docker-registry. Two of them serve one folder: one beside the tests, one beside the node."""
    return json.dumps(_registry(place.kept / "registry", {"addr": address}), indent=1)


def secured_registry(place: Place) -> str:
    """The one with TLS and a password; it starts empty."""
    tls = {"certificate": str(place.registry_certificate), "key": str(place.run / "pki" / "registry.key")}
    htpasswd = {"realm": "kubeship-stack", "path": str(place.run / "htpasswd")}
    document = _registry(place.run / "registry-secured", {"addr": place.secured_registry, "tls": tls})
    return json.dumps({**document, "auth": {"htpasswd": htpasswd}}, indent=1)


def _registry(folder: Path, http: Mapping[str, object]) -> dict[str, object]:
    return {
        "version": 0.1,
        "log": {"level": "warn"},
        "storage": {
            "filesystem": {"rootdirectory": str(folder)},
            "delete": {"enabled": True},
            "maintenance": {"uploadpurging": {"enabled": False}},
        },
        "http": {**http, "secret": "kubeship-stack"},
    }


def registry_host(place: Place) -> str:
    """Both localhost and Docker Hub are the registry of the stack: nothing is fetched from outside."""
    address = f"http://localhost:{place.registry_port}"
    return f'server = "{address}"\n[host."{address}"]\n  capabilities = ["pull", "resolve"]\n'


def secured_registry_host(place: Place) -> str:
    """The node trusts the certificate, and has no password of its own: pods bring theirs (imagePullSecrets)."""
    address = f"https://{place.secured_registry}"
    return f'server = "{address}"\n[host."{address}"]\n  ca = "{place.registry_certificate}"\n'


def containerd(place: Place, suffix: str = "") -> str:
    """A containerd of a node's own, for containerd 1.6 and 1.7; each node's has another suffix."""
    return f"""version = 2
root = "{place.kept}/containerd{suffix}"
state = "{place.runtime}/containerd{suffix}"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs"]
[grpc]
  address = "{place.runtime}/containerd{suffix}.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "{place.run}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  # Without CAP_SYS_RESOURCE every sandbox dies otherwise: "can't get final child's PID from pipe".
  restrict_oom_score_adj = true
  sandbox_image = "{place.registry}/pause:stack"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{place.run}/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{place.run}/certs.d"
"""


def pod_network(place: Place) -> dict[str, object]:
    """CNI: one bridge, addresses from the place, the way out through the node."""
    bridge = {
        "type": "bridge",
        "bridge": "pods",
        "isGateway": True,
        "ipMasq": True,
        "hairpinMode": True,
        "ipam": {
            "type": "host-local",
            "dataDir": str(place.run / "cni-addresses"),
            "ranges": [[{"subnet": place.pods}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        },
    }
    plugins = [bridge, {"type": "portmap", "capabilities": {"portMappings": True}}, {"type": "firewall"}]
    return {"cniVersion": "1.0.0", "name": "pods", "plugins": plugins}


def kubelet(place: Place, resolver: str) -> dict[str, object]:
    """KubeletConfiguration, tuned for tests on two cores."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": place.node_address,
        "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
        "authorization": {"mode": "AlwaysAllow"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{place.name}",
        "clusterDNS": [place.node_address],
        "clusterDomain": "cluster.local",
        "containerRuntimeEndpoint": f"unix://{place.runtime}/containerd.sock",
        "enforceNodeAllocatable": [],
        # 0, which the documentation calls no limit, is client-go's own default of 5 a second: minutes behind.
        "eventBurst": 1000,
        "eventRecordQPS": 500,
        # A nearly full disk is the developer's business: neither evict pods nor collect images.
        "evictionHard": dict.fromkeys(EVICTION_SIGNALS, "0%"),
        "failCgroupV1": False,
        "failSwapOn": False,
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "kubeAPIBurst": 1000,
        "kubeAPIQPS": 500,
        "localStorageCapacityIsolation": False,
        "maxPods": 250,
        "nodeStatusUpdateFrequency": "2s",
        "oomScoreAdj": 0,
        "podLogsDir": str(place.run / "pod-logs"),
        "registryPullQPS": 0,
        "resolvConf": resolver,
        "serializeImagePulls": False,
        "syncFrequency": "10s",
        "volumePluginDir": str(place.run / "volume-plugins"),
    }


EVICTION_SIGNALS = (
    "imagefs.available",
    "imagefs.inodesFree",
    "memory.available",
    "nodefs.available",
    "nodefs.inodesFree",
)


def proxy(place: Place) -> dict[str, object]:
    """KubeProxyConfiguration: a Service's new address is worth a rule at once."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": str(place.run / "proxy.kubeconfig"), "qps": 200, "burst": 400},
        "clusterCIDR": place.pods,
        "conntrack": {"maxPerCore": 0},
        "hostnameOverride": NODE,
        "iptables": {"minSyncPeriod": "100ms"},
        "mode": "iptables",
        "oomScoreAdj": 0,
    }


def corefile(place: Place, resolver: str) -> str:
    """CoreDNS on the node's address; answers about Services are never older than a second."""
    return f""".:53 {{
    bind {place.node_address}
    errors
    health {place.node_address}:8080
    ready {place.node_address}:8181
    kubernetes cluster.local in-addr.arpa ip6.arpa {{
        kubeconfig {place.run}/coredns.kubeconfig
        pods insecure
        ttl 1
        fallthrough in-addr.arpa ip6.arpa
    }}
    forward . {resolver}
    cache 1
}}
"""
