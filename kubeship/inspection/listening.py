"""Which port does the web process listen on? What is stated, else what the code or the server takes."""

import ast
import re

from kubeship.errors import InvalidInput
from kubeship.inspection.confirmation import Entrypoint
from kubeship.inspection.findings import SET_BY_YOU, Answered
from kubeship.inspection.modules import Modules
from kubeship.inspection.servers import BY_PROGRAM
from kubeship.inspection.stated import Statements, Target, stated_port
from kubeship.inspection.statement import Statement
from kubeship.inspection.syntax import argument, calls, dotted
from kubeship.model.origin import Found, Origin
from kubeship.model.project import Answers, Warned

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
    found = found or (_run_port(modules, entrypoint.path) if entrypoint and entrypoint.path else None)
    if found is None:
        default = BY_PROGRAM[server].default_port if server in BY_PROGRAM else None
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
