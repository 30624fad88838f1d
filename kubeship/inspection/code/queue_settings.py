"""Which task queues have no object to name? Settings classes, modules of actors, queues by name, Django's apps."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kubeship.inspection.code.django_settings import Settings, lists, management_script
from kubeship.inspection.code.modules import External, Modules
from kubeship.inspection.code.queues import Queue, QueueFound, named, queue_names
from kubeship.inspection.files.syntax import Function, dotted, text, walk
from kubeship.model.origin import Origin
from kubeship.model.project import ProcessKind


@dataclass(frozen=True)
class InDjango:
    """An app in INSTALLED_APPS whose management command runs tasks."""

    app: re.Pattern[str]
    label: str
    arguments: str
    kind: ProcessKind = "worker"


# Sources: each package's README or documentation, where it says how to run the worker.
DJANGO = (
    InDjango(re.compile(r"background_task"), "Django Background Tasks", "process_tasks"),
    InDjango(re.compile(r"django_dramatiq"), "Dramatiq", "rundramatiq"),
    InDjango(re.compile(r"django_q(\..*)?"), "Django Q", "qcluster"),
    InDjango(re.compile(r"django_rq(\..*)?"), "RQ", "rqworker {queues}"),
    InDjango(re.compile(r"django_tasks\.backends\.database|django_tasks_db"), "Django Tasks", "db_worker"),
    InDjango(re.compile(r"huey\.contrib\.djhuey|bx_django_utils\.djhuey"), "Huey", "run_huey"),
    InDjango(re.compile(r"procrastinate\.contrib\.django"), "Procrastinate", "procrastinate worker"),
)
ARQ = Queue("arq", "arq", "arq {module}.{name}")
SAQ = Queue("saq", "SAQ", "saq {module}.{name}")
DRAMATIQ = Queue("dramatiq", "Dramatiq", "{module}")
ARQ_NAMES = frozenset({"functions", "cron_jobs"})
"""Attributes of arq's settings class, one of which it must have (arq's documentation, `arq.worker.Worker`)."""


def configured_queues(modules: Modules, settings: Settings | None, folder: str) -> tuple[QueueFound, ...]:
    """What runs tasks of arq, SAQ, Dramatiq, RQ, and of the Django apps that `settings` install.

    `folder` is where management commands start.
    """
    in_django = tuple(_of_django(modules, settings, folder)) if settings else ()
    labels = {found.label for found in in_django}
    others = (*_arq(modules), *_saq(modules), *_dramatiq(modules), *_rq(modules))
    return in_django + tuple(found for found in others if found.label not in labels)


def _of_django(modules: Modules, settings: Settings, folder: str) -> Iterator[QueueFound]:
    installed = lists(modules, settings, "INSTALLED_APPS")
    script = management_script(modules, folder)
    if script is None:
        return
    manage = f"python {script.removeprefix(f'{folder}/')}"
    for row in DJANGO:
        place = next((origin for name, origin in installed.items() if row.app.fullmatch(name)), None)
        if place:
            queues = " ".join(_django_rq_queues(modules, settings)) if "{queues}" in row.arguments else ""
            command = f"{manage} {row.arguments.format(queues=queues)}"
            origin = Origin(place.path, place.line, f"installs {row.label}")
            yield QueueFound("", script, folder, command, origin, row.label, row.kind)


def _django_rq_queues(modules: Modules, settings: Settings) -> list[str]:
    """The keys of RQ_QUEUES (django-rq's README)."""
    for path in settings.chain:
        module = modules.module(path)
        for binding in module.bindings.get("RQ_QUEUES", ()) if module else ():
            if isinstance(binding.value, ast.Dict):
                return [name for key in binding.value.keys if (name := text(key))]
    return ["default"]


def _arq(modules: Modules) -> Iterator[QueueFound]:
    """`class WorkerSettings: functions = [...]` (arq's documentation, "Simple Usage")."""
    imports = frozenset(modules.sources.importing(("arq",)))
    if not imports:
        return
    for path in modules.sources.mentioning(re.compile(rb"^class \w+", re.MULTILINE)):
        if not (path in imports or b"class WorkerSettings" in modules.sources.content(path)):
            continue
        for definition in _classes(modules, path):
            names = {t.id for s in definition.body for t in _targets(s) if isinstance(t, ast.Name)}
            if names & ARQ_NAMES:
                place = Origin(path, definition.lineno, "tasks of arq")
                if found := named(modules, path, ARQ, definition.name, place):
                    yield found


def _saq(modules: Modules) -> Iterator[QueueFound]:
    """`settings = {"queue": queue, "functions": [...]}` (SAQ's README)."""
    for path in modules.sources.importing(("saq",)):
        module = modules.module(path)
        for name, bindings in module.bindings.items() if module else ():
            value = bindings[-1].value
            keys = {text(key) for key in value.keys} if isinstance(value, ast.Dict) else set[str | None]()
            if keys >= {"queue", "functions"}:
                place = Origin(path, bindings[-1].line, "tasks of SAQ")
                if found := named(modules, path, SAQ, name, place):
                    yield found


def _dramatiq(modules: Modules) -> Iterator[QueueFound]:
    """All modules with actors, for one `dramatiq` command (Dramatiq's "Guide": it takes modules)."""
    found = [actors for path in modules.sources.importing(("dramatiq",)) if (actors := _actors(modules, path))]
    if found:
        first = found[0]
        command = " ".join(["dramatiq", *dict.fromkeys(each.command for each in found)])
        yield QueueFound(first.value, first.path, first.import_root, command, first.origin, first.label)


def _actors(modules: Modules, path: str) -> QueueFound | None:
    tree = modules.sources.tree(path)
    functions = [node for node in walk(tree or ast.Module([], [])) if isinstance(node, Function)]
    for function in functions:
        for decorator in function.decorator_list:
            name = dotted(decorator.func if isinstance(decorator, ast.Call) else decorator)
            reference = modules.reference(path, name) if name else None
            if isinstance(reference, External) and reference.dotted in ("dramatiq.actor", "dramatiq.actor.actor"):
                return named(modules, path, DRAMATIQ, function.name, Origin(path, function.lineno, "an actor"))
    return None


def _rq(modules: Modules) -> Iterator[QueueFound]:
    """The queues that the code fills; `rq worker` reads Redis' address from RQ_REDIS_URL (RQ's "Workers")."""
    seen: dict[str, Origin] = {}
    for path in modules.sources.importing(("rq",)):
        for name, line in queue_names(modules, path, "rq.Queue"):
            seen.setdefault(name, Origin(path, line, f"the queue {name} of RQ"))
    if seen:
        place = next(iter(seen.values()))
        command = " ".join(["rq worker", *seen])
        yield QueueFound("", place.path, ".", command, place, "RQ")


def _classes(modules: Modules, path: str) -> Iterable[ast.ClassDef]:
    module = modules.module(path)
    bindings = module.bindings.values() if module else ()
    return (each[-1].value for each in bindings if isinstance(each[-1].value, ast.ClassDef))


def _targets(statement: ast.stmt) -> list[ast.expr]:
    if isinstance(statement, ast.Assign):
        return statement.targets
    return [statement.target] if isinstance(statement, ast.AnnAssign) else []
