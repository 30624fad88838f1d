"""Which servers make up the stack, with which command lines, and when is each of them ready?"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

from tests.stack import ready
from tests.stack.cluster_servers import cluster_servers
from tests.stack.config_files import SECURED_LOGIN
from tests.stack.place import Place
from tests.stack.server import Server

DATABASE = "kubeship"  # its name, its user and its password


def servers(place: Place, programs: Path, tokens: Mapping[str, str], mtu: int) -> list[Server]:
    """Every server in the order of starting."""
    return [
        _registry(place),
        _registry_of_node(place),
        _registry_secured(place),
        _docker(place, mtu),
        _postgres(place),
        *cluster_servers(place, programs, tokens["admin"]),
        _traefik(place, programs, tokens["traefik"]),
    ]


def _registry(place: Place) -> Server:
    return Server(
        "registry",
        "registry",
        ("docker-registry", "serve", str(place.run / "registry.yml")),
        lambda: ready.answers(f"http://127.0.0.1:{place.registry_port}/v2/"),
        f"http://{place.registry}",
    )


def _registry_of_node(place: Place) -> Server:
    # The node has a localhost of its own, and an image's name must be the same there: one folder, served twice.
    return Server(
        "registry-of-node",
        "registry",
        ("docker-registry", "serve", str(place.run / "registry-of-node.yml")),
        lambda: ready.answers(f"http://{place.node_address}:{place.registry_port}/v2/"),
        f"http://{place.registry} on the node",
        on_node=True,
    )


def _registry_secured(place: Place) -> Server:
    login = b64encode(":".join(SECURED_LOGIN).encode()).decode()
    return Server(
        "registry-secured",
        "registry",
        ("docker-registry", "serve", str(place.run / "registry-secured.yml")),
        lambda: ready.answers(f"https://{place.secured_registry}/v2/", Authorization=f"Basic {login}"),
        f"https://{place.secured_registry}",
        on_node=True,
    )


def _docker(place: Place, mtu: int) -> Server:
    options = {
        "config-file": place.run / "docker.json",
        "host": f"unix://{place.docker_socket}",
        "data-root": place.kept / "docker",
        "exec-root": place.runtime / "docker",
        "pidfile": place.runtime / "docker.pid",
        "bridge": place.engine_bridge,
        "mtu": mtu,
        "default-address-pool": f"base={place.engine_pool},size=24",
        "registry-mirror": f"http://127.0.0.1:{place.registry_port}",
        "cgroup-parent": f"/{place.name}/engine",
        # Another engine may run on the machine: its firewall rules are left alone; network.py has this one's.
        "iptables": "false",
        "ip6tables": "false",
        "ip-masq": "false",
        "oom-score-adjust": "0",
    }
    return Server(
        "docker",
        "engine",
        ("dockerd", *(f"--{name}={value}" for name, value in options.items())),
        lambda: ready.docker(place.docker_socket),
        f"unix://{place.docker_socket}",
    )


def _postgres(place: Place) -> Server:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    program = installed[-1] if installed else Path("/usr/lib/postgresql/none/bin/postgres")
    folder = place.runtime / "postgres"
    settings = {
        "listen_addresses": place.node_address,
        "unix_socket_directories": folder,
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": "200",
    }
    script = (
        f"{program.parent}/initdb --no-sync --auth=scram-sha-256 --username={DATABASE}"
        f" --pwfile={folder}/password --pgdata={folder}/data --encoding=UTF8 --locale=C.UTF-8"
        f" && echo 'host all all 0.0.0.0/0 scram-sha-256' >> {folder}/data/pg_hba.conf"
        f" && echo 'CREATE DATABASE {DATABASE}' | {program} --single -D {folder}/data postgres"
        f" && exec {program} -D {folder}/data " + " ".join(f"-c {name}={value}" for name, value in settings.items())
    )
    return Server(
        "postgres",
        "database",
        ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "sh", "-c", script),
        lambda: ready.postgres(place, program.parent),
        f"{place.node_address}:5432",
        on_node=True,
    )


def _traefik(place: Place, programs: Path, token: str) -> Server:
    provider = {
        "endpoint": f"https://{place.node_address}:6443",
        "token": token,
        "certauthfilepath": place.run / "pki" / "apiserver.crt",
        "ingressclass": "traefik",
        "ingressendpoint.ip": "127.0.0.1",
        "throttleduration": "100ms",
    }
    command = (
        f"{programs}/traefik",
        f"--entrypoints.web.address=127.0.0.1:{place.ingress_port}",
        # As behind a load balancer that ends TLS: a client's X-Forwarded-Proto is believed.
        "--entrypoints.web.forwardedheaders.insecure=true",
        f"--entrypoints.traefik.address=127.0.0.1:{place.traefik_port}",
        "--ping=true",
        "--log.level=INFO",
        "--global.checknewversion=false",
        "--global.sendanonymoususage=false",
        "--providers.providersthrottleduration=100ms",
        "--providers.kubernetesingress=true",
        *(f"--providers.kubernetesingress.{name}={value}" for name, value in provider.items()),
    )
    address = f"http://127.0.0.1:{place.ingress_port}"
    return Server("traefik", "ingress", command, lambda: ready.ingress(place), address)
