"""Which processes does the project run, and what at release? The main one, and what else the project states."""

import re
from collections.abc import Iterable
from dataclasses import replace

from kubeship.inspection.code.modules import Modules
from kubeship.inspection.code.programs import NO_DEED
from kubeship.inspection.commands.server_lines import parse_options
from kubeship.inspection.commands.servers import BY_PROGRAM, COMPLETE
from kubeship.inspection.files.findings import Answered
from kubeship.inspection.running.listening import web_port
from kubeship.inspection.running.own_addresses import own_machine_only
from kubeship.inspection.served.confirmation import Entrypoint
from kubeship.inspection.statements.server_numbers import server_numbers
from kubeship.inspection.statements.stated import OTHER_NAMES, Statements, stated_port
from kubeship.inspection.statements.statement import DEVELOPMENT, IMAGE, PLATFORM, SUPERVISED, TASK, Statement
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Answers, ProcessFound, ProcessKind

SINGLETON_NAMES = re.compile(
    r"(?i)(.*[-_.])?(celery-?beat|beat|clock|cron|scheduler|ticker|bot|telegram|discord)([-_.].*)?"
)
"""Names of what must not run twice: Heroku's clock processes, schedulers and bots under their usual names."""
SINGLETON_COMMAND = re.compile(
    r"\bcelery\b.*\s(beat|-B|--beat)\b|\brqscheduler\b|\bcelerybeat\b|\brun[-_]?scheduler\b|\bapscheduler\b|\bcrond?\b"
)


def main_process(
    modules: Modules, entrypoint: Entrypoint | None, stated: Statements, health: Found[str] | None, answers: Answers
) -> Answered[ProcessFound]:
    """The process that the entrypoint is for; its entrypoint is None while a question about it is open."""
    statement = statement_of(entrypoint, stated)
    if entrypoint and statement is None:
        entrypoint = _from(stated.folder, entrypoint)
    if entrypoint and statement and statement.port and _is_unknown(entrypoint):
        # The code doesn't show that it listens, and its image or manifest does.
        entrypoint = replace(entrypoint, kind="web", name="web", interface="own-server", server="own-server")
    if entrypoint and entrypoint.kind != "web":
        return Answered(_in_background(entrypoint, statement, stated.folder))
    server = server_of(entrypoint, statement)
    port = web_port(modules, entrypoint, statement, server, stated, answers)
    origins = entrypoint.origins if entrypoint else ()
    places = {(origin.path, origin.line) for origin in origins}
    if statement and (statement.origin.path, statement.origin.line) not in places:
        origins = (*origins, replace(statement.origin, reason="the command of web"))
    folder = statement.folder if statement else stated.folder
    process = ProcessFound(
        name="web",
        kind="web",
        interface=entrypoint.interface if entrypoint else "own-server" if is_complete(statement) else "wsgi",
        entrypoint=entrypoint.value if entrypoint else None,
        server=server,
        command=(statement.command if statement else entrypoint.command if entrypoint else "") or None,
        port=port.value.value,
        health=health or _own_health(server),
        cwd=folder,
        origins=(*origins, *port.value.origins),
        numbers=server_numbers(modules.sources, server, statement, folder),
    )
    alone = own_machine_only(modules, entrypoint.path) if entrypoint and process.interface == "own-server" else ()
    return Answered(process, (*port.warnings, *alone))


def is_complete(statement: Statement | None) -> bool:
    """Whether a command says everything by itself: `mlflow server`."""
    return statement is not None and statement.started.server in COMPLETE


def _is_unknown(entrypoint: Entrypoint) -> bool:
    return entrypoint.kind == "worker" and any(origin.reason.endswith(NO_DEED) for origin in entrypoint.origins)


def statement_of(entrypoint: Entrypoint | None, stated: Statements) -> Statement | None:
    """The strongest statement that names the entrypoint; without one, the strongest about the web process."""
    if entrypoint is None:
        return stated.web
    places = {(origin.path, origin.line) for origin in entrypoint.origins if origin.path}
    for target in stated.targets:
        if target.statement and target.strength < DEVELOPMENT and (target.origin.path, target.origin.line) in places:
            return target.statement
    same = (target for target in stated.targets if target.value == entrypoint.value and target.strength < TASK)
    return next((target.statement for target in same if target.statement), None)


def other_processes(stated: Statements, main: ProcessFound) -> tuple[ProcessFound, ...]:
    """Everything beside the main process that a platform's file, image, compose file or supervisor states."""
    found: dict[object, ProcessFound] = {}
    names = {main.name}
    queues: dict[object, Origin] = {}
    sources: dict[str, str] = {}
    source = {origin.path for origin in main.origins}
    for statement in stated.all:
        kind = _kind(statement, main, source)
        if kind is None:
            continue
        key, queue = _identity(statement), _queue(statement)
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


def _from(folder: str, entrypoint: Entrypoint) -> Entrypoint:
    """A script that no statement starts, as it is seen from the folder that it starts in."""
    value = entrypoint.value.removeprefix(f"{folder}/")
    if not value.endswith(".py") or value == entrypoint.value:
        return entrypoint
    return replace(entrypoint, value=value, command=entrypoint.command.replace(entrypoint.value, value))


def _in_background(entrypoint: Entrypoint, statement: Statement | None, folder: str) -> ProcessFound:
    return ProcessFound(
        name=entrypoint.name,
        kind=entrypoint.kind,
        interface=entrypoint.interface,
        entrypoint=entrypoint.value,
        server=entrypoint.server or None,
        command=(statement.command if statement else entrypoint.command) or None,
        cwd=statement.folder if statement else folder if entrypoint.path.startswith(f"{folder}/") else ".",
        origins=entrypoint.origins,
    )


def _own_health(server: str | None) -> Found[str] | None:
    path = BY_PROGRAM[server].health if server in BY_PROGRAM else ""
    return Found(path, (Origin(reason=f"{server}'s own route"),)) if path else None


def server_of(entrypoint: Entrypoint | None, statement: Statement | None) -> str | None:
    """The server that the project states, unless only developers use it; else the one that fits the app."""
    stated = statement.started.server if statement and not statement.started.development else ""
    found = entrypoint.server if entrypoint else "gunicorn"
    if stated in BY_PROGRAM and stated not in ("pserve", "flask", "quart"):
        return "waitress" if stated == "waitress-serve" else "mod_wsgi" if stated == "mod_wsgi-express" else stated
    return found or None


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
        named = bool(statement.name) and (bool(OTHER_NAMES.fullmatch(statement.name)) or _named_beside(statement))
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


def _queue(statement: Statement) -> object:
    """The app and the queues that a worker of Celery takes tasks of: what two files may say in different words."""
    if statement.started.server != "celery" or statement.strength >= DEVELOPMENT:
        return None
    options, _ = parse_options(statement.command.split(), frozenset({"-B", "-E", "--beat", "--detach"}))
    app = options.get("-A") or options.get("--app") or ""
    return (statement.work, app.partition(":")[0], options.get("-Q") or options.get("--queues"))


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
        port=stated_port(statement) if web else None,
        schedule=statement.schedule,
        cwd=statement.folder,
        origins=(statement.origin,),
    )


def only_scheduled(entrypoint: Entrypoint | None, candidates: bool, others: tuple[ProcessFound, ...]) -> bool:
    """Whether the project has no web process at all: nothing that could be served, and others are stated."""
    return entrypoint is None and not candidates and bool(others)


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
