"""What does the project run at release, before its processes start?"""

import posixpath
import re

from kubeship.inspection.statements.stated import Statements
from kubeship.inspection.statements.statement import SUPERVISED, Statement
from kubeship.model.project import Command

FILE_PROGRAMS = frozenset(
    {"cat", "cd", "chmod", "chown", "cp", "echo", "ln", "ls", "mkdir", "mv", "rm", "set", "touch"}
)


def release_commands(stated: Statements, migrate: Command | None) -> tuple[Command, ...]:
    """What the project states to run at release; the framework's migration first, unless that runs it already.

    Release steps come before what is run at the start of a process; the same command counts once.
    """
    said = (s for s in stated.all if s.work == "release" and s.strength <= SUPERVISED and s.main)
    found = [s for s in said if not _leaves_nothing(s.command) and (migrate or not _of_elsewhere(s))]
    stated_so = [s for s in found if s.started.server == "shell"]
    steps = [s for s in stated_so if s.strength == stated_so[0].strength] or found
    commands: dict[str, Command] = {}
    for statement in steps:
        essence = " ".join(re.findall(r"migrate|upgrade|db\b", statement.command)) or statement.command
        alone = statement.started.server != "shell" or (_migrates(statement) and "&&" not in statement.command)
        key = essence if alone else statement.command
        commands.setdefault(key, Command(statement.command, (statement.origin,)))
    migrates = any(_migrates(s) or re.search(r"migrate|upgrade", s.command) for s in steps)
    return tuple(commands.values()) if migrate is None or migrates else (migrate, *commands.values())


def _leaves_nothing(command: str) -> bool:
    """Whether it only changes files: a platform that keeps the image after it (Dokku) has them, a Job's pod ends."""
    parts = (part.split() for part in re.split(r"&&|\|\||[;\n]", command))
    return all(posixpath.basename(words[0]) in FILE_PROGRAMS for words in parts if words)


def _of_elsewhere(statement: Statement) -> bool:
    """Whether Alembic reads what the project, which has no migrations, doesn't hold: those of another repository."""
    stated = {"-c", "--config"} & {word.partition("=")[0] for word in statement.started.arguments}
    return statement.started.server == "alembic" and not stated


def _migrates(statement: Statement) -> bool:
    return statement.started.arguments == ("migrate",)
