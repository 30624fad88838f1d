"""Which task queues does the project define, for a project that serves nothing? Found where they are made."""

import ast
import re
from dataclasses import dataclass

from kubeship.inspection.import_root import import_root, module_name
from kubeship.inspection.modules import External, Modules
from kubeship.inspection.syntax import dotted
from kubeship.model.origin import Origin


@dataclass(frozen=True)
class Queue:
    """A library whose own command runs the tasks of an object; `{module}` and `{object}` stand for it."""

    dotted: str
    label: str
    command: str


# Sources: each project's documentation of its worker's command line.
QUEUES = (
    Queue("celery.Celery", "Celery", "celery -A {object} worker --loglevel=INFO"),
    Queue("huey.Huey", "Huey", "huey_consumer {module}.{name}"),
    Queue("huey.MemoryHuey", "Huey", "huey_consumer {module}.{name}"),
    Queue("huey.PriorityRedisHuey", "Huey", "huey_consumer {module}.{name}"),
    Queue("huey.RedisHuey", "Huey", "huey_consumer {module}.{name}"),
    Queue("huey.SqliteHuey", "Huey", "huey_consumer {module}.{name}"),
    Queue("procrastinate.App", "Procrastinate", "procrastinate --app={module}.{name} worker"),
    Queue("taskiq.InMemoryBroker", "Taskiq", "taskiq worker {object}"),
    Queue("taskiq_aio_pika.AioPikaBroker", "Taskiq", "taskiq worker {object}"),
    Queue("taskiq_nats.NatsBroker", "Taskiq", "taskiq worker {object}"),
    Queue("taskiq_redis.ListQueueBroker", "Taskiq", "taskiq worker {object}"),
    Queue("taskiq_redis.RedisStreamBroker", "Taskiq", "taskiq worker {object}"),
)
ROWS = {row.dotted: row for row in QUEUES}
MENTIONS = re.compile(
    rb"^\s*(?:import|from)\s+(" + "|".join(sorted({d.partition(".")[0] for d in ROWS})).encode() + rb")\b",
    re.MULTILINE,
)


@dataclass(frozen=True)
class QueueFound:
    """An object whose tasks a worker runs."""

    value: str
    path: str
    import_root: str
    command: str
    origin: Origin


def find_queues(modules: Modules) -> tuple[QueueFound, ...]:
    """Every module-level object of such a library, by its file."""
    found: list[QueueFound] = []
    for path in modules.sources.mentioning(MENTIONS):
        module = modules.module(path)
        for name, bindings in module.bindings.items() if module else ():
            value = bindings[-1].value
            called = dotted(value.func) if isinstance(value, ast.Call) else None
            reference = modules.reference(path, called) if called else None
            row = ROWS.get(reference.dotted) if isinstance(reference, External) else None
            root = import_root(modules, path) if row else "."
            inside = module_name(path, root)
            if row and inside:
                target = f"{inside}:{name}"
                command = row.command.format(object=target, module=inside, name=name)
                place = Origin(path, bindings[-1].line, f"tasks of {row.label}")
                found.append(QueueFound(target, path, root, command, place))
    return tuple(found)
