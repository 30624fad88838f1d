"""What must exist in the kernel for a place: a namespace, two links, routes, and a few iptables rules.

Everything has the place's number in its name, so that `remove` finds it after any kind of death.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path

from tests.stack.place import RUNTIME, Place
from tests.stack.run import run, succeeds

FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
FORWARDING_WAS_OFF = RUNTIME / "forwarding-was-off"
CGROUPS = Path("/sys/fs/cgroup")


def create(place: Place) -> None:
    """Make the namespace and connect the node and the engine to the machine's own way out."""
    size = str(mtu())
    inside = ["ip", "-n", place.name]
    for command in (
        ["ip", "netns", "add", place.name],
        [
            "ip",
            "link",
            "add",
            place.link,
            "mtu",
            size,
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "mtu",
            size,
            "netns",
            place.name,
        ],
        ["ip", "addr", "add", f"{place.machine_address}/30", "dev", place.link],
        ["ip", "link", "set", place.link, "up"],
        [*inside, "link", "set", "lo", "up"],
        [*inside, "addr", "add", f"{place.node_address}/30", "dev", "eth0"],
        [*inside, "link", "set", "eth0", "up"],
        [*inside, "route", "add", "default", "via", place.machine_address],
        ["ip", "link", "add", place.engine_bridge, "type", "bridge"],
        ["ip", "addr", "add", f"{place.engine_gateway}/24", "dev", place.engine_bridge],
        ["ip", "link", "set", place.engine_bridge, "up"],
        # The tests reach pods and Services by address; what has no address goes nowhere instead of out of the machine.
        ["ip", "route", "add", place.pods, "via", place.node_address],
        ["ip", "route", "add", place.services, "via", place.node_address],
        ["ip", "route", "add", "unreachable", place.network],
    ):
        run(command)
    run(["nsenter", f"--net=/run/netns/{place.name}", "sh", "-c", NODE_SETTINGS])
    if FORWARDING.read_text().strip() == "0":
        FORWARDING_WAS_OFF.touch()
        FORWARDING.write_text("1")
    for table, chain, rule in rules(place):
        run(["iptables", "-w", "-t", table, "-I", chain, *rule])
    make_cgroup(place.name)
    if (CGROUPS / "cgroup.controllers").exists():  # the unified hierarchy hands controllers down only when told to
        for folder in (CGROUPS, CGROUPS / place.name):
            for controller in (folder / "cgroup.controllers").read_text().split():
                succeeds(["sh", "-c", f"echo +{controller} > {folder}/cgroup.subtree_control"])


def make_cgroup(path: str) -> None:
    """In every hierarchy."""
    for cgroup in _cgroup_roots():
        (cgroup / path).mkdir(exist_ok=True)


def add_second_node(place: Place) -> None:
    """Its address, beside the first node's, and its cgroup."""
    run(["ip", "-n", place.name, "addr", "replace", f"{place.second_node_address}/32", "dev", "eth0"])
    make_cgroup(f"{place.name}/node-2")


# Pods on one bridge answer one another through Services only when iptables sees bridged packets.
NODE_SETTINGS = """
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables || true
echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet
"""


def rules(place: Place) -> list[tuple[str, str, list[str]]]:
    """The iptables rules of a place: table, chain, and the rule with its comment."""
    comment = ["-m", "comment", "--comment", place.name]
    return [
        ("nat", "POSTROUTING", ["-s", place.network, "!", "-d", place.network, *comment, "-j", "MASQUERADE"]),
        ("filter", "FORWARD", ["-s", place.network, *comment, "-j", "ACCEPT"]),
        ("filter", "FORWARD", ["-d", place.network, *comment, "-j", "ACCEPT"]),
    ]


def remove(place: Place) -> list[str]:
    """Remove whatever of the place is still there, and say what was."""
    removed = []
    for table, chain, rule in rules(place):
        while succeeds(["iptables", "-w", "-t", table, "-D", chain, *rule]):
            removed.append(f"iptables {table} {chain}")
    devices = (place.link, place.engine_bridge, *_bridges_in(place))
    removed += [device for device in devices if succeeds(["ip", "link", "del", device])]
    if Path("/run/netns", place.name).exists() and succeeds(["ip", "netns", "del", place.name]):
        removed.append(f"network namespace {place.name}")
    succeeds(["ip", "route", "del", "unreachable", place.network])
    for cgroup in _cgroup_roots():
        if (cgroup / place.name).is_dir():
            _remove_cgroup(cgroup / place.name)
            if "cgroups" not in removed:
                removed.append("cgroups")
    others = [folder for folder in RUNTIME.glob("*/owner") if folder.parent != place.runtime]
    if FORWARDING_WAS_OFF.exists() and not others:
        FORWARDING.write_text("0")
        FORWARDING_WAS_OFF.unlink()
    return removed


def _remove_cgroup(folder: Path) -> None:
    # Deepest first; a cgroup's own files can't be removed and need not be.
    for path in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        _rmdir(path)
    _rmdir(folder)


def _rmdir(path: Path) -> None:
    with contextlib.suppress(OSError):  # still busy for a moment, or gone already
        path.rmdir()


def _cgroup_roots() -> Iterable[Path]:
    if (CGROUPS / "cgroup.controllers").exists():
        return [CGROUPS]
    # Controllers that share a hierarchy are symbolic links to one folder.
    return [path for path in CGROUPS.iterdir() if path.is_dir() and not path.is_symlink()]


def _bridges_in(place: Place) -> list[str]:
    """Bridges that the engine made for its own networks."""
    addresses = json.loads(run(["ip", "-j", "-4", "addr"]))
    prefix = f"10.{place.number}."
    return [
        link["ifname"]
        for link in addresses
        if link["ifname"].startswith("br-")
        and any(address["local"].startswith(prefix) for address in link["addr_info"])
    ]


def mtu() -> int:
    """That of the way out, so that nothing has to be fragmented."""
    routes = json.loads(run(["ip", "-j", "-4", "route", "show", "default"]))
    if not routes:
        return 1500
    return int(Path(f"/sys/class/net/{routes[0]['dev']}/mtu").read_text())
