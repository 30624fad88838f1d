"""Which distributions are an app's servers made of, and which of them does the project not bring?"""

from collections.abc import Collection, Iterator, Mapping

from kubeship.config.process_schema import Process
from kubeship.config.schema import Configuration
from kubeship.config.server import Pin, Server
from kubeship.model.project import Interface


def spoken(process: Process, servers: Mapping[str, Server]) -> Interface:
    """What the process speaks: as stated, else what its server does; of a server that speaks both, WSGI."""
    server = servers.get(process.server or "")
    if process.interface != "none" or server is None:
        return process.interface
    return next(iter(server.numbers))


def used_servers(configuration: Configuration, servers: Mapping[str, Server]) -> tuple[Server, ...]:
    """The servers of all processes that kubeship writes the command line of."""
    named = dict.fromkeys(p.server for p in configuration.processes.values() if p.command is None)
    return tuple(servers[name] for name in named if name and name in servers)


def possible_pins(configuration: Configuration, servers: Mapping[str, Server]) -> tuple[Pin, ...]:
    """All that kubeship might add for these servers, in the order in which it is installed."""
    found: dict[str, Pin] = {}
    for process in configuration.processes.values():
        server = servers.get(process.server or "")
        if server is not None and process.command is None:
            asgi = server.asgi_pins if spoken(process, servers) == "asgi" else ()
            for pin in (*server.own_pins(process.worker_class), *server.companions, *asgi, *server.websocket_pins):
                found.setdefault(pin.distribution, pin)
    return tuple(found.values())


def missing_pins(
    configuration: Configuration, servers: Mapping[str, Server], brought: Collection[str], *, websockets: bool
) -> dict[str, str]:
    """Version by distribution, without what the project brings; `websockets`: whether the app answers them."""
    pins = {pin.distribution: pin for pin in _missing(configuration, servers, brought, websockets)}
    return {name: pin.version(configuration.python) for name, pin in sorted(pins.items())}


def _missing(
    configuration: Configuration, servers: Mapping[str, Server], brought: Collection[str], websockets: bool
) -> Iterator[Pin]:
    for process in configuration.processes.values():
        server = servers.get(process.server or "")
        if server is None or process.command is not None:
            continue
        asgi = server.asgi_pins if spoken(process, servers) == "asgi" else ()
        own = server.own_pins(process.worker_class)
        yield from (pin for pin in (*own, *asgi) if pin.distribution not in brought)
        if server.distribution not in brought:
            yield from (pin for pin in server.companions if pin.distribution not in brought)
        if (
            websockets
            and spoken(process, servers) == "asgi"
            and not any(pin.distribution in brought for pin in server.websocket_pins)
        ):
            yield from server.websocket_pins[:1]
