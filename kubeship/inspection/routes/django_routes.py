"""Which paths does a Django project answer? Read from urlpatterns, through include()."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kubeship.inspection.code.modules import ModuleFile, Modules
from kubeship.inspection.files.syntax import argument, assignments, dotted, statements, text
from kubeship.inspection.routes.views import Route, judged
from kubeship.model.origin import Origin

MAX_INCLUDES = 8


@dataclass(frozen=True)
class _Place:
    path: str
    """The file."""
    prefix: str
    """What stands before its patterns."""
    root: str
    """The import root."""
    closed: bool
    depth: int = 0


def django_routes(modules: Modules, urlconf: str, root: str, *, closed: bool = False) -> list[Route]:
    """Every path without parameters below the root URL configuration.

    `closed`: Django REST framework's views need a login, unless they say otherwise.
    """
    path = modules.find(root, urlconf)
    return list(_in_module(modules, _Place(path, "/", root, closed))) if path else []


def _in_module(modules: Modules, at: _Place) -> Iterator[Route]:
    module = modules.module(at.path)
    if module is None or at.depth > MAX_INCLUDES:
        return
    for statement, _ in statements(module.tree.body):
        for value in _patterns(statement):
            yield from _in_expression(modules, at, value)


def _patterns(statement: ast.stmt) -> Iterator[ast.expr]:
    if isinstance(statement, ast.AugAssign):
        if dotted(statement.target) == "urlpatterns":
            yield statement.value
        return
    for target, value in assignments(statement):
        if dotted(target) == "urlpatterns":
            yield value


def _in_expression(modules: Modules, at: _Place, value: ast.expr) -> Iterator[Route]:
    match value:
        case ast.List(elts=items) | ast.Tuple(elts=items):
            for item in items:
                yield from _in_expression(modules, at, item)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _in_expression(modules, at, left)
            yield from _in_expression(modules, at, right)
        case ast.Starred(value=inner):
            yield from _in_expression(modules, at, inner)
        case ast.Call():
            yield from _in_call(modules, at, value)
        case ast.Name(id=name):
            module = modules.module(at.path)
            for binding in module.bindings.get(name, ()) if module else ():
                if isinstance(binding.value, ast.List) and at.depth <= MAX_INCLUDES:
                    yield from _in_expression(modules, replace(at, depth=at.depth + 1), binding.value)


def _in_call(modules: Modules, at: _Place, call: ast.Call) -> Iterator[Route]:
    """`path`, `re_path` and the old `url`; what else makes patterns (i18n_patterns, routers) holds no health route."""
    name = (dotted(call.func) or "").rpartition(".")[2]
    stated = text(argument(call, "route", 0) or argument(call, "regex", 0))
    view = argument(call, "view", 1)
    if name not in ("path", "re_path", "url") or stated is None or view is None:
        return
    literal = _plain(stated) if name == "path" else _literal(stated)
    if literal is None:
        return
    if isinstance(view, ast.Call) and (dotted(view.func) or "").rpartition(".")[2] == "include" and view.args:
        yield from _included(modules, replace(at, prefix=at.prefix + literal, depth=at.depth + 1), view.args[0])
    else:
        place = Origin(at.path, call.lineno, "a health route")
        yield judged(modules, at.path, at.prefix + literal, view, place, closed=at.closed)


def _included(modules: Modules, at: _Place, what: ast.expr) -> Iterator[Route]:
    if isinstance(what, ast.Tuple) and what.elts:
        what = what.elts[0]
    named = text(what)
    if named is not None:
        included = modules.find(at.root, named)
        if included:
            yield from _in_module(modules, replace(at, path=included))
        elif named == "health_check.urls":  # django-health-check: its route is the prefix, and asks the database
            yield Route(at.prefix, Origin(at.path, what.lineno, "django-health-check"), touches_database=True)
        return
    match modules.reference(at.path, dotted(what) or ""):
        case ModuleFile(inside):
            yield from _in_module(modules, replace(at, path=inside))
        case _:
            yield from _in_expression(modules, at, what)


def _plain(route: str) -> str | None:
    return None if "<" in route else route


def _literal(pattern: str) -> str | None:
    """The one text that a regular expression matches; None when it has parts that vary.

    An optional last slash (`/?$`) is left away: both forms answer.
    """
    pattern = pattern.removeprefix("^").removesuffix("$").removesuffix("\\Z").removesuffix("/?")
    pattern = re.sub(r"\\([-./_])", r"\1", pattern.replace(".", "\0") if "\\." not in pattern else pattern)
    return None if re.search(r"[\\^$*+?{}\[\]|()\0]", pattern) else pattern
