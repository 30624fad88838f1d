"""Which of several apps in a project is the one that the server is given? By mounts, programs, and imports."""

import ast
import posixpath
from collections.abc import Callable

from kubeship.inspection.code.frameworks import BY_NAME
from kubeship.inspection.code.import_root import reachable
from kubeship.inspection.code.modules import Local, Modules
from kubeship.inspection.code.objects import Apps
from kubeship.inspection.code.programs import TOOL_FOLDERS
from kubeship.inspection.code.starts import Starts
from kubeship.inspection.code.wrappers import APP_ARGUMENTS
from kubeship.inspection.files.sources import stem
from kubeship.inspection.files.syntax import argument, calls, dotted, local_names, walk
from kubeship.inspection.served.candidates import Servable
from kubeship.model.project import Interface

Made = tuple[str, int | None]
"""Where an app is built: two names with the same place hold the same app."""
MOUNTS = frozenset(
    ("DispatcherMiddleware", "Host", "Mount", "WSGIMiddleware", "add_subapp", "graft", "mount", "run_with")
)
"""Calls that put an app below another: Starlette's, FastAPI's, aiohttp's, Bottle's, CherryPy's and Werkzeug's names."""

TOOL_MODULES = frozenset(
    ("beat", "celery", "celeryworker", "cli", "cron", "manage", "scheduler", "scripts", "seed", "tasks", "worker")
)
"""Words in the names of modules that make an app for other uses than serving it."""
ASGI_SERVERS = frozenset(("daphne", "granian", "hypercorn", "uvicorn", "uvicorn-worker"))
WSGI_SERVERS = frozenset(("gunicorn", "mod-wsgi", "pyuwsgi", "uwsgi", "waitress"))
"""Distributions, as Django's pages on deployment name them."""


def made_of(servable: Servable) -> Made:
    """What tells two apps apart."""
    return servable.app.made.path, servable.app.made.line


def is_tool(name: str) -> bool:
    """Whether a module's name tells that it isn't served."""
    return not TOOL_MODULES.isdisjoint(name.lower().split("_"))


def grouped(servable: list[Servable]) -> list[list[Servable]]:
    """Servable names by the app behind them, in the order in which they come."""
    groups: dict[Made, list[Servable]] = {}
    for item in servable:
        groups.setdefault(made_of(item), []).append(item)
    return list(groups.values())


def likeliest(
    groups: list[list[Servable]], modules: Modules, apps: Apps, starts: Starts, declared: frozenset[str]
) -> list[list[Servable]]:
    """The groups that remain when each sign has had its say; a sign that would leave none, or all, says nothing."""
    if len(groups) < 2:
        return groups
    paths = sorted({item.path for group in groups for item in group})
    mounted = {made for path in paths for made in _mounted(modules, apps, path)}
    served = _served(modules, starts, groups)
    commanded = _commanded(modules)
    signs: tuple[Callable[[list[Servable]], object], ...] = (
        lambda group: group[0].app.framework != "none",
        lambda group: _is_django_served(group, groups, declared),
        lambda group: posixpath.dirname(group[0].path).rpartition("/")[2] not in TOOL_FOLDERS,
        lambda group: not all(is_tool(stem(item.path)) for item in group),
        lambda group: not declared or _distributions(group) & declared,
        lambda group: made_of(group[0]) not in mounted,
        lambda group: made_of(group[0]) in served,
        lambda group: any((item.path, item.name.removesuffix("()")) in commanded for item in group),
        lambda group: any(stem(item.path) == "wsgi" for item in group) and _same_framework(groups),
        lambda group: _loads_all_others(modules, group, groups),
    )
    remaining = groups
    for sign in signs:
        kept = [group for group in remaining if sign(group)]
        if kept:
            remaining = kept
    return remaining


def _same_framework(groups: list[list[Servable]]) -> bool:
    return len({group[0].app.framework for group in groups}) == 1


def _distributions(group: list[Servable]) -> frozenset[str]:
    return (
        frozenset(BY_NAME[group[0].app.framework].distributions) if group[0].app.framework in BY_NAME else frozenset()
    )


