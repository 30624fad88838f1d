"""Which processes does the project have, and is a question about the app still one?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from kubeship.inspection.code.modules import Modules
from kubeship.inspection.files.findings import SET_BY_YOU, Answered
from kubeship.inspection.running.beside import other_processes
from kubeship.inspection.running.processes import is_complete, main_process
from kubeship.inspection.served.entrypoints import EntrypointFound
from kubeship.inspection.statements.stated import Statements
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Answers, ProcessFound, ProcessKind

BY_YOU = Origin(reason=SET_BY_YOU)
COMMAND = re.compile(r"processes\.(?!web\.)([a-z][a-z0-9-]*)\.command")


@dataclass(frozen=True)
class Running:
    """The main process with those beside it."""

    processes: tuple[ProcessFound, ...]
    needs_entrypoint: bool
    """False where a command says everything by itself, and where everything runs at set times or in the background."""


def running(
    modules: Modules, entry: EntrypointFound, stated: Statements, health: Found[str] | None, answers: Answers
) -> Answered[Running]:
    """What runs; without a web process where nothing could be served and others are stated."""
    main = main_process(modules, entry.chosen, stated, health, answers)
    others = other_processes(stated, main.value)
    nothing_served = entry.chosen is None and not entry.considered
    complete = nothing_served and is_complete(stated.web)
    others = (*others, *_stated_by_you(answers)) if nothing_served and not complete else others
    only_others = nothing_served and not complete and bool(others)
    processes = others if only_others else (main.value, *others)
    return Answered(Running(processes, not (complete or only_others)), main.warnings, main.questions)


def _stated_by_you(answers: Answers) -> Iterator[ProcessFound]:
    """`--set processes.flows.command=...`: what runs where nothing is served."""
    for key, command in answers.items():
        if (match := COMMAND.fullmatch(key)) and isinstance(command, str):
            kind = answers.get(f"processes.{match[1]}.kind", "singleton")
            yield ProcessFound(match[1], cast("ProcessKind", kind), "none", None, None, command, origins=(BY_YOU,))
