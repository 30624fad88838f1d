"""Which paths does a Flask app answer? Read from decorators and add_url_rule, with the blueprints' prefixes."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from kubeship.inspection.code.bindings import Binding
from kubeship.inspection.code.import_root import reachable
from kubeship.inspection.code.modules import External, Local, Modules, Reference
from kubeship.inspection.code.objects import Apps
from kubeship.inspection.files.syntax import Function, argument, calls, dotted, text, walk
from kubeship.inspection.routes.views import Route, judged
from kubeship.model.origin import Origin

BLUEPRINTS = frozenset({"flask.Blueprint", "flask.blueprints.Blueprint"})


@dataclass(frozen=True)
class Registration:
    """`register_blueprint(name, url_prefix=...)`."""

    nested: bool
    """In another blueprint, not in an app."""
    prefix: str | None


def flask_routes(modules: Modules, apps: Apps, entrypoint: str, made: Origin | None) -> list[Route]:
    """Every path without parameters that is there once the file `entrypoint` has been imported.

    `made` names the app whose routes count; None for any.
    """
    loaded = frozenset(reachable(modules, entrypoint))
    pattern = re.compile(rb"\.(route|add_url_rule)\(|@[\w.]+\.get\(")
    registered = _registrations(modules)
    routes: list[Route] = []
    for path in modules.sources.mentioning(pattern, loaded):
        tree = modules.sources.tree(path)
        for owner, rule, view, line in _rules(tree) if tree else ():
            for prefix in _prefixes(apps, path, owner, registered, made):
                full = f"{prefix.rstrip('/')}/{rule.lstrip('/')}"
                if "<" not in full:
                    routes.append(judged(modules, path, full, view, Origin(path, line, "a health route")))
    return routes


def _rules(tree: ast.Module) -> Iterator[tuple[str, str, ast.expr | Function, int]]:
    """(owner, rule, view, line) of every route that takes GET."""
    for node in walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                found = _rule(decorator, ("route", "get"))
                if found:
                    yield *found, node, decorator.lineno
        elif isinstance(node, ast.Call) and (found := _rule(node, ("add_url_rule",))):
            view = argument(node, "view_func", 2)
            if view is not None:
                yield *found, view, node.lineno


def _rule(call: ast.expr, methods: tuple[str, ...]) -> tuple[str, str] | None:
    if not isinstance(call, ast.Call):
        return None
    owner, _, method = (dotted(call.func) or "").rpartition(".")
    rule = text(argument(call, "rule", 0))
    allowed = argument(call, "methods")
    if method not in methods or not owner or rule is None:
        return None
    if isinstance(allowed, ast.List | ast.Tuple) and "GET" not in [(text(item) or "").upper() for item in allowed.elts]:
        return None
    return owner, rule


def _prefixes(
    apps: Apps,
    path: str,
    owner: str,
    registered: dict[tuple[str, str], list[Registration]],
    made: Origin | None,
) -> list[str]:
    """Where the owner's routes begin; empty when it is another app, or a blueprint that nothing registers."""
    match apps.modules.reference(path, owner):
        case Local(inside, name, Binding(value=ast.Call() as call)) if _is_blueprint(apps.modules, inside, call):
            return _blueprint_prefixes(call, registered, (inside, name))
        case Local(_, _, Binding(guarded=True)):
            return [""]  # a parameter: what the module binds when it is run is never imported
        case Local(inside, name, _):
            app = apps.of_name(inside, name)
            return [""] if app and (made is None or app.made == made) else []
        case External():
            return []
        case _:  # a parameter or a local name: `def create_app(): app = Flask(...)`
            return [""] if "." not in owner else []


def _is_blueprint(modules: Modules, path: str, call: ast.Call) -> bool:
    name = dotted(call.func)
    reference = modules.reference(path, name) if name else None
    return isinstance(reference, External) and reference.dotted in BLUEPRINTS


def _blueprint_prefixes(
    call: ast.Call, registered: dict[tuple[str, str], list[Registration]], key: tuple[str, str]
) -> list[str]:
    """A prefix at registration takes the place of the blueprint's own; nested ones are left out."""
    own = text(argument(call, "url_prefix")) or ""
    return [own if r.prefix is None else r.prefix for r in registered.get(key, []) if not r.nested]


def _registrations(modules: Modules) -> dict[tuple[str, str], list[Registration]]:
    """By the blueprint's (file, name)."""
    found: dict[tuple[str, str], list[Registration]] = {}
    for path in modules.sources.mentioning(re.compile(rb"\.register_blueprint\("), words=(b".register_blueprint(",)):
        tree = modules.sources.tree(path)
        for call in calls(tree) if tree else ():
            if not (isinstance(call.func, ast.Attribute) and call.func.attr == "register_blueprint" and call.args):
                continue
            blueprint = _reference(modules, path, call.args[0])
            parent = _reference(modules, path, call.func.value)
            nested = (
                isinstance(parent, Local)
                and isinstance(parent.binding.value, ast.Call)
                and _is_blueprint(modules, parent.path, parent.binding.value)
            )
            if isinstance(blueprint, Local):
                registration = Registration(nested, text(argument(call, "url_prefix")))
                found.setdefault((blueprint.path, blueprint.name), []).append(registration)
    return found


def _reference(modules: Modules, path: str, expression: ast.expr) -> Reference | None:
    name = dotted(expression)
    return modules.reference(path, name) if name else None
