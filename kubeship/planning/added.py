"""What does kubeship add to an image that the project's dependencies don't bring? Servers, and what they need."""

import shlex

from kubeship.config.lock import Lock
from kubeship.config.pins import possible_pins, used_servers
from kubeship.config.schema import Configuration
from kubeship.planning.servers import SERVERS
from kubeship.planning.static import static_packages


def pinned_server(configuration: Configuration, lock: Lock) -> str | None:
    """`gunicorn==27.0.1 uvicorn-worker==0.4.0`: words of a shell, for what the project's own dependencies don't bring.

    kubeship.lock names only such distributions; init found out which they are.
    """
    names = [pin.distribution for pin in possible_pins(configuration, SERVERS)]
    return shlex.join(f"{name}=={lock.servers[name]}" for name in names if name in lock.servers) or None


def newest_servers(configuration: Configuration, lock: Lock) -> dict[str, str]:
    """The versions that this kubeship has of what kubeship.lock names and the servers still need."""
    pins = possible_pins(configuration, SERVERS)
    return {pin.distribution: pin.version(configuration.python) for pin in pins if pin.distribution in lock.servers}


def server_release(server_name: str | None, lock: Lock) -> str:
    """The server's version, kubeship's own choice or the project's; empty where nobody knows it."""
    server = SERVERS.get(server_name or "")
    name = server.distribution if server else ""
    return lock.servers.get(name, lock.brought.get(name, ""))


def build_packages(configuration: Configuration) -> tuple[str, ...]:
    """Debian packages of the build stage: those of kubeship.yaml, and what compiling a server needs."""
    servers = (package for server in used_servers(configuration, SERVERS) for package in server.build_packages)
    return tuple(dict.fromkeys((*configuration.system_packages.build, *servers)))


def runtime_packages(configuration: Configuration) -> tuple[str, ...]:
    """Debian packages of the image that runs: those of kubeship.yaml, and what the servers load."""
    servers = (package for server in used_servers(configuration, SERVERS) for package in server.runtime_packages)
    return tuple(dict.fromkeys((*configuration.system_packages.runtime, *servers, *static_packages(configuration))))
