"""What is told where a command ends before its revision does?"""

from collections.abc import Iterator
from contextlib import contextmanager

from kubeship.errors import Interrupted, KubeshipError, ReleaseFailed, RolloutBroken, RolloutRolledBack, Terminated
from kubeship.model.events import Caution, Emit
from kubeship.model.revision import Revision

ENDS = (Interrupted, ReleaseFailed, RolloutBroken, RolloutRolledBack, Terminated)
"""Which tell by themselves how things stand."""


@contextmanager
def told_if_unfinished(revision: Revision, command: str, emit: Emit) -> Iterator[None]:
    """Say what stays and how to go on where the server went away, or a right or the lease was taken, midway."""
    try:
        yield
    except ENDS:
        raise
    except KubeshipError:
        emit(
            Caution(
                f"revision {revision.number} is not finished: what was applied until now stays as it is",
                f"run {command} again when that is mended: it goes on from here",
            )
        )
        raise
