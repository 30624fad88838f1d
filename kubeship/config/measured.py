"""What does a start inside the image say that kubeship.yaml should? How long it took, and that memory is too small.

Nothing else in the file changes, and nothing that a measurement merely confirms: two starts never take the same time.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kubeship.config.editing import KeyPath, edit
from kubeship.config.quantities import in_bytes
from kubeship.config.schema import Configuration
from kubeship.config.updating import ORDER
from kubeship.model.image import Answer

HEADROOM = 1.25
"""Of the memory that a process held at its first answer; requests make it hold more."""
STEP = 64
"""MiB: memory is asked for in multiples of it."""


@dataclass(frozen=True)
class Measured:
    """One value to write."""

    path: KeyPath
    value: int | str
    comment: str


def measured(configuration: Configuration, answers: Sequence[Answer]) -> tuple[Measured, ...]:
    """The values that the starts of healthy processes suggest and kubeship.yaml doesn't have."""
    return tuple(
        found
        for answer in answers
        if answer.healthy and answer.process in configuration.processes
        for found in _of(configuration, answer)
    )


def with_measured(text: str, values: Sequence[Measured]) -> str:
    """The kubeship.yaml with the values in it. Raises InvalidInput where one can't be put in place."""
    for each in values:
        text = edit(text, each.path, each.value, order=ORDER, comment=each.comment)
    return text


def _of(configuration: Configuration, answer: Answer) -> Iterator[Measured]:
    process = configuration.processes[answer.process]
    path = ("processes", answer.process)
    if answer.seconds is not None:
        seconds, written = max(1, math.ceil(answer.seconds)), process.start_seconds
        if written is None or not written / 2 <= seconds <= written * 2:
            yield Measured((*path, "start_seconds"), seconds, f"measured: {answer.seconds:.1f} s")
    if answer.memory is not None and answer.memory > in_bytes(process.resources.memory):
        wanted = math.ceil(answer.memory * HEADROOM / (STEP << 20)) * STEP
        comment = f"measured: {answer.memory / 1_000_000:.0f} MB at its first answer"
        yield Measured((*path, "resources", "memory"), f"{wanted}Mi", comment)
