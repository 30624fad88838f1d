"""Which paths does an app answer? FastAPI, Starlette, Litestar, aiohttp, Quart, Sanic, Bottle, Falcon, Tornado."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kubeship.inspection.code.bindings import Binding
from kubeship.inspection.code.callables import attribute_values
from kubeship.inspection.code.import_root import reachable
from kubeship.inspection.code.modules import External, Local, Modules
from kubeship.inspection.files.syntax import Function, argument, calls, dotted, text, walk
from kubeship.inspection.routes.views import DATABASE_NAMES, LOGIN, OPEN, Route, judged
from kubeship.model.origin import Origin

DECORATORS = frozenset({"api_route", "get", "route"})
"""`@app.get("/healthz")`, `@router.route(...)`; each framework's routing page."""
FUNCTIONS = frozenset({"Route", "add_api_route", "add_get", "add_route", "add_url_rule", "get", "url"})
"""Calls that take a path and a view: `add_route("/healthz", view)`, `web.get(...)`, `Route(...)`."""
INCLUDES = frozenset({"add_routes", "add_subapp", "blueprint", "include_router", "mount", "register_blueprint"})
PREFIXES = ("prefix", "url_prefix", "path")
MENTIONS = re.compile(
    rb"@[\w.]*(get|route)\(|\.(add_get|add_route|add_api_route|include_router|mount|blueprint|register_blueprint)\("
    rb"|\.add_subapp\(|\bRoute\(|web\.get\(|\btornado\b|Controller"
)
MAX_DEPTH = 6
LOGIN_NAMES = re.compile(
    r".*(current_?user|login|auth|token|permission|api_?key|security|principal|admin).*", re.IGNORECASE
)
ROUTERS = frozenset({"APIRouter", "Blueprint", "Router"})

Key = tuple[str, str]


@dataclass(frozen=True)
class _Included:
    parent: Key | None
    prefix: str | None
    """None when it isn't written out."""


def app_routes(modules: Modules, entrypoint: str) -> list[Route]:
    """Every path without parameters that is there once the file `entrypoint` has been imported."""
    loaded = frozenset(reachable(modules, entrypoint))
    paths = modules.sources.mentioning(MENTIONS, loaded)
    trees = [(path, tree) for path in paths if (tree := modules.sources.tree(path))]
    included: dict[Key, list[_Included]] = {}
    for path, tree in trees:
        for key, found in _includes(modules, path, tree):
            included.setdefault(key, []).append(found)
    hidden = any(_is_hidden(call) for _, tree in trees for call in calls(tree))
    return [
        route
        for path, tree in trees
        for owner, rule, view, line in _rules(modules, path, tree)
        if not (hidden and owner and _key(modules, path, owner) is None)
        for prefix in _prefixes(modules, path, owner, included)
        if not re.search(r"[{<(\\*]", full := _joined(prefix, rule))
        for route in [_route(modules, path, full, view, line)]
    ]


def _is_hidden(call: ast.Call) -> bool:
    """`add_subapp(path, app)`: what is added to the app by a variable path may answer below any path."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return name == "add_subapp" and bool(call.args) and text(call.args[0]) is None


def _rules(modules: Modules, path: str, tree: ast.Module) -> Iterator[tuple[str, str, ast.expr | Function, int]]:
    for node in walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and (found := _decorated(modules, path, decorator)):
                    yield *found, node, decorator.lineno
        elif isinstance(node, ast.ClassDef):
            yield from _controller(node)
        elif isinstance(node, ast.Call) and (called := _called(node)):
            yield *called, node.lineno
        elif isinstance(node, ast.Tuple) and len(node.elts) >= 2:  # Tornado's (r"/healthz", Handler)
            rule, handler = text(node.elts[0]), dotted(node.elts[1])
            if rule and rule.startswith("/") and handler and _is_class(handler):
                yield "", rule.removesuffix("$").removesuffix("/?"), node.elts[1], node.lineno


def _is_class(name: str) -> bool:
    return name.rpartition(".")[2][:1].isupper()


def _decorated(modules: Modules, path: str, decorator: ast.Call) -> tuple[str, str] | None:
    name = dotted(decorator.func) or ""
    owner, _, method = name.rpartition(".")
    rule = text(argument(decorator, "path", 0) or argument(decorator, "rule") or argument(decorator, "uri"))
    if method not in DECORATORS or rule is None or not _takes_get(decorator):
        return None
    if not owner:
        reference = modules.reference(path, name)
        if not isinstance(reference, External) or reference.dotted.partition(".")[0] not in ("bottle", "litestar"):
            return None
    return owner, rule


def _called(call: ast.Call) -> tuple[str, str, ast.expr] | None:
    name = dotted(call.func) or (call.func.attr if isinstance(call.func, ast.Attribute) else "")
    owner, _, method = name.rpartition(".")
    if method not in FUNCTIONS or (method in ("get", "url") and owner not in ("web", "aiohttp.web", "tornado.web")):
        return None
    values = list(call.args[:3]) + [k.value for k in call.keywords if k.arg in ("endpoint", "handler", "view_func")]
    rule = next((stated for value in values if (stated := text(value) or "").startswith("/")), None)
    view = next((value for value in values if text(value) is None), None)
    if rule is None or view is None or not rule.startswith("/") or not _takes_get(call):
        return None
    return ("" if method in ("Route", "get", "url") else owner.removesuffix(".router")), rule, view


def _takes_get(call: ast.Call) -> bool:
    allowed = argument(call, "methods") or argument(call, "method")
    if isinstance(allowed, ast.List | ast.Tuple | ast.Set):
        return "GET" in [(text(item) or "").upper() for item in allowed.elts]
    return (text(allowed) or "GET").upper() == "GET"


def _controller(node: ast.ClassDef) -> Iterator[tuple[str, str, ast.expr | Function, int]]:
    """Litestar's controllers: `path` and the handlers within."""
    stated = [s.value for s in node.body if isinstance(s, ast.Assign) and dotted(s.targets[0]) == "path"]
    prefix = text(stated[0]) if stated else None
    for method in node.body if prefix is not None else ():
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in method.decorator_list:
                call = decorator if isinstance(decorator, ast.Call) else None
                if call and dotted(call.func) == "get":
                    yield "", _joined(prefix or "", text(argument(call, "path", 0)) or "/"), method, call.lineno


