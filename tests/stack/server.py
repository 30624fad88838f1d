"""What is a server of the stack?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.stack.place import Place


@dataclass(frozen=True)
class Server:
    """One process: how it is started, and the question that tells whether it serves."""

    name: str
    part: str  # engine, registry, database, cluster, ingress: what an environment variable may replace
    command: tuple[str, ...]
    is_ready: Callable[[], bool]
    address: str
    on_node: bool = False  # in the node's network namespace
    awaited: bool = False  # those after it are started when it is ready

    def command_line(self, place: Place) -> list[str]:
        """The command, inside the network namespace where the server belongs to the node."""
        enter = ["nsenter", f"--net=/run/netns/{place.name}"] if self.on_node else []
        return [*enter, *self.command]