def _is_django_served(group: list[Servable], groups: list[list[Servable]], declared: frozenset[str]) -> bool:
    """Django makes a WSGI and an ASGI handler of one project.

    ASGI's is meant where it routes protocols, as Channels does, or where only servers for ASGI are installed.
    """
    django = [item for found in groups for item in found if item.app.framework == "django"]
    if group[0].app.framework != "django":
        return True
    routing = max(_routing(item) for item in django)
    if routing:
        return _routing(group[0]) == routing
    meant: Interface = "asgi" if declared & ASGI_SERVERS and not declared & WSGI_SERVERS else "wsgi"
    return group[0].app.interface == meant or not any(item.app.interface == meant for item in django)


def _routing(item: Servable) -> int:
    """How surely the handler routes protocols: the one that ASGI_APPLICATION names, a router, one with more around."""
    if item.app.interface != "asgi":
        return 0
    if item.app.constructor.startswith("channels."):
        return 2 if item.app.constructor == "channels.routing.ProtocolTypeRouter" else 3
    return int(item.app.wraps > 0 or not item.app.constructor)


def _mounted(modules: Modules, apps: Apps, path: str) -> list[Made]:
    """The apps that the file puts below other apps, at whatever depth of functions."""
    module = modules.module(path)
    found: list[Made] = []
    for node in walk(module.tree) if module else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found += _mounted_in(apps, path, node, local_names(node))
    if module:
        found += _mounted_in(apps, path, module.tree, None)
    return found


def _mounted_in(apps: Apps, path: str, tree: ast.AST, scope: dict[str, tuple[ast.expr, ...]] | None) -> list[Made]:
    found: list[Made] = []
    for call in walk(tree):
        name = dotted(call.func) if isinstance(call, ast.Call) else None
        if not isinstance(call, ast.Call) or not name or name.rpartition(".")[2] not in MOUNTS:
            continue
        dispatches = name.rpartition(".")[2] == "DispatcherMiddleware"
        positional = call.args[1:] if dispatches else call.args
        values = [*positional, *(k.value for k in call.keywords if k.arg in (*APP_ARGUMENTS, "mounts"))]
        values += [value for given in values if isinstance(given, ast.Dict) for value in given.values]
        found += [(app.made.path, app.made.line) for v in values if (app := apps.of_expression(path, v, scope))]
    return found


def _served(modules: Modules, starts: Starts, groups: list[list[Servable]]) -> set[Made]:
    """The apps that programs hand to a server: by name (`uvicorn.run("shop.main:app")`), or another module's."""
    by_module = {(item.path, item.name.partition("(")[0]): made_of(item) for group in groups for item in group}
    made = set(by_module.values())
    found: set[Made] = set()
    for path in modules.sources.code:
        if any(folder in TOOL_FOLDERS for folder in path.split("/")[:-1]):
            continue
        for start in starts.of(path):
            if start.does != "web":
                continue
            if start.app and (place := (start.app.made.path, start.app.made.line)) in made and place[0] != path:
                found.add(place)
            name, _, attribute = start.target.partition(":")
            file = (
                next((f for root in modules.search_roots(path) if (f := modules.find(root, name))), None)
                if name
                else None
            )
            if file and (file, attribute.partition("(")[0]) in by_module:
                found.add(by_module[file, attribute.partition("(")[0]])
    return found


def _commanded(modules: Modules) -> set[tuple[str, str]]:
    """The factories that the project's own `flask` command is made with (Flask's documentation, "Custom Commands")."""
    found: set[tuple[str, str]] = set()
    for path in modules.sources.importing(("flask",)):
        module = modules.module(path) if b"create_app=" in modules.sources.content(path) else None
        for call in calls(module.tree) if module else ():
            given = argument(call, "create_app")
            name = dotted(given) if given else None
            if name and (dotted(call.func) or "").rpartition(".")[2] in ("FlaskGroup", "ScriptInfo"):
                match modules.reference(path, name):
                    case Local(inside, local, _):
                        found.add((inside, local))
    return found


def _loads_all_others(modules: Modules, group: list[Servable], groups: list[list[Servable]]) -> bool:
    """Whether importing this app's module imports those of all the others, and none of them imports this one's."""
    loaded = set(reachable(modules, group[0].path))
    others = [other for other in groups if other is not group]
    return all(other[0].path in loaded and other[0].path != group[0].path for other in others) and not any(
        group[0].path in reachable(modules, other[0].path) for other in others
    )
