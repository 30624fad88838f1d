"""What must be known of a server before a project's kubeship.yaml can name it?"""

from dataclasses import dataclass

from kubeship.model.project import Interface


@dataclass(frozen=True)
class Server:
    """A program that serves a WSGI or ASGI object; planning.servers has the table."""

    name: str
    """As in `processes.web.server`."""
    distribution: str
    version: str
    """What kubeship pins where the project doesn't bring the server itself."""
    interface: Interface
    workers: int
    threads: int
    timeout: int
    """Seconds that a request may take, and that a stopping server waits for running ones."""
    reason: str
    """Why these numbers: a comment in kubeship.yaml."""
