"""How are lines printed, to a person or to a program that reads them?"""

import sys

from rich.console import Console


class Lines(Console):
    """A Console whose reader may go away: that is a BrokenPipeError, where rich would end the process in the middle."""

    def on_broken_pipe(self) -> None:
        """Called while the BrokenPipeError is handled."""
        raise BrokenPipeError


def results() -> Console:
    """Stdout; lines that go to a file or a pipe aren't cut to the width of a terminal that isn't there."""
    return Lines() if sys.stdout.isatty() else Lines(width=200)
