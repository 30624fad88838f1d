"""Which apps do servers' own files name, without a command that reads them: gunicorn, uWSGI, FLASK_APP?"""

import posixpath
import re

from kubeship.inspection.commands.server_lines import Started, as_target
from kubeship.inspection.files.sources import Sources, folder_of, is_aside
from kubeship.inspection.statements.server_files import completed, gunicorn_settings, uwsgi_settings
from kubeship.inspection.statements.statement import CONFIGURED, Statement
from kubeship.inspection.statements.targets import Target
from kubeship.model.origin import Origin

CONFIGURING = ("gunicorn", "uwsgi", "setup.cfg", ".flaskenv", ".env")
"""What stands in the names of files that servers read; asked first, since there are many files."""


def configured(sources: Sources, folder: str) -> list[Target]:
    """Apps that servers' own files name, without a command that reads them: gunicorn, uwsgi, FLASK_APP."""
    found: list[Target] = []
    for path in sources.files:
        if not any(word in path for word in CONFIGURING) or path.count("/") > 3 or is_aside(path):
            continue
        name, place = posixpath.basename(path), folder_of(path)
        if re.fullmatch(r"gunicorn[\w.-]*\.py", name):
            settings = gunicorn_settings(sources, path)
            if "wsgi_app" in settings:
                found.append(_gunicorn(sources, path, *settings["wsgi_app"]))
        elif re.fullmatch(r"[\w.-]*uwsgi[\w.-]*\.(ini|ya?ml|xml|cfg|conf)|setup\.cfg", name):
            found += _uwsgi(sources, path, folder)
        elif name in (".flaskenv", ".env") and place in (folder, "."):
            found += _flask_app(sources, path)
    return found


def _gunicorn(sources: Sources, path: str, stated: str, line: int) -> Target:
    started = Started(as_target(stated, "application", False), config=path, server="gunicorn", work="web")
    started = completed(sources, started, lambda _: path)
    return _of_file(started, folder_of(path), Origin(path, line, "gunicorn's wsgi_app"))


def _of_file(started: Started, folder: str, origin: Origin) -> Target:
    statement = Statement("", started, "", folder, origin, CONFIGURED, started.port, None, "web")
    return Target(started.target, "object", folder, started.server, started.interface, (origin,), CONFIGURED, statement)


def _uwsgi(sources: Sources, path: str, folder: str) -> list[Target]:
    settings = uwsgi_settings(sources, path)
    key = next((key for key in ("module", "wsgi", "wsgi-file", "file") if key in settings), None)
    if key is None:
        return []
    started = Started(config=path, server="uwsgi", interface="wsgi", work="web")
    started = completed(sources, started, lambda file: path)
    places = (folder_of(path), folder, ".", "src")
    module = started.target.partition(":")[0].replace(".", "/")
    place = next((each for each in places if _holds(sources, each, module)), folder)
    return [_of_file(started, place, Origin(path, settings[key][1], f"uwsgi's {key}"))]


def _holds(sources: Sources, folder: str, module: str) -> bool:
    path = posixpath.normpath(posixpath.join(folder, module))
    return f"{path}.py" in sources or f"{path}/__init__.py" in sources


def _flask_app(sources: Sources, path: str) -> list[Target]:
    """FLASK_APP in .flaskenv: what `flask run` serves (Flask's documentation, "Application Discovery")."""
    for number, line in enumerate(sources.text(path).splitlines(), 1):
        if match := re.match(r"\s*(?:export\s+)?FLASK_APP\s*=\s*[\"']?([\w./:]+(?:\(\))?)", line):
            stated = match[1].removesuffix(".py").replace("/", ".").lstrip(".")
            return [
                Target(
                    stated,
                    "discover",
                    folder_of(path),
                    "flask",
                    "wsgi",
                    (Origin(path, number, "FLASK_APP"),),
                    CONFIGURED,
                )
            ]
    return []
