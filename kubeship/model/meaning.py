"""What does somebody who deploys want to know of an exception?"""

from dataclasses import dataclass

from kubeship.model.python_traceback import PythonError


@dataclass(frozen=True)
class Meaning:
    """An exception in a deployer's words."""

    cause: str
    """Completes a sentence that begins with the program's name: `can't import yaml (app.py:3)`."""
    remedy: str
    heals: bool = False
    """Whether it may pass without a change to the program: a server that it needs comes up."""


def at(error: PythonError) -> str:
    """` (app.py:3)`, or nothing where no line of the project is known."""
    return f" ({error.where})" if error.where else ""
