"""Where does a value come from? Every finding carries its origins, and doubt is a Question, not a guess."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Value = TypeVar("Value", covariant=True)


@dataclass(frozen=True, order=True)
class Origin:
    """A place in the project (or, without a path, a rule of kubeship's own) and why it says so."""

    path: str = ""
    """Relative to the project's root, with forward slashes; empty for a default of kubeship's."""
    line: int | None = None
    """From 1."""
    reason: str = ""
    """Short: `a django WSGIHandler`, `psycopg2 has no wheel for 3.13`."""

    def __str__(self) -> str:
        """`shop/wsgi.py:16, a django WSGIHandler`."""
        place = f"{self.path}:{self.line}" if self.path and self.line else self.path
        return ", ".join(part for part in (place, self.reason) if part)


@dataclass(frozen=True)
class Found(Generic[Value]):
    """A value and all the places that it rests on, strongest first."""

    value: Value
    origins: tuple[Origin, ...] = ()

    @property
    def origin(self) -> Origin:
        """The strongest origin."""
        return self.origins[0] if self.origins else Origin()


@dataclass(frozen=True)
class Candidate:
    """One possible answer to a Question."""

    value: Any
    origin: Origin


@dataclass(frozen=True)
class Question:
    """Two answers are possible, or none is found: asked on a terminal, an error with the candidates elsewhere."""

    key: str
    """What `kubeship init --set KEY=VALUE` takes: a path in kubeship.yaml such as `processes.web.entrypoint`."""
    text: str
    candidates: tuple[Candidate, ...] = ()
