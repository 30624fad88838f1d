"""Which port does the web process listen on? What is stated, else what the code or the server takes."""

from kubeship.errors import InvalidInput
from kubeship.inspection.code.modules import Modules
from kubeship.inspection.commands.server_lines import parse_options, port_of
from kubeship.inspection.commands.servers import BY_PROGRAM
from kubeship.inspection.files.findings import SET_BY_YOU, Answered
from kubeship.inspection.running.own_ports import DEFAULTS, called_port, option_port, port_of_imported, port_of_metrics
from kubeship.inspection.served.entrypoint import Entrypoint
from kubeship.inspection.statements.stated import Statements, stated_port
from kubeship.inspection.statements.statement import Statement
from kubeship.inspection.statements.targets import Target
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Answers, Warned

PORT_OPTIONS = ("--port", "-p", "--bind", "-b", "--listen")
DEFAULT_PORT = 8000
"""gunicorn's own default."""


def web_port(  # noqa: PLR0917  # everything that may say so, strongest first
    modules: Modules,
    entrypoint: Entrypoint | None,
    statement: Statement | None,
    server: str | None,
    stated: Statements,
    answers: Answers,
) -> Answered[Found[int]]:
    """The port that is stated, or that the code's own server takes, or the server's default.

    Raises InvalidInput for an answer that is no port.
    """
    answer = answers.get("processes.web.port")
    if answer is not None:
        if not isinstance(answer, int) or isinstance(answer, bool) or not 0 < answer < 65536:
            raise InvalidInput(
                f"processes.web.port is {answer!r}, and should be a port from 1 to 65535",
                hint=f"kubeship init --set processes.web.port={DEFAULT_PORT}",
            )
        return Answered(Found(answer, (Origin(reason=SET_BY_YOU),)))
    found = _stated_port(entrypoint, statement, stated)
    found = found or (_own_port(modules, entrypoint) if entrypoint and entrypoint.path else None)
    found = found or (_port_of_words(entrypoint) if entrypoint and not entrypoint.path else None)
    if found is None and (entrypoint is None or _serves_itself(entrypoint)):
        found = stated.published
    if found is None:
        default = BY_PROGRAM[server].default_port if server in BY_PROGRAM else None
        if entrypoint and _serves_itself(entrypoint):
            default = default or DEFAULTS.get(entrypoint.framework)
        number = default or DEFAULT_PORT
        return Answered(Found(number, (Origin(reason=f"default port {number}"),)))
    if found.value < 1024:
        message = f"port {found.value} needs root, and the container runs without; {DEFAULT_PORT} is used inside it"
        default_ = Found(DEFAULT_PORT, (Origin(reason=f"default port {DEFAULT_PORT}"),))
        return Answered(default_, (Warned(message, found.origin),))
    return Answered(found)


def _stated_port(entrypoint: Entrypoint | None, statement: Statement | None, stated: Statements) -> Found[int] | None:
    """The statement's own port; else that of another one about the same app, production before development."""
    if statement and (port := stated_port(statement)):
        return Found(port, (statement.origin,))
    for target in stated.targets:
        if target.statement and _same(target, entrypoint) and (port := stated_port(target.statement)):
            return Found(port, (target.statement.origin,))
    return stated.port if statement is None else None


def _same(target: Target, entrypoint: Entrypoint | None) -> bool:
    return entrypoint is not None and target.value == entrypoint.value


def _own_port(modules: Modules, entrypoint: Entrypoint) -> Found[int] | None:
    """What the code says: the call that serves, and for a program the option that its command line has."""
    found = called_port(modules, entrypoint.path)
    if found or not _serves_itself(entrypoint):
        return found
    own = option_port(modules, entrypoint.path) or port_of_imported(modules, entrypoint.path)
    return own or (port_of_metrics(modules, entrypoint.path) if entrypoint.exporter else None)


def _port_of_words(entrypoint: Entrypoint) -> Found[int] | None:
    """The port in a command of a program that isn't the project's."""
    options, _ = parse_options(entrypoint.command.split(), frozenset())
    port = next((number for name in PORT_OPTIONS if (number := port_of(options.get(name, "")))), None)
    return Found(port, entrypoint.origins) if port else None


def _serves_itself(entrypoint: Entrypoint) -> bool:
    """Whether it is a program that listens, not an object that a server is given."""
    return entrypoint.interface == "own-server" and bool(entrypoint.command)
