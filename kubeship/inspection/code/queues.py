"""Which task queues does the project define, and what runs their tasks? Objects, found where they are made."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from kubeship.inspection.code.bindings import Binding
from kubeship.inspection.code.import_root import import_root, module_name
from kubeship.inspection.code.modules import External, Modules
from kubeship.inspection.files.syntax import calls, dotted, text, walk
from kubeship.model.origin import Origin
from kubeship.model.project import ProcessKind


@dataclass(frozen=True)
class Queue:
    """A library whose own command runs the tasks of an object.

    `{object}` stands for `module:name`, `{module}` and `{name}` for its parts.
    """

    dotted: str
    label: str
    command: str
    kind: ProcessKind = "worker"


# Sources: each project's documentation of its worker's command line.
QUEUES = (
    Queue("celery.Celery", "Celery", "celery -A {object} worker --loglevel=INFO"),
    Queue("faust.App", "Faust", "faust -A {object} worker"),
    Queue("faststream.FastStream", "FastStream", "faststream run {object}"),
    Queue("huey.FileHuey", "Huey", "huey_consumer {module}.{name}"),
    Queue("huey.Huey", "Huey", "huey_consumer {module}.{name}"),
    Queue("huey.MemoryHuey", "Huey", "huey_consumer {module}.{name}"),
    Queue("huey.PriorityRedisExpireHuey", "Huey", "huey_consumer {module}.{name}"),
    Queue("huey.PriorityRedisHuey", "Huey", "huey_consumer {module}.{name}"),
    Queue("huey.RedisExpireHuey", "Huey", "huey_consumer {module}.{name}"),
    Queue("huey.RedisHuey", "Huey", "huey_consumer {module}.{name}"),
    Queue("huey.SqliteHuey", "Huey", "huey_consumer {module}.{name}"),
    Queue("procrastinate.App", "Procrastinate", "procrastinate --app={module}.{name} worker"),
    Queue("streaq.Worker", "streaQ", "streaq run {object}"),
    Queue("taskiq.InMemoryBroker", "Taskiq", "taskiq worker {object}"),
    Queue("taskiq.TaskiqScheduler", "Taskiq", "taskiq scheduler {object}", "singleton"),
    Queue("taskiq.ZeroMQBroker", "Taskiq", "taskiq worker {object}"),
    Queue("taskiq_aio_pika.AioPikaBroker", "Taskiq", "taskiq worker {object}"),
    Queue("taskiq_aio_sqs.SQSBroker", "Taskiq", "taskiq worker {object}"),
    Queue("taskiq_nats.NatsBroker", "Taskiq", "taskiq worker {object}"),
    Queue("taskiq_nats.PullBasedJetStreamBroker", "Taskiq", "taskiq worker {object}"),
    Queue("taskiq_nats.PushBasedJetStreamBroker", "Taskiq", "taskiq worker {object}"),
    Queue("taskiq_pg.AsyncpgBroker", "Taskiq", "taskiq worker {object}"),
    Queue("taskiq_redis.ListQueueBroker", "Taskiq", "taskiq worker {object}"),
    Queue("taskiq_redis.PubSubBroker", "Taskiq", "taskiq worker {object}"),
    Queue("taskiq_redis.RedisStreamBroker", "Taskiq", "taskiq worker {object}"),
)
ROWS = {row.dotted: row for row in QUEUES}
LIBRARIES = frozenset(row.dotted.partition(".")[0] for row in QUEUES)
EXTENSION = re.compile(rb"\.extensions\[[\"']celery[\"']\]")
CELERY_TASKS = re.compile(
    rb"^\s*@[\w.]*\b(periodic_task|shared_task|task|on_after_\w+\.connect)\b|\bautodiscover_tasks\(|\.register_task\(|"
    rb"\bclass \w+\([^)]*Task\b",
    re.MULTILINE,
)
"""What says that a project holds tasks (Celery's "Tasks"); one without only sends some."""
CELERY_BEAT = re.compile(rb"\b(beat_schedule|CELERY_?BEAT_SCHEDULE\w*|CELERYBEAT_SCHEDULE\w*|add_periodic_task)\b")
"""What gives Celery's beat something to do (Celery's "Periodic Tasks"; the names of Celery 3 and Django's prefix)."""


@dataclass(frozen=True)
class QueueFound:
    """Something whose tasks a worker runs, and the command that does."""

    value: str
    """`module:name`; empty where there is no object to name."""
    path: str
    import_root: str
    command: str
    origin: Origin
    label: str
    kind: ProcessKind = "worker"


def find_queues(modules: Modules) -> tuple[QueueFound, ...]:
    """Every module-level object of such a library by its file, and Celery's beat where a schedule is configured."""
    found: list[QueueFound] = []
    for path in dict.fromkeys(
        (*modules.sources.importing(LIBRARIES), *modules.sources.mentioning(EXTENSION, words=(b".extensions[",)))
    ):
        for name, row, line in _objects(modules, path):
            reason = f"schedules for {row.label}" if row.kind == "singleton" else f"tasks of {row.label}"
            if queue := named(modules, path, row, name, Origin(path, line, reason)):
                found.append(queue)
    celery = [queue for queue in found if queue.label == "Celery"]
    if celery and not any(True for _ in modules.sources.mentioning(CELERY_TASKS, words=(b"task", b"Task", b"connect"))):
        found = [queue for queue in found if queue not in celery]  # it only sends tasks to another project's worker
    return tuple(found) + tuple(_beat(modules, celery))


def named(modules: Modules, path: str, row: Queue, name: str, place: Origin) -> QueueFound | None:
    """The object `name` of a module for its row; None where no import statement could say the module's name."""
    root = import_root(modules, path)
    inside = module_name(path, root)
    if inside is None:
        return None
    target = f"{inside}:{name}"
    command = row.command.format(object=target, module=inside, name=name)
    return QueueFound(target, path, root, command, place, row.label, row.kind)


def _objects(modules: Modules, path: str) -> Iterator[tuple[str, Queue, int]]:
    """(name, row, line) of the objects that the file makes, also in a function of its own that is called at the top."""
    module = modules.module(path)
    for name, bindings in module.bindings.items() if module else ():
        binding = bindings[-1]
        row = _row(modules, path, binding.value) or _made_by(modules, path, binding) or _extension(binding)
        if row:
            yield name, row, binding.line


def _row(modules: Modules, path: str, value: object) -> Queue | None:
    called = dotted(value.func) if isinstance(value, ast.Call) else None
    reference = modules.reference(path, called) if called else None
    return ROWS.get(reference.dotted) if isinstance(reference, External) else None


def _made_by(modules: Modules, path: str, binding: Binding) -> Queue | None:
    """`celery = make_celery(app)`: Flask's documentation of Celery, before its version 2.3."""
    called = dotted(binding.value.func) if isinstance(binding.value, ast.Call) else None
    module = modules.module(path)
    functions = module.bindings.get(called, ()) if module and called else ()
    function = functions[-1].value if functions else None
    if not isinstance(function, ast.FunctionDef):
        return None
    made = (_row(modules, path, call) for call in calls(function))
    row = next((each for each in made if each), None)
    returns = any(isinstance(node, ast.Return) and node.value is not None for node in walk(function))
    return row if returns else None


def _extension(binding: Binding) -> Queue | None:
    """`celery_app = flask_app.extensions["celery"]`: Flask's documentation, "Background Tasks with Celery"."""
    value = binding.value
    if not isinstance(value, ast.Subscript) or text(value.slice) != "celery":
        return None
    return ROWS["celery.Celery"] if (dotted(value.value) or "").endswith(".extensions") else None


def _beat(modules: Modules, celery: list[QueueFound]) -> Iterator[QueueFound]:
    """Celery's beat, where the code gives it a schedule: one of it, or every task is started twice."""
    place = _schedule(modules) if celery else None
    for queue in celery[:1] if place else ():
        assert place is not None
        command = f"celery -A {queue.value} beat --loglevel=INFO"
        yield QueueFound(queue.value, queue.path, queue.import_root, command, place, "Celery", "singleton")


def _schedule(modules: Modules) -> Origin | None:
    sources = modules.sources
    for path in sources.mentioning(CELERY_BEAT, words=(b"beat_schedule", b"BEAT_SCHEDULE", b"add_periodic_task")):
        match = CELERY_BEAT.search(sources.content(path))
        if match:
            line = sources.content(path).count(b"\n", 0, match.start()) + 1
            return Origin(path, line, match[0].decode())
    for path in sources.mentioning(re.compile(rb"[\"']django_celery_beat[\"'.]"), words=(b"django_celery_beat",)):
        return Origin(path, sources.line_of(path, "django_celery_beat"), "django_celery_beat")
    return None


def queue_names(modules: Modules, path: str, constructor: str) -> list[tuple[str, int]]:
    """(name, line) of the queues that the file makes with a constructor: `Queue("mail")`."""
    tree = modules.sources.tree(path)
    found: list[tuple[str, int]] = []
    for call in calls(tree) if tree else ():
        name = dotted(call.func)
        reference = modules.reference(path, name) if name else None
        if isinstance(reference, External) and reference.dotted == constructor:
            given = next((k.value for k in call.keywords if k.arg == "name"), call.args[0] if call.args else None)
            found.append((text(given) or "default", call.lineno))
    return found
