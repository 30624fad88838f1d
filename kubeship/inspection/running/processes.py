"""Which process is the main one, and how is it started?"""

from dataclasses import replace

from kubeship.inspection.code.modules import Modules
from kubeship.inspection.code.programs import NO_DEED
from kubeship.inspection.commands.servers import BY_PROGRAM, COMPLETE
from kubeship.inspection.files.findings import Answered
from kubeship.inspection.running.listening import web_port
from kubeship.inspection.running.own_addresses import own_machine_only, reachable_command
from kubeship.inspection.served.entrypoint import Entrypoint
from kubeship.inspection.statements.server_numbers import server_numbers
from kubeship.inspection.statements.stated import Statements
from kubeship.inspection.statements.statement import DEVELOPMENT, TASK, Statement
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Answers, ProcessFound


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
    if not entrypoint or process.interface != "own-server":
        return Answered(process, port.warnings)
    if process.command:
        process = replace(process, command=reachable_command(modules, entrypoint.path, process.command))
    return Answered(process, (*port.warnings, *own_machine_only(modules, entrypoint.path)))


def is_complete(statement: Statement | None) -> bool:
    """Whether a command says everything by itself: `mlflow server`."""
    return statement is not None and statement.started.server in COMPLETE


def _is_unknown(entrypoint: Entrypoint) -> bool:
    return entrypoint.kind == "singleton" and any(origin.reason.endswith(NO_DEED) for origin in entrypoint.origins)


def statement_of(entrypoint: Entrypoint | None, stated: Statements) -> Statement | None:
    """The strongest statement that names the entrypoint; without one, the strongest about the web process."""
    if entrypoint is None:
        return stated.web
    places = {(origin.path, origin.line) for origin in entrypoint.origins if origin.path}
    for target in stated.targets:
        if target.statement and target.strength < DEVELOPMENT and (target.origin.path, target.origin.line) in places:
            return target.statement
    same = (target for target in stated.targets if target.value == entrypoint.value and target.strength < TASK)
    named = next((target.statement for target in same if target.statement), None)
    return named or (_stated_worker(entrypoint, stated) if entrypoint.kind == "worker" else None)


def _stated_worker(entrypoint: Entrypoint, stated: Statements) -> Statement | None:
    """How the project itself starts the worker of a queue that the code shows."""
    program = entrypoint.command.partition(" ")[0]
    workers = (s for s in stated.all if s.work == "worker" and s.strength < DEVELOPMENT)
    return next((s for s in workers if s.started.server == program), None)


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
