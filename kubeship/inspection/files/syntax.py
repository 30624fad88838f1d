"""What does a piece of syntax say? Small questions about nodes of a Python syntax tree."""

import ast
from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = ast.Module | Function | ast.ClassDef


def statements(body: list[ast.stmt], guarded: bool = False) -> Iterator[tuple[ast.stmt, bool]]:
    """Every statement that runs when the body does, with those in `if`, `try`, `with` and loops.

    The flag says that it stands under `if __name__ == "__main__":`, where an import doesn't reach it. Bodies of
    functions and classes are not entered.
    """
    for statement in body:
        yield statement, guarded
        match statement:
            case ast.If():
                yield from statements(statement.body, guarded or is_main_guard(statement.test))
                yield from statements(statement.orelse, guarded)
            case ast.Try() | ast.TryStar():
                yield from statements(statement.body, guarded)
                for handler in statement.handlers:
                    yield from statements(handler.body, guarded)
                yield from statements(statement.orelse + statement.finalbody, guarded)
            case ast.With() | ast.AsyncWith() | ast.For() | ast.AsyncFor() | ast.While():
                yield from statements(statement.body, guarded)
                yield from statements(getattr(statement, "orelse", []), guarded)
            case ast.Match():
                for case in statement.cases:
                    yield from statements(case.body, guarded)


def is_main_guard(test: ast.expr) -> bool:
    """Whether the condition compares `__name__` with `"__main__"`."""
    if not (isinstance(test, ast.Compare) and len(test.comparators) == 1 and isinstance(test.ops[0], ast.Eq)):
        return False
    sides = (test.left, test.comparators[0])
    return any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides) and "__main__" in map(
        text, sides
    )


def assignments(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The (target, value) pairs of an assignment of any form."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                    yield from zip(target.elts, value.elts, strict=False)
                elif isinstance(target, ast.Tuple):
                    for index, element in enumerate(target.elts):
                        yield element, ast.copy_location(ast.Subscript(value=value, slice=ast.Constant(index)), value)
                else:
                    yield target, value
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield target, value
        case ast.With(items=items) | ast.AsyncWith(items=items):
            yield from ((item.optional_vars, item.context_expr) for item in items if item.optional_vars)


def local_names(function: Function) -> dict[str, tuple[ast.expr, ...]]:
    """What a function assigns to its local names, in order; a parameter may hold anything."""
    signature = function.args
    parameters = [*signature.posonlyargs, *signature.args, *signature.kwonlyargs]
    found: dict[str, list[ast.expr]] = {parameter.arg: [] for parameter in parameters}
    for statement, _ in statements(function.body):
        for target, value in assignments(statement):
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(value)
    return {name: tuple(values) for name, values in found.items()}


def dotted(expression: ast.expr) -> str | None:
    """`a.b.c` of an attribute chain that begins with a name."""
    parts: list[str] = []
    while isinstance(expression, ast.Attribute):
        parts.append(expression.attr)
        expression = expression.value
    if not isinstance(expression, ast.Name):
        return None
    return ".".join([expression.id, *reversed(parts)])


def text(expression: ast.expr | None) -> str | None:
    """The value of a string constant."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
        return expression.value
    return None


def argument(call: ast.Call, name: str, position: int | None = None) -> ast.expr | None:
    """An argument by keyword, or else by position from 0."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if position is not None and position < len(call.args):
        found = call.args[position]
        return None if isinstance(found, ast.Starred) else found
    return None


def required_parameters(function: Function) -> list[str]:
    """The parameters that a call must give."""
    signature = function.args
    positional = signature.posonlyargs + signature.args
    needed = positional[: len(positional) - len(signature.defaults)]
    keyword_only = [
        parameter
        for parameter, default in zip(signature.kwonlyargs, signature.kw_defaults, strict=True)
        if default is None
    ]
    return [parameter.arg for parameter in needed + keyword_only]


LEAVES = frozenset(
    ("asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "level", "module", "op", "ops", "simple")
)
"""Fields of the syntax tree that hold no nodes, or only such as say load, store or how (Python's `ast`, "Abstract
Grammar")."""


BELOW = {
    kind: ()
    if issubclass(kind, ast.Constant | ast.Global | ast.Nonlocal)
    else tuple(name for name in kind._fields if name not in LEAVES)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
"""By kind of node, the fields that hold others."""


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly below one, in the order of the file; without those that only say load, store or how.

    As `ast.iter_child_nodes`, in a quarter of its time: most of what inspection does with trees is to walk them.
    """
    found: list[ast.AST] = []
    for name in BELOW[node.__class__]:
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all below it, those nearer to it first."""
    level = [node]
    while level:
        yield from level
        level = [child for parent in level for child in children(parent)]


def calls(node: ast.AST) -> Iterator[ast.Call]:
    """Every call within the node."""
    return (found for found in walk(node) if isinstance(found, ast.Call))


def strings(expression: ast.expr | None) -> list[tuple[str, int]]:
    """Every string constant in the expression, with its line."""
    if expression is None:
        return []
    found = [node for node in walk(expression) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [(str(node.value), node.lineno) for node in found]


def import_statements(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """Every import, at whatever depth. Only statements are visited: imports are nowhere else, and most nodes are."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, name, None)
            if isinstance(inner, list):
                pending.extend(inner)
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
