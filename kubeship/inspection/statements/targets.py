"""Which entrypoint does a place name? The shape that statements and servers' files give back."""

from dataclasses import dataclass
from typing import Literal

from kubeship.inspection.statements.statement import Statement
from kubeship.model.origin import Origin
from kubeship.model.project import Interface

Form = Literal["object", "script", "package", "console", "paste", "discover"]


@dataclass(frozen=True)
class Target:
    """An entrypoint that a statement names."""

    value: str
    """`module:object`, a script's path, a package, a console script, or a paste file, by `form`."""
    form: Form
    folder: str
    """Where its process starts."""
    server: str
    interface: Interface | None
    origins: tuple[Origin, ...]
    strength: int = 0
    statement: Statement | None = None

    @property
    def origin(self) -> Origin:
        """The statement's place."""
        return self.origins[0]
