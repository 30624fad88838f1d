"""What do servers' own configuration files add? gunicorn.conf.py, and uwsgi's ini, yaml and xml; literals only."""

import ast
import posixpath
import re
from collections.abc import Callable
from dataclasses import replace

from kubeship.inspection.commands.server_lines import Started, as_target, gunicorn_interface, port_of
from kubeship.inspection.files.sources import Sources, is_aside
from kubeship.inspection.files.syntax import assignments, statements, strings, text, walk

Locate = Callable[[str], str | None]


def completed(sources: Sources, started: Started, locate: Locate) -> Started:
    """With what the configuration file says that the command line doesn't, and the servers' own variables."""
    variables = dict(started.variables)
    if started.server == "gunicorn":
        path = locate(started.config or "gunicorn.conf.py")
        settings = gunicorn_settings(sources, path) if path else {}
        worker_class = started.worker_class or settings.get("worker_class", ("", 0))[0]
        target = started.target or as_target(settings.get("wsgi_app", ("", 0))[0], "application", False)
        bind = settings.get("bind", ("", 0))[0]
        return replace(
            started,
            target=target,
            worker_class=worker_class,
            interface=gunicorn_interface(worker_class),
            port=started.port
            or port_of(bind)
            or (port_of(variables.get("PORT", "")) if not bind and not started.config else None),
            folder=posixpath.join(started.folder, settings["chdir"][0]) if "chdir" in settings else started.folder,
        )
    if started.server == "uwsgi" and started.config:
        path = locate(started.config) or _only_of_name(sources, started.config)
        return _uwsgi(sources, started, path) if path else started
    if started.server == "granian":
        stated = variables.get("GRANIAN_INTERFACE", "")
        interface = started.interface or ("wsgi" if stated == "wsgi" else "asgi" if stated.startswith("asgi") else None)
        return replace(started, interface=interface, port=started.port or port_of(variables.get("GRANIAN_PORT", "")))
    if started.server in ("uvicorn", "streamlit", "flask", "litestar"):
        names = {
            "uvicorn": "UVICORN_PORT",
            "streamlit": "STREAMLIT_SERVER_PORT",
            "flask": "FLASK_RUN_PORT",
            "litestar": "LITESTAR_PORT",
        }
        port = started.port or port_of(variables.get(names[started.server], ""))
        named = variables.get({"flask": "FLASK_APP", "litestar": "LITESTAR_APP"}.get(started.server, ""), "")
        return replace(
            started,
            port=port,
            target=started.target or as_target(named, "", False) if started.discovers else started.target,
        )
    return started


def _only_of_name(sources: Sources, path: str) -> str | None:
    """The project's file of that name, where there is one: mounted or copied to where the server looks for it."""
    name = posixpath.basename(path)
    found = [file for file in sources.other_files if posixpath.basename(file) == name and not is_aside(file)]
    return found[0] if len(found) == 1 else None


def gunicorn_settings(sources: Sources, path: str) -> dict[str, tuple[str, int]]:
    """The settings of a gunicorn configuration file that are written out, with their lines."""
    tree = sources.tree(path) if path.endswith(".py") else None
    if tree is None and path in sources:
        try:
            tree = ast.parse(sources.text(path))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            tree = None
    found: dict[str, tuple[str, int]] = {}
    for statement, _ in statements(tree.body) if tree else ():
        for target, value in assignments(statement):
            value_ = value.elts[0] if isinstance(value, ast.List) and value.elts else value
            stated = text(value_)
            if stated is None and isinstance(target, ast.Name) and target.id in ("bind", "worker_class"):
                stated = _default(value_)
            if isinstance(target, ast.Name) and stated is not None:
                found[target.id] = (stated, statement.lineno)
    return found


def _default(value: ast.expr) -> str | None:
    """The written-out end of `f"0.0.0.0:{os.environ.get('PORT', '8000')}"` and the like: its one default."""
    found = [word for word, _ in strings(value)]
    ports = [word for word in found if re.fullmatch(r"\d{2,5}", word)]
    numbers = [str(node.value) for node in walk(value) if isinstance(node, ast.Constant) and type(node.value) is int]
    if len(ports + numbers) == 1:
        return f":{(ports + numbers)[0]}"
    return found[-1] if isinstance(value, ast.Call) and len(found) == 2 else None


def uwsgi_settings(sources: Sources, path: str) -> dict[str, tuple[str, int]]:
    """`key = value` of the [uwsgi] section, or of its yaml and xml forms, with lines."""
    found: dict[str, tuple[str, int]] = {}
    section = not path.endswith((".ini", ".cfg", ".conf"))
    for number, raw in enumerate(sources.text(path).splitlines(), 1):
        line = raw.strip()
        if line.startswith("["):
            section = line == "[uwsgi]"
        elif section and (match := re.match(r"<?([A-Za-z][\w-]*)\s*[=:>]\s*\"?([^\"<]*)", line)):
            stated = re.split(r"\s+[#;]", match[2])[0].strip()
            for name in re.findall(r"%\((\w+)\)", stated):  # uWSGI's documentation, "Placeholders"
                stated = stated.replace(f"%({name})", found[name][0]) if name in found else stated
            found[match[1]] = (stated, number)
    return found


def _uwsgi(sources: Sources, started: Started, path: str) -> Started:
    settings = {key: value for key, (value, _) in uwsgi_settings(sources, path).items()}
    named = settings.get("module") or settings.get("wsgi") or settings.get("mount", "").partition("=")[2]
    file = settings.get("wsgi-file") or settings.get("file") or ""
    target = (
        as_target(named or _relative(file), settings.get("callable", "application"), False) if named or file else ""
    )
    ports = (port_of(settings.get(key, "")) for key in ("http", "http-socket", "https", "socket", "http11-socket"))
    chdir = settings.get("chdir", "").replace("%d", "").rstrip("/")
    return replace(
        started,
        target=started.target or target,
        paste=settings.get("paste", settings.get("ini-paste", "")).removeprefix("config:"),
        port=started.port or next((port for port in ports if port), None),
        folder=chdir if chdir and "$" not in chdir and "%" not in chdir else started.folder,
    )


def _relative(file: str) -> str:
    """Of `/app/shop/wsgi.py` what may lie in the project."""
    return re.sub(r"^/?(app|code|srv|usr/src/app|opt/\w+)/", "", file).replace("%d", "")
