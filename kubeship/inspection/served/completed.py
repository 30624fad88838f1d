"""Is an app complete when its module is imported, or does the program that starts it add the routes first?"""

import ast
import re
from collections.abc import Iterator

from kubeship.inspection.code.import_root import reachable
from kubeship.inspection.code.programs import Program, find_programs
from kubeship.inspection.files.syntax import Function, calls, dotted, local_names, statements
from kubeship.inspection.routes.app_routes import INCLUDES
from kubeship.inspection.served.confirmation import Confirmation
from kubeship.inspection.served.entrypoint import Entrypoint

WORDS = tuple(f".{name}(".encode() for name in sorted(INCLUDES))
ADDS = re.compile(rb"\.(?:" + "|".join(sorted(INCLUDES)).encode() + rb")\(")


def completing_programs(confirmation: Confirmation, app: Entrypoint) -> list[Program]:
    """The programs that reach a function which adds routes to the app and which importing the app doesn't call."""
    if app.value.endswith(")"):
        return []
    made = confirmation.made(app)
    adding = [
        (path, function) for path, function in _adding(confirmation) if _adds_to(confirmation, path, function, made)
    ]
    if not adding:
        return []
    called = set(_called_on_import(confirmation, app, made))
    late = {path for path, function in adding if function.name not in called}
    if not late:
        return []
    programs = find_programs(confirmation.modules.sources, confirmation.modules, confirmation.starts)
    return [each for each in programs if each.does == "web" and late & set(reachable(confirmation.modules, each.path))]


def _adding(confirmation: Confirmation) -> Iterator[tuple[str, Function]]:
    """Functions at the top of modules that add routes to something."""
    for path in confirmation.modules.sources.mentioning(ADDS, words=WORDS):
        module = confirmation.modules.module(path)
        for statement in module.tree.body if module else ():
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and any(
                _includes(c) for c in calls(statement)
            ):
                yield path, statement


def _includes(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in INCLUDES


def _adds_to(confirmation: Confirmation, path: str, function: Function, made: tuple[str, int | None]) -> bool:
    """Whether the function adds to the app, and doesn't make it or hand it on."""
    if confirmation.apps.of_function(path, function):
        return False
    scope = local_names(function)
    owners = [call.func.value for call in calls(function) if isinstance(call.func, ast.Attribute) and _includes(call)]
    found = [confirmation.apps.of_expression(path, owner, scope) for owner in owners]
    return any(
        app and (app.made.path, app.made.line) == made and not (path == made[0] and _holds(function, made[1]))
        for app in found
    )


def _holds(function: Function, line: int | None) -> bool:
    return line is not None and function.lineno <= line <= (function.end_lineno or line)


def _called_on_import(confirmation: Confirmation, app: Entrypoint, made: tuple[str, int | None]) -> Iterator[str]:
    """Last names of what importing the app's module calls, also in the factories of the app."""
    for path in reachable(confirmation.modules, app.path):
        module = confirmation.modules.module(path)
        for statement, guarded in statements(module.tree.body if module else []):
            if isinstance(statement, ast.FunctionDef):
                inner = confirmation.apps.of_function(path, statement)
                made_here = inner is not None and (inner.made.path, inner.made.line) == made
                found = calls(statement) if made_here else iter(())
            else:
                found = iter(()) if guarded or not isinstance(statement, ast.Expr | ast.Assign) else calls(statement)
            for call in found:
                yield (dotted(call.func) or "").rpartition(".")[2]