def _includes(modules: Modules, path: str, tree: ast.Module) -> Iterator[tuple[Key, _Included]]:
    for call in calls(tree):
        name = dotted(call.func) or ""
        owner, _, method = name.rpartition(".")
        if method == "Router":
            handlers = argument(call, "route_handlers")
            for handler in handlers.elts if isinstance(handlers, ast.List | ast.Tuple) else ():
                if key := _key(modules, path, dotted(handler) or ""):
                    yield key, _Included(None, text(argument(call, "path", 0)) or "")
        if method not in INCLUDES:
            continue
        prefix = _prefix_of(modules, path, call)
        prefix = next((stated for value in call.args if (stated := text(value))), "") if prefix == "" else prefix
        named = (argument(call, name) for name in ("router", "app", "blueprint"))
        for value in (*call.args, *(each for each in named if each not in (None, *call.args))):
            if key := _key(modules, path, dotted(value) or "" if value else ""):
                yield key, _Included(_key(modules, path, owner), prefix)


def _prefixes(modules: Modules, path: str, owner: str, included: dict[Key, list[_Included]]) -> list[str]:
    """Where the owner's routes begin: `""` for an app, several for a router that is included more than once."""
    key = _key(modules, path, owner) if owner else None
    return _above(modules, key, included, 0) if key else [""]


def _above(modules: Modules, key: Key, included: dict[Key, list[_Included]], depth: int) -> list[str]:
    router = _router(modules, key)
    if router is None or depth > MAX_DEPTH:
        return [""]
    own = _prefix_of(modules, key[0], router)
    if own is None:
        return []
    return [
        _joined(above, _joined(found.prefix, own))
        for found in included.get(key, [])
        if found.prefix is not None
        for above in (_above(modules, found.parent, included, depth + 1) if found.parent else [""])
    ]


def _router(modules: Modules, key: Key) -> ast.Call | None:
    """The call that makes a router; None for an app."""
    module = modules.module(key[0])
    values = [binding.value for binding in module.bindings.get(key[1], ())] if module else []
    made = (value for value in values if isinstance(value, ast.Call))
    return next((call for call in made if (dotted(call.func) or "").rpartition(".")[2] in ROUTERS), None)


def _prefix_of(modules: Modules, path: str, call: ast.Call) -> str | None:
    """What a call says that paths begin with, also by a constant or a setting's default; None for an expression."""
    stated = next((value for name in PREFIXES if (value := argument(call, name)) is not None), None)
    if stated is None or text(stated) == "":
        return ""
    return text(stated) or _constant(modules, path, stated)


def _constant(modules: Modules, path: str, expression: ast.expr) -> str | None:
    """The text that `PREFIX` or `settings.PREFIX` holds, if it is written out once."""
    name = dotted(expression)
    match modules.reference(path, name) if name else None:
        case Local(_, _, Binding(value=ast.Constant() as constant)):
            return text(constant)
    if not isinstance(expression, ast.Attribute):
        return None
    values = [text(value) for _, value, _ in attribute_values(modules, path, expression, None)]
    return values[0] if len(values) == 1 else None


def _key(modules: Modules, path: str, name: str) -> Key | None:
    match modules.reference(path, name) if name else None:
        case Local(inside, local, _):
            return inside, local
        case _:
            return None


def _joined(prefix: str, rule: str) -> str:
    return f"{prefix.rstrip('/')}/{rule.lstrip('/')}" if rule.strip("/") or not prefix else prefix


def _route(modules: Modules, path: str, full: str, view: ast.expr | Function, line: int) -> Route:
    """With what FastAPI's dependencies say: a current user is a login, a session is the database."""
    route = judged(modules, path, full, view, Origin(path, line, "a health route"))
    if not isinstance(view, ast.FunctionDef | ast.AsyncFunctionDef):
        return route
    names = [
        dotted(node.args[0]) or ""
        for part in (view.args, *view.decorator_list)
        for node in walk(part)
        if isinstance(node, ast.Call) and (dotted(node.func) or "").endswith(("Depends", "Security")) and node.args
    ]
    annotated = [dotted(a.annotation) or "" for a in view.args.args if a.annotation]
    parameters = [a.arg for a in view.args.args]
    login = any(
        (LOGIN_NAMES.fullmatch(n) or LOGIN.fullmatch(n)) and not OPEN.fullmatch(n) for n in [*names, *annotated]
    )
    database = any(re.search(r"(?i)session|\bdb\b|get_db|database", n) for n in [*names, *annotated])
    database = database or any(p in DATABASE_NAMES for p in parameters)
    return replace(route, needs_login=route.needs_login or login, touches_database=route.touches_database or database)
