"""May everything be changed that would change, or does some of it belong to others?"""

import shlex

from kubeship.errors import MissingPrecondition
from kubeship.model.changes import Changes, described, field_key
from kubeship.model.events import Compared, Emit


def agreed(changes: Changes, emit: Emit, command: str) -> Changes:
    """The changes, told; raises MissingPrecondition where others own fields that `command` would change."""
    emit(Compared(changes))
    if changes.conflicts:
        lines = [f"- {target} {described(conflict)}" for target, conflict in changes.conflicts]
        raise MissingPrecondition(
            "another field manager owns fields that this would change; nothing was changed",
            hint=_ways_out(changes, command),
            details="\n".join(lines),
        )
    return changes


def _ways_out(changes: Changes, command: str) -> str:
    if all(change.foreign for change in changes if change.conflicts):
        return f"these objects are somebody else's; have them become this app's: {command} --adopt"
    fields = " ".join(f"--take-over {shlex.quote(field_key(target, each.path))}" for target, each in changes.conflicts)
    return f"leave them to their owners by taking the fields out of deploy/, or take them over: {command} {fields}"
