"""Which processes does the project run, and what at release? The web process, and what the Procfile states."""

import ast
import re

from kubeship.errors import InvalidInput
from kubeship.inspection.entrypoints import Entrypoint
from kubeship.inspection.findings import SET_BY_YOU, Answered
from kubeship.inspection.modules import Modules
from kubeship.inspection.stated import Statements
from kubeship.inspection.syntax import argument, calls, dotted
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Answers, Command, ProcessFound, ProcessKind, Warned

DEFAULT_PORT = 8000
"""gunicorn's own default."""
NOT_PROCESSES = frozenset({"release", "web"})
SINGLETON_NAMES = frozenset({"beat", "celery-beat", "celerybeat", "clock", "cron", "scheduler", "worker-beat"})
"""Procfile names of what must not run twice: Heroku's clock processes, and schedulers under their usual names."""
SINGLETON_COMMAND = re.compile(r"\bcelery\b.*\s(beat|-B|--beat)\b|\brqscheduler\b|\bcelerybeat\b")


def web_process(
    modules: Modules, entrypoint: Entrypoint | None, stated: Statements, health: Found[str] | None, answers: Answers
) -> Answered[ProcessFound]:
    """The web process; its entrypoint is None while a question about it is open."""
    port = _port(modules, entrypoint, stated, answers)
    origins = entrypoint.origins if entrypoint else ()
    places = {(origin.path, origin.line) for origin in origins}
    if stated.web and (stated.web.origin.path, stated.web.origin.line) not in places:
        origins = (*origins, Origin(stated.web.origin.path, stated.web.origin.line, "the command of web"))
    process = ProcessFound(
        name="web",
        kind="web",
        interface=entrypoint.interface if entrypoint else "wsgi",
        entrypoint=entrypoint.value if entrypoint else None,
        server="gunicorn",
        command=stated.web.command if stated.web else None,
        port=port.value.value,
        health=health,
        cwd=stated.folder,
        origins=(*origins, *port.value.origins),
    )
    return Answered(process, port.warnings)


def other_processes(stated: Statements) -> tuple[ProcessFound, ...]:
    """The Procfile's lines beside web and release, as they stand."""
    return tuple(
        ProcessFound(
            name=_label(line.name),
            kind=_kind(line.name, line.command),
            interface="none",
            entrypoint=None,
            server=None,
            command=line.command,
            cwd=stated.folder,
            origins=(line.origin,),
        )
        for line in stated.lines
        if line.name not in NOT_PROCESSES
    )


def release_commands(stated: Statements, migrate: Command | None) -> tuple[Command, ...]:
    """The Procfile's release line; the framework's migration first, unless that line or web's runs it already."""
    lines = [line for line in stated.lines if line.name == "release"]
    commands = tuple(Command(line.command, (line.origin,)) for line in lines)
    migrates = any(re.search(r"\bmigrate\b", line.command) for line in lines)
    return commands if migrate is None or migrates else (migrate, *commands)


def _port(
    modules: Modules, entrypoint: Entrypoint | None, stated: Statements, answers: Answers
) -> Answered[Found[int]]:
    answer = answers.get("processes.web.port")
    if answer is not None:
        if not isinstance(answer, int) or isinstance(answer, bool) or not 0 < answer < 65536:
            raise InvalidInput(
                f"processes.web.port is {answer!r}, and should be a port from 1 to 65535",
                hint=f"kubeship init --set processes.web.port={DEFAULT_PORT}",
            )
        return Answered(Found(answer, (Origin(reason=SET_BY_YOU),)))
    found = stated.port or (_run_port(modules, entrypoint.path) if entrypoint else None)
    if found is None:
        return Answered(Found(DEFAULT_PORT, (Origin(reason=f"default port {DEFAULT_PORT}"),)))
    if found.value < 1024:
        message = f"port {found.value} needs root, and the container runs without; {DEFAULT_PORT} is used inside it"
        default = Found(DEFAULT_PORT, (Origin(reason=f"default port {DEFAULT_PORT}"),))
        return Answered(default, (Warned(message, found.origin),))
    return Answered(found)


def _run_port(modules: Modules, path: str) -> Found[int] | None:
    """`app.run(port=5001)`, also with `os.environ.get("PORT", 5001)`."""
    tree = modules.sources.tree(path) if path else None
    for call in calls(tree) if tree else ():
        port = argument(call, "port", 1)
        if (dotted(call.func) or "").endswith(".run") and port is not None:
            numbers = [
                int(str(node.value))
                for node in ast.walk(port)
                if isinstance(node, ast.Constant) and re.fullmatch(r"\d{1,5}", str(node.value))
            ]
            if len(numbers) == 1 and 0 < numbers[0] < 65536:
                return Found(numbers[0], (Origin(path, call.lineno, "the port of app.run"),))
    return None


def _kind(name: str, command: str) -> ProcessKind:
    return "singleton" if _label(name) in SINGLETON_NAMES or SINGLETON_COMMAND.search(command) else "worker"


def _label(name: str) -> str:
    """A Procfile name as a DNS label."""
    label = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return label if label[:1].isalpha() else f"process-{label}"
