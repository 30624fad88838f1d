"""Which work does the code prepare that no statement starts? Workers, schedulers, bots and consumers, as warnings.

A worker may belong to another project, or be switched off: it is named with the line to add, and never added unasked.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kubeship.inspection.code.django_settings import Settings
from kubeship.inspection.code.import_root import reachable
from kubeship.inspection.code.modules import Modules
from kubeship.inspection.code.objects import Apps
from kubeship.inspection.code.programs import KINDS, Program, find_programs
from kubeship.inspection.code.queue_settings import configured_queues
from kubeship.inspection.code.queues import QueueFound, find_queues
from kubeship.inspection.code.starters import MODULES_OF, Does
from kubeship.inspection.code.starts import Starts
from kubeship.model.origin import Origin
from kubeship.model.project import ProcessFound, ProcessKind, Warned

BACKGROUND: tuple[Does, ...] = ("bot", "scheduler", "consumer", "queue", "subscriber")
DEEDS: dict[Does | None, str] = {
    "bot": "runs a bot",
    "scheduler": "starts jobs at set times",
    "consumer": "takes messages",
    "queue": "runs the tasks of RQ",
    "subscriber": "takes messages",
}


@dataclass(frozen=True)
class _Work:
    """Something that a process of its own would do."""

    label: str
    """`tasks of Celery`."""
    command: str
    kind: ProcessKind
    origin: Origin


def unstated_work(
    modules: Modules, settings: Settings | None, folder: str, processes: Iterable[ProcessFound]
) -> tuple[Warned, ...]:
    """A warning for each kind of work that none of the processes does; `folder` is where processes start."""
    running = tuple(processes)
    queues = (*find_queues(modules), *configured_queues(modules, settings, folder))
    found = [_of_queue(queue) for queue in queues if not _is_done(queue, running)]
    programs = list(_programs(modules))
    if any(program.does == "queue" for program in programs):
        found = [work for work in found if not work.command.startswith("rq ")]  # the project's own program works
    mains = {origin.path for process in running for origin in process.origins}
    reached = {file for path in mains if path.endswith(".py") for file in reachable(modules, path)} | mains
    found += [_of_program(program, folder) for program in programs if not _runs(program, reached, running)]
    return tuple(_warned(work, name) for work, name in zip(found, _names(found, running), strict=True))


def _warned(work: _Work, name: str) -> Warned:
    line = f"{name}: {{kind: {work.kind}, command: {work.command}}}"
    return Warned(
        f"{work.label}, and nothing in the project says what runs it; "
        f"if this deployment does, add to processes in kubeship.yaml: {line}",
        work.origin,
    )


def _of_queue(queue: QueueFound) -> _Work:
    return _Work(queue.origin.reason, queue.command, queue.kind, queue.origin)


def _of_program(program: Program, folder: str) -> _Work:
    label = f"{program.path} {DEEDS[program.does]}"
    command = program.command.replace(f" {folder}/", " ")
    return _Work(label, command, KINDS[program.does][1], program.origin)


def _is_done(queue: QueueFound, processes: tuple[ProcessFound, ...]) -> bool:
    """Whether a process already runs the queue's worker: a program of the same library, for the same work."""
    return any(_does(queue, process) for process in processes)


def _does(queue: QueueFound, process: ProcessFound) -> bool:
    words = _words(process.command or "")
    if words & PROGRAMS[queue.label]:
        return queue.label != "Celery" or ("beat" in _words(queue.command)) == bool(words & BEAT) or "-B" in words
    unread = not any(words & programs for programs in PROGRAMS.values())
    return unread and process.kind == queue.kind and bool(NAMED.search(process.name))


# What runs tasks, by the library's label: its own commands, and Django's management commands. Sources: as in QUEUES.
PROGRAMS = {
    "arq": frozenset({"arq"}),
    "Celery": frozenset({"celery", "celerybeat", "celeryd"}),
    "Django Background Tasks": frozenset({"process_tasks"}),
    "Django Q": frozenset({"qcluster"}),
    "Django Tasks": frozenset({"db_worker"}),
    "Dramatiq": frozenset({"dramatiq", "dramatiq-gevent", "rundramatiq"}),
    "FastStream": frozenset({"faststream"}),
    "Faust": frozenset({"faust"}),
    "Huey": frozenset({"djangohuey", "huey_consumer", "huey_consumer.py", "run_huey"}),
    "Procrastinate": frozenset({"procrastinate"}),
    "RQ": frozenset({"rq", "rqworker", "rqworker-pool"}),
    "SAQ": frozenset({"saq"}),
    "streaQ": frozenset({"streaq"}),
    "Taskiq": frozenset({"taskiq"}),
}
BEAT = frozenset({"beat", "celerybeat", "-B", "--beat"})
NAMED = re.compile(r"worker|celery|beat|queue|task|huey|rq|dramatiq|arq")
"""Names of processes that may well be it, though what they run can't be read."""


def _words(command: str) -> frozenset[str]:
    return frozenset(word.rpartition("/")[2] for word in re.split(r"[\s'\"]+", command))


def _programs(modules: Modules) -> Iterator[Program]:
    """The programs that work in the background by themselves, outside folders of tools."""
    importing = frozenset(modules.sources.importing({m for does in BACKGROUND for m in MODULES_OF[does]}))
    if not importing:
        return
    for program in find_programs(modules.sources, modules, Starts(modules, Apps(modules)), importing):
        if program.does in BACKGROUND and program.direct and not program.is_tool:
            yield program


def _runs(program: Program, reached: set[str], processes: tuple[ProcessFound, ...]) -> bool:
    """Whether a process is the program, or loads it."""
    name = re.escape(program.value.removesuffix(".py").removesuffix("/__main__"))
    called = re.compile(rf"(^|[\s/])({name}(\.py)?|{name.replace('/', '[.]')})(\s|$)")
    return program.path in reached or any(
        called.search(process.command or "") or process.entrypoint == program.value for process in processes
    )


def _names(found: list[_Work], processes: tuple[ProcessFound, ...]) -> Iterator[str]:
    """A name for each that no process has: worker, worker-2."""
    taken = {process.name for process in processes}
    for work in found:
        base = "scheduler" if work.kind == "singleton" and "bot" not in work.label else "worker"
        base = "worker" if work.label.endswith("takes messages") else base
        base = "bot" if work.label.endswith("a bot") else base
        name, number = base, 2
        while name in taken:
            name, number = f"{base}-{number}", number + 1
        taken.add(name)
        yield name
