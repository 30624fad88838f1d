"""Which processes run beside the main one? What a platform's file, image, compose file or supervisor states."""

import re
from collections.abc import Iterable

from kubeship.inspection.commands.server_lines import parse_options
from kubeship.inspection.commands.servers import BY_PROGRAM
from kubeship.inspection.running.listening import DEFAULT_PORT
from kubeship.inspection.statements.stated import OTHER_NAMES, Statements, stated_port
from kubeship.inspection.statements.statement import COMPOSE, DEVELOPMENT, IMAGE, PLATFORM, SUPERVISED, Statement
from kubeship.model.origin import Origin
from kubeship.model.project import ProcessFound, ProcessKind

SINGLETON_NAMES = re.compile(
    r"(?i)(.*[-_.])?(celery-?beat|beat|clock|cron|scheduler|ticker|bot|telegram|discord)([-_.].*)?"
)
"""Names of what must not run twice: Heroku's clock processes, schedulers and bots under their usual names."""
SINGLETON_COMMAND = re.compile(
    r"\bcelery\b.*\s(beat|-B|--beat)\b|\brqscheduler\b|\bcelerybeat\b|\brun[-_]?scheduler\b|\bapscheduler\b|\bcrond?\b"
)


SERVING_NAMES = re.compile(
    r"(?i)(.*[-_.])?(api|app|asgi|backend|django|fastapi|flask|front-?end|gunicorn|server|site|ui|uvicorn|web\w*|wsgi)"
    r"([-_.]?\d+)?"
)
"""Names of services that may be the web process in other words."""


def other_processes(stated: Statements, main: ProcessFound) -> tuple[ProcessFound, ...]:
    """Everything beside the main process that a platform's file, image, compose file or supervisor states."""
    found: dict[object, ProcessFound] = {}
    names = {main.name}
    queues: dict[object, Origin] = {}
    stated_by_platform: set[object] = set()
    sources: dict[str, str] = {}
    source = {origin.path for origin in main.origins}
    for statement in stated.all:
        kind = _kind(statement, main, source)
        if kind is None:
            continue
        key, queue = _identity(statement), _queue(statement)
        if queue and statement.strength == PLATFORM:
            stated_by_platform.add(queue[::2])
        elif queue and queue[::2] in stated_by_platform:
            continue  # the platform's worker, whose app another file calls by another name
        before = queues.setdefault(queue, statement.origin) if queue else statement.origin
        elsewhere, again = before.path != statement.origin.path, before.line == statement.origin.line
        if before is not statement.origin and (elsewhere or again):
            continue  # the same worker, as another file or another way to the same line starts it
        if key in found or statement.command == main.command or _is_main(statement, main, kind):
            continue
        label = _label(_name(statement, kind))
        if label in sources and sources[label] != statement.origin.path:
            continue  # a weaker statement about the same process
        label = next(each for each in _numbered(label) if each not in names)
        names.add(label)
        sources[label] = statement.origin.path
        found[key] = _process(statement, label, kind)
    return tuple(found.values())


def _kind(statement: Statement, main: ProcessFound, source: Iterable[str]) -> ProcessKind | None:  # noqa: PLR0911  # one return a form
    """What kind of process a statement makes beside the main one; None when it makes none."""
    strength, work = statement.strength, statement.work
    if work == "cron":
        return "cron"
    if work in ("task", "release") or strength > SUPERVISED:
        return None
    if not statement.main and (strength != IMAGE or (work is None and not OTHER_NAMES.fullmatch(statement.name))):
        return None  # a branch that the image's own command doesn't take
    if statement.name == "release":
        return None
    if statement.schedule:
        return "cron"
    if work == "web":
        same_file = statement.origin.path in source and statement.origin.path != ""
        target = statement.started.paste or statement.started.target or statement.started.script
        named = statement.name and _label(statement.name) != "web"
        return "web" if same_file and named and target and not _names(main, target) else None
    if work is None:
        named = bool(statement.name) and (
            bool(OTHER_NAMES.fullmatch(statement.name)) or _named_beside(statement) or _kept_beside(statement, main)
        )
        if not named or (strength == PLATFORM and statement.name == "web"):
            return None
    if SINGLETON_COMMAND.search(statement.command) or (
        statement.name and SINGLETON_NAMES.fullmatch(_label(statement.name))
    ):
        return "singleton"
    return "singleton" if work == "singleton" else "worker"


