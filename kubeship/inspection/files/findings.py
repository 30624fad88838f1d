"""What does a question of inspection hand back? A value, and what a person should hear or decide about it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from kubeship.model.origin import Question
from kubeship.model.project import Warned

Value = TypeVar("Value", covariant=True)


@dataclass(frozen=True)
class Answered(Generic[Value]):
    """A value with the warnings and questions that came up while it was found."""

    value: Value
    warnings: tuple[Warned, ...] = ()
    questions: tuple[Question, ...] = ()


SET_BY_YOU = "set by you"
"""The reason of a value that an answer settled."""
