"""What is a failed request to a registry, and how does it become an error that a user sees?"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from kubeship.errors import KubeshipError

Kind = Literal["denied", "missing", "unreachable", "passing", "refused"]


class RegistryFailure(Exception):
    """A request failed; what it was for is known further up. Holds no address, since those may carry credentials."""

    def __init__(
        self, kind: Kind, reason: str, hint: str, *, status: int = 0, said: str = "", asked_pause: float | None = None
    ) -> None:
        """`reason` completes `Pushing x failed: `, without a full stop; `said` are the registry's own words."""
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        self.hint = hint
        self.status = status
        self.said = said
        self.asked_pause = asked_pause


@contextmanager
def registry_errors(doing: str, family: type[KubeshipError]) -> Iterator[None]:
    """Turns a RegistryFailure inside into the family's error: `doing` completes `... failed: reason`."""
    try:
        yield
    except RegistryFailure as failure:
        said = f"the registry said: {failure.said}" if failure.said else ""
        raise family(f"{doing} failed: {failure.reason}.", hint=failure.hint, details=said) from failure
