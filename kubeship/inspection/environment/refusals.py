"""Which variables does code refuse to be imported without: `if not TOKEN: raise RuntimeError`?"""

import ast
from collections.abc import Iterator

from kubeship.inspection.code.modules import Modules
from kubeship.inspection.environment.environment_readers import GETTERS, external
from kubeship.inspection.files.syntax import Function, argument, calls, dotted, is_main_guard, text, walk

ENDS = frozenset({"exit", "os._exit", "quit", "sys.exit"})


def refused(modules: Modules, path: str, tree: ast.Module) -> frozenset[str]:
    """Names of variables that are read without a default, and whose absence ends what an import runs.

    That is the module's own statements, and those of the functions that it calls in them: what a view or a task
    refuses is only its own.
    """
    found: set[str] = set()
    for body in _run_on_import(tree):
        nodes = [node for statement in body for node in walk(statement)]
        held = dict(_held(modules, path, nodes))
        for node in nodes if held else ():
            if isinstance(node, ast.If) and _ends(node.body):
                found |= {held[name] for name in _absent(node.test) if name in held}
    return frozenset(found)


def _run_on_import(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """The bodies that importing the file runs, as far as the file itself shows."""
    own = [each for each in tree.body if not isinstance(each, Function | ast.ClassDef) and not _is_for_programs(each)]
    yield own
    called = {(dotted(call.func) or "").rpartition(".")[2] for statement in own for call in calls(statement)}
    classes = [each for each in tree.body if isinstance(each, ast.ClassDef)]
    for each in (*tree.body, *(inner for owner in classes for inner in owner.body)):
        if isinstance(each, ast.FunctionDef) and each.name in called:
            yield each.body
    yield from ([each for each in owner.body if not isinstance(each, Function)] for owner in classes)


def _is_for_programs(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and is_main_guard(statement.test)


def _held(modules: Modules, path: str, nodes: list[ast.AST]) -> Iterator[tuple[str, str]]:
    """(local name, variable) of each `name = os.getenv("VARIABLE")`."""
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
            call = node.value
            target = dotted(node.targets[0] if isinstance(node, ast.Assign) else node.target)
            name = text(argument(call, "key", 0)) if argument(call, "default", 1) is None else None
            if target and name and external(modules, path, call.func) in GETTERS:
                yield target, name


def _absent(test: ast.expr) -> Iterator[str]:
    """The names whose absence makes a test true: `not a`, `a is None`, `a not in ("x", "y")`, `not all([a, b])`."""
    match test:
        case ast.BoolOp(op=ast.Or(), values=values):
            for value in values:
                yield from _absent(value)
        case ast.UnaryOp(
            op=ast.Not(), operand=ast.Call(func=ast.Name(id="all"), args=[ast.List() | ast.Tuple() as of])
        ):
            yield from filter(None, map(dotted, of.elts))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from filter(None, (dotted(operand),))
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None)]):
            yield from filter(None, (dotted(left),))
        case ast.Compare(left=left, ops=[ast.NotIn()], comparators=[ast.List() | ast.Tuple() | ast.Set() as given]):
            if all(text(each) for each in given.elts):
                yield from filter(None, (dotted(left),))


def _ends(body: list[ast.stmt]) -> bool:
    last = body[-1]
    return isinstance(last, ast.Raise) or (
        isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and dotted(last.value.func) in ENDS
    )
