"""Which functions of the project read the environment variable that they are told: `get_env("X")`?"""

import ast
from dataclasses import dataclass

from kubeship.inspection.code.bindings import Binding
from kubeship.inspection.code.modules import External, Local, Modules
from kubeship.inspection.files.syntax import Function, argument, dotted, walk

GETTERS = frozenset({"os.environ.get", "os.environb.get", "os.getenv", "os.getenvb", "os.environ.pop"})


@dataclass(frozen=True)
class Reader:
    """A function of the project that reads the variable whose name it is given."""

    name: str
    """Of the parameter for the variable's name."""
    position: int
    default: str
    """Of the parameter for its default; empty without one."""
    default_position: int
    required: bool


def own_readers(modules: Modules, path: str) -> dict[tuple[str, str], Reader]:
    """The functions at the file's top level that hand their first parameters to the environment: `get_env("X")`."""
    module = modules.module(path)
    found: dict[tuple[str, str], Reader] = {}
    for name, bindings in module.bindings.items() if module else ():
        function = bindings[-1].value
        if isinstance(function, ast.FunctionDef) and (reader := _reader(modules, path, function)):
            found[path, name] = reader
    return found


def external(modules: Modules, path: str, expression: ast.expr, depth: int = 0) -> str | None:
    """What an expression means outside the project, also through a name that was given to it (`env = os.environ`)."""
    name = dotted(expression)
    match modules.reference(path, name) if name else None:
        case External(outside):
            return outside
        case Local(inside, _, Binding(value=ast.Name() | ast.Attribute() as alias)) if depth < 5:
            return external(modules, inside, alias, depth + 1)
        case _:
            pass
    if isinstance(expression, ast.Attribute) and depth < 5:
        owner = external(modules, path, expression.value, depth + 1)
        return f"{owner}.{expression.attr}" if owner else None
    return None


def literal(expression: ast.expr | None) -> str | None:
    """The default as the environment would hold it; None when it must be computed, or is None."""
    if isinstance(expression, ast.Constant) and expression.value is not None and expression.value is not ...:
        return str(expression.value)
    return None


def _reader(modules: Modules, path: str, function: Function) -> Reader | None:
    names = [parameter.arg for parameter in function.args.posonlyargs + function.args.args]
    defaults = set(names[len(names) - len(function.args.defaults) :]) if function.args.defaults else set()
    for node in walk(function):
        key, fallback, required = None, None, False
        if isinstance(node, ast.Subscript) and external(modules, path, node.value) == "os.environ":
            key, required = node.slice, True
        elif isinstance(node, ast.Call) and external(modules, path, node.func) in GETTERS and node.args:
            key, fallback = node.args[0], argument(node, "default", 1)
        if isinstance(key, ast.Name) and key.id in names:
            others = [name for name in names if name != key.id]
            given = fallback.id if isinstance(fallback, ast.Name) and fallback.id in others else ""
            given = given or next((name for name in others if "default" in name or "fallback" in name), "")
            required = (required or _raises(function)) and given not in defaults
            position = names.index(given) if given else -1
            return Reader(key.id, names.index(key.id), given, position, required)
    return None


def _raises(function: Function) -> bool:
    return any(isinstance(node, ast.Raise) for node in walk(function))
