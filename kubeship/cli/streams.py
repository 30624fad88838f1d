"""What becomes of output that can't be written? Progress is given up while the work goes on; a result says so."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from rich.console import Console

from kubeship.errors import MissingPrecondition
from kubeship.model.events import Event


class Lines(Console):
    """A Console whose reader may go away: that is a BrokenPipeError, where rich would end the process in the middle."""

    def on_broken_pipe(self) -> None:
        """Called while the BrokenPipeError is handled."""
        raise BrokenPipeError


def as_long_as_possible(emit: Callable[[Event], None], stream: TextIO) -> Callable[[Event], None]:
    """`emit`, until `stream` takes no more (nobody reads, the disk is full): no deploy stops half done for that."""
    lost = False

    def emit_or_not(event: Event) -> None:
        nonlocal lost
        if lost:
            return
        try:
            emit(event)
        except OSError:
            lost = True
            silence(stream)

    return emit_or_not


@contextmanager
def writing_result() -> Iterator[None]:
    """A reader who went away (`| head`) has read enough. Raises MissingPrecondition when stdout takes no more."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
    except OSError as error:
        silence(sys.stdout)
        raise MissingPrecondition(
            f"it is done, but the result can't be written to stdout: {error.strerror}",
            hint="make room where stdout goes to; running it again shows the result",
        ) from error


def silence(stream: TextIO) -> None:
    """Send the rest nowhere, what waits in its buffer included: Python would try again at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
