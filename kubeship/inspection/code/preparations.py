"""Does a program do more than make its app and serve it? What a server that is given the app would leave out."""

import ast
import re
from collections.abc import Iterator

from kubeship.inspection.code.modules import Local, Modules
from kubeship.inspection.files.syntax import Function, argument, dotted, is_main_guard, local_names, statements
from kubeship.model.origin import Origin

FOR_THE_CONSOLE = re.compile(r"log|pars|print|banner|signal|arg|sentry|debug|warn|version", re.IGNORECASE)
"""In the names of functions: what a program does for the person who started it, or as every server does it."""


def preparation(modules: Modules, path: str, line: int) -> Origin | None:
    """The first call of the project's own that a program makes before the line in which it serves."""
    module = modules.module(path)
    for body, names in _around(module.tree.body if module else [], line):
        for statement, _ in statements(body):
            value = statement.value if isinstance(statement, ast.Expr) and statement.lineno < line else None
            value = value.value if isinstance(value, ast.Await) else value
            for call in _called(value) if isinstance(value, ast.Call) else ():
                if called := _of_the_project(modules, path, call, names):
                    return Origin(path, statement.lineno, f"{called}()")
    return None


def _around(body: list[ast.stmt], line: int) -> Iterator[tuple[list[ast.stmt], frozenset[str]]]:
    """The function or the guarded block that the line stands in, with the names that it makes itself."""
    for statement in body:
        if not statement.lineno <= line <= (statement.end_lineno or statement.lineno):
            continue
        if isinstance(statement, Function):
            yield statement.body, frozenset(local_names(statement)) - _imported(statement)
        elif isinstance(statement, ast.If) and is_main_guard(statement.test):
            yield statement.body, frozenset()


def _imported(function: Function) -> frozenset[str]:
    found = [inner for inner, _ in statements(function.body) if isinstance(inner, ast.Import | ast.ImportFrom)]
    return frozenset(alias.asname or alias.name for statement in found for alias in statement.names)


def _called(call: ast.Call) -> Iterator[ast.Call]:
    """The call, and what it runs: `asyncio.run(prepare())`, `gevent.spawn(refresh)`, `Thread(target=refresh)`."""
    yield call
    chain = call
    while isinstance(chain.func, ast.Attribute) and isinstance(chain.func.value, ast.Call):
        chain = chain.func.value  # `Thread(target=refresh).start()`
    inner, target = argument(chain, "main", 0), argument(chain, "target", 0)
    name = (dotted(chain.func) or "").rpartition(".")[2]
    if name in ("run", "run_until_complete") and isinstance(inner, ast.Call):
        yield inner
    if name in ("spawn", "start_new_thread", "Process", "Thread") and target is not None:
        yield ast.copy_location(ast.Call(target, [], []), call)


def _of_the_project(modules: Modules, path: str, call: ast.Call, own: frozenset[str]) -> str | None:
    name = dotted(call.func)
    if not name or name.partition(".")[0] in own or FOR_THE_CONSOLE.search(name):
        return None
    for found in (modules.reference(path, name), modules.imported_within(path, name)):
        if isinstance(found, Local) and isinstance(found.binding.value, ast.FunctionDef | ast.AsyncFunctionDef):
            return name
    return None
