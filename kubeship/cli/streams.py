"""What becomes of output that can't be written? Progress is given up while the work goes on; a result says so."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO

from kubeship.errors import MissingPrecondition

if TYPE_CHECKING:
    from kubeship.model.events import Event


def as_long_as_possible(emit: "Callable[[Event], None]", stream: TextIO) -> "Callable[[Event], None]":
    """`emit`, until `stream` takes no more (nobody reads, the disk is full): no deploy stops half done for that."""
    lost = False

    def emit_or_not(event: "Event") -> None:
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


def open_streams() -> None:
    """Make all three streams usable: a closed one reads and writes nothing, and a character that an encoding lacks
    (`PYTHONIOENCODING=ascii`, a file name that isn't UTF-8) is written as its escape."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            # The lowest free descriptor is the closed one, so that no socket takes its place.
            descriptor = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(descriptor, "w" if number else "r", encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
