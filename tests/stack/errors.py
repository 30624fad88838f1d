"""What can go wrong while the stack comes up, as sentences."""

from __future__ import annotations


class StackError(Exception):
    """The stack can't come up; the message says what was being done and what to do."""

    exit_code = 1


class MissingPrecondition(StackError):
    """The machine lacks something that the stack can't install for itself."""

    exit_code = 4