def _named_beside(statement: Statement) -> bool:
    """A Procfile's line that isn't web's is a process whatever it runs."""
    return statement.strength == PLATFORM and statement.name not in ("web", "release")


def _kept_beside(statement: Statement, main: ProcessFound) -> bool:
    """Whether it runs the project's own code as long as the main process does: beside it under its supervisor.

    Or as a service that compose starts again, unless it listens or is the main program in other words.
    """
    started = statement.started
    runs = started.script or started.module or started.console
    if not runs or statement.port or main.kind != "web" or statement.command == main.command:
        return False
    files = {runs, f"{runs.replace('.', '/')}.py", f"{runs.replace('.', '/')}/__main__.py"}
    if any(origin.path.endswith(tuple(files)) for origin in main.origins):
        return False
    if statement.strength == SUPERVISED:
        return any(origin.path == statement.origin.path for origin in main.origins)
    return statement.strength == COMPOSE and statement.stays and not SERVING_NAMES.fullmatch(statement.name)


def _is_main(statement: Statement, main: ProcessFound, kind: ProcessKind) -> bool:
    """Whether it is the main program once more, started with another Python (`python3 bot.py`)."""
    started = statement.started
    if main.kind == "web" or kind in ("web", "cron") or main.entrypoint is None:
        return False
    same = main.entrypoint in (started.script, started.module) or statement.command.endswith(f" {main.entrypoint}")
    return same and statement.command.split()[1:] == (main.command or "").split()[1:]


def _names(main: ProcessFound, target: str) -> bool:
    return target == main.entrypoint or any(target in (origin.path, origin.reason) for origin in main.origins)


def _identity(statement: Statement) -> object:
    """What makes two statements the same process."""
    started = statement.started
    if statement.work == "cron":
        return ("cron", statement.command)
    named = started.paste or started.target or started.script or started.module or started.console
    return (started.server, named, started.arguments) if started.server != "shell" else statement.command


def _queue(statement: Statement) -> tuple[object, str, str | None] | None:
    """The app and the queues that a worker of Celery takes tasks of: what two files may say in different words."""
    if statement.started.server != "celery" or statement.strength >= DEVELOPMENT:
        return None
    options, _ = parse_options(statement.command.split(), frozenset({"-B", "-E", "--beat", "--detach"}))
    app = options.get("-A") or options.get("--app") or ""
    queues = options.get("-Q") or options.get("--queues")
    return (statement.work, app.partition(":")[0], None if queues == "celery" else queues)  # its default queue's name


def _process(statement: Statement, label: str, kind: ProcessKind) -> ProcessFound:
    started = statement.started
    web = kind == "web"
    return ProcessFound(
        name=label,
        kind=kind,
        interface=(started.interface or "own-server") if web else "none",
        entrypoint=(started.target or started.paste or started.script or None) if web else None,
        server=started.server if web else None,
        command=statement.command,
        port=(stated_port(statement) or _usual_port(started.server)) if web else None,
        schedule=statement.schedule,
        cwd=statement.folder,
        origins=(statement.origin,),
    )


def _usual_port(server: str) -> int:
    """Where a server listens whose address is a variable's (`-b 0.0.0.0:$OTHER_PORT`), or isn't said."""
    return (BY_PROGRAM[server].default_port if server in BY_PROGRAM else None) or DEFAULT_PORT


def _name(statement: Statement, kind: ProcessKind) -> str:
    """What the statement calls it; a worker beside the web server in web's own script is a worker."""
    if statement.name and (kind == "web" or statement.name != "web"):
        return statement.name
    beat = "beat" in statement.command.split()
    return {"singleton": "beat" if beat else "worker"}.get(kind, str(kind))


def _numbered(label: str) -> Iterable[str]:
    yield label
    number = 2
    while True:
        yield f"{label}-{number}"
        number += 1


def _label(name: str) -> str:
    """A Procfile name as a DNS label."""
    label = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return label if label[:1].isalpha() else f"process-{label}"
