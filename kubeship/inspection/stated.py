"""How does the project say that it runs? Procfile, gunicorn.conf.py and .flaskenv, as statements with origins."""

import ast
import posixpath
import re
from dataclasses import dataclass

from kubeship.inspection.command_lines import Started, port_of, web_command
from kubeship.inspection.sources import Sources
from kubeship.inspection.syntax import assignments, statements, text
from kubeship.model.origin import Found, Origin


@dataclass(frozen=True)
class ProcfileLine:
    """`name: command`."""

    name: str
    command: str
    origin: Origin


@dataclass(frozen=True)
class Statements:
    """Everything that the project says about how it runs."""

    lines: tuple[ProcfileLine, ...] = ()
    web: ProcfileLine | None = None
    started: Started | None = None
    """What the web line starts; None without one, or when it isn't understood."""
    targets: tuple[Found[str], ...] = ()
    """Entrypoints that are named, strongest first."""
    port: Found[int] | None = None
    folder: str = "."
    """Where the web process starts, relative to the inspected folder."""


def read_statements(sources: Sources, folder: str) -> Statements:
    """What Procfile, gunicorn's configuration and .flaskenv say."""
    lines = procfile(sources, folder)
    web = next((line for line in lines if line.name == "web"), None)
    started = web_command(web.command) if web else None
    base = posixpath.normpath(posixpath.join(_home(lines), started.folder)) if started else folder
    targets: list[Found[str]] = []
    port: Found[int] | None = None
    if web and started and started.target:
        targets.append(Found(started.target, (Origin(web.origin.path, web.origin.line, "the command of web"),)))
    if web and started and started.port:
        port = Found(started.port, (web.origin,))
    config = posixpath.normpath(posixpath.join(base, (started and started.config) or "gunicorn.conf.py"))
    settings = _python_settings(sources, config)
    if "wsgi_app" in settings:
        target, line = settings["wsgi_app"]
        stated = target if ":" in target else f"{target}:application"
        targets.append(Found(stated, (Origin(config, line, "gunicorn's wsgi_app"),)))
    if port is None and "bind" in settings and (number := port_of(settings["bind"][0])):
        port = Found(number, (Origin(config, settings["bind"][1], "gunicorn's bind"),))
    targets += _flask_app(sources, base)
    return Statements(lines, web, started, tuple(targets), port, base)


def procfile(sources: Sources, folder: str) -> tuple[ProcfileLine, ...]:
    """The lines of the Procfile, which lies beside the dependencies or at the root (Heroku's format)."""
    for path in dict.fromkeys((posixpath.normpath(posixpath.join(folder, "Procfile")), "Procfile")):
        if path in sources:
            matches = (
                (number, re.fullmatch(r"([A-Za-z0-9_-]+):\s*(.+)", line.strip()))
                for number, line in enumerate(sources.text(path).splitlines(), 1)
            )
            return tuple(
                ProcfileLine(match[1], match[2].strip(), Origin(path, number)) for number, match in matches if match
            )
    return ()


def _home(lines: tuple[ProcfileLine, ...]) -> str:
    return posixpath.dirname(lines[0].origin.path) or "."


def _python_settings(sources: Sources, path: str) -> dict[str, tuple[str, int]]:
    """The string settings of a gunicorn configuration file, with their lines."""
    tree = sources.tree(path) if path.endswith(".py") and path in sources else None
    found: dict[str, tuple[str, int]] = {}
    for statement, _ in statements(tree.body) if tree else ():
        for target, value in assignments(statement):
            value_ = value.elts[0] if isinstance(value, ast.List) and value.elts else value
            if isinstance(target, ast.Name) and (stated := text(value_)) is not None:
                found[target.id] = (stated, statement.lineno)
    return found


def _flask_app(sources: Sources, folder: str) -> list[Found[str]]:
    """FLASK_APP in .flaskenv: what `flask run` serves (Flask's documentation, "Application Discovery")."""
    path = posixpath.normpath(posixpath.join(folder, ".flaskenv"))
    if path not in sources:
        return []
    for number, line in enumerate(sources.text(path).splitlines(), 1):
        if match := re.match(r"\s*(?:export\s+)?FLASK_APP\s*=\s*[\"']?([\w./:]+(?:\(\))?)", line):
            stated = match[1].removesuffix(".py").replace("/", ".").lstrip(".")
            return [Found(stated, (Origin(path, number, "FLASK_APP"),))]
    return []
