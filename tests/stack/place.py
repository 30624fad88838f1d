"""Where does this checkout's stack live: which addresses, ports, names and folders?

Each stack on a machine has a number N of its own. The node, its pods and the cluster's servers live in a network
namespace; the engine, the registry and the ingress controller live beside the tests, so that localhost means the
same to all three. Everything has addresses in 10.N.0.0/16:

    10.N.0.0/18      pods                      10.N.64.0/18    services
    10.N.128.0/24    the engine's containers   10.N.129.0/30   .1 the machine, .2 the node
    10.N.130.2       the second node
    10.N.192.0/18    networks made with `docker network create`
"""

from __future__ import annotations

import ipaddress
import json
import os
import shutil
import socket
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.stack.errors import StackError
from tests.stack.run import run

CHECKOUT = Path(__file__).resolve().parents[2]
RUNTIME = Path("/run/kubeship-stack")  # short, because a socket's path may have 107 characters
NUMBERS = range(160, 250)


@dataclass(frozen=True)
class Place:
    """The number and the ports that were chosen, and everything that follows from them."""

    checkout: Path
    number: int
    registry_port: int
    ingress_port: int
    traefik_port: int

    @property
    def state(self) -> Path:
        return self.checkout / ".stack"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def run(self) -> Path:
        """Configuration and data of one run."""
        return self.state / "run"

    @property
    def kept(self) -> Path:
        """What makes the next run fast: the engine's, the node's and the registry's images."""
        return self.state / "kept"

    @property
    def runtime(self) -> Path:
        return RUNTIME / str(self.number)

    @property
    def name(self) -> str:
        """The network namespace, the cgroup and the comment of each iptables rule."""
        return f"kubeship-{self.number}"

    @property
    def engine_bridge(self) -> str:
        return f"ks{self.number}-engine"

    @property
    def link(self) -> str:
        return f"ks{self.number}-node"

    @property
    def network(self) -> str:
        return f"10.{self.number}.0.0/16"

    @property
    def pods(self) -> str:
        return f"10.{self.number}.0.0/18"

    @property
    def services(self) -> str:
        return f"10.{self.number}.64.0/18"

    @property
    def engine_gateway(self) -> str:
        return f"10.{self.number}.128.1"

    @property
    def engine_pool(self) -> str:
        return f"10.{self.number}.192.0/18"

    @property
    def machine_address(self) -> str:
        return f"10.{self.number}.129.1"

    @property
    def node_address(self) -> str:
        return f"10.{self.number}.129.2"

    @property
    def second_node_address(self) -> str:
        return f"10.{self.number}.130.2"

    @property
    def registry(self) -> str:
        return f"localhost:{self.registry_port}"

    @property
    def secured_registry(self) -> str:
        """On the node, whose ports are all free; the machine, its engine and the node reach it by one name."""
        return f"{self.node_address}:5443"

    @property
    def registry_certificate(self) -> Path:
        """What whoever talks to the secured registry must trust."""
        return self.run / "pki" / "registry.crt"

    @property
    def docker_socket(self) -> Path:
        return self.runtime / "docker.sock"

    @property
    def supervisor_socket(self) -> Path:
        return self.runtime / "supervisor.sock"

    @property
    def kubeconfig(self) -> Path:
        return self.state / "kubeconfig"


def choose(checkout: Path = CHECKOUT) -> Place:
    """The place of this checkout: the one it had before when that is still free, or else a new one.

    The number stays reserved in /run until `release`.
    """
    before = remembered(checkout)
    networks = networks_in_use()
    wanted = [before.number] if before else []
    for number in [*wanted, *NUMBERS]:
        if number_is_free(number, networks) and _reserve(number, checkout):
            break
    else:
        raise StackError("no free network 10.160.0.0/16 .. 10.249.0.0/16 on this machine: stop another stack")
    ports = free_ports(3, prefer=(before.registry_port, before.ingress_port, before.traefik_port) if before else ())
    place = Place(checkout, number, *ports)
    place.state.mkdir(exist_ok=True)
    document = {name: value for name, value in asdict(place).items() if name != "checkout"}
    (place.state / "place.json").write_text(json.dumps(document, indent=2) + "\n")
    return place


def remembered(checkout: Path = CHECKOUT) -> Place | None:
    """The place that this checkout chose last."""
    try:
        return Place(checkout=checkout, **json.loads((checkout / ".stack" / "place.json").read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def release(place: Place) -> None:
    """Give the number back."""
    if _owner(place.number) == str(place.checkout):
        shutil.rmtree(place.runtime, ignore_errors=True)


def number_is_free(number: int, in_use: Iterable[ipaddress.IPv4Network]) -> bool:
    """Whether no route or address of the machine touches 10.N.0.0/16."""
    network = ipaddress.ip_network(f"10.{number}.0.0/16")
    return not any(network.overlaps(other) for other in in_use)


def networks_in_use() -> list[ipaddress.IPv4Network]:
    """Every network that the machine has a route to, except the default route."""
    routes = json.loads(run(["ip", "-j", "-4", "route", "show", "table", "all"]))
    destinations = (route["dst"] for route in routes if route["dst"] != "default")
    return [ipaddress.IPv4Network(destination, strict=False) for destination in destinations]


def free_ports(count: int, prefer: Collection[int] = ()) -> list[int]:
    """COUNT ports on which nobody listens: the preferred ones where they are free."""
    chosen: list[int] = []
    candidates = [*prefer, *[0] * count]
    held: list[socket.socket] = []
    try:
        for candidate in candidates:
            if len(chosen) == count:
                break
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", candidate))
            except OSError:
                listener.close()
                continue
            held.append(listener)
            chosen.append(listener.getsockname()[1])
    finally:
        for listener in held:
            listener.close()
    return chosen


def _reserve(number: int, checkout: Path) -> bool:
    if _owner(number) == str(checkout):  # of a run that was killed, whose checkout may have been made anew since
        shutil.rmtree(RUNTIME / str(number), ignore_errors=True)
    owner_file = RUNTIME / str(number) / "owner"
    owner_file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(owner_file, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w") as file:
        file.write(str(checkout))
    return True


def _owner(number: int) -> str | None:
    try:
        return (RUNTIME / str(number) / "owner").read_text()
    except FileNotFoundError:
        return None
