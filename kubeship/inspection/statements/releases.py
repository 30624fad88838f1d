"""What does the project run at release, before its processes start?"""

import re

from kubeship.inspection.statements.stated import Statements
from kubeship.inspection.statements.statement import SUPERVISED, Statement
from kubeship.model.project import Command


def release_commands(stated: Statements, migrate: Command | None) -> tuple[Command, ...]:
    """What the project states to run at release; the framework's migration first, unless that runs it already.

    Release steps come before what is run at the start of a process; the same command counts once.
    """
    found = [s for s in stated.all if s.work == "release" and s.strength <= SUPERVISED and s.main]
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


def _migrates(statement: Statement) -> bool:
    return statement.started.arguments == ("migrate",)
