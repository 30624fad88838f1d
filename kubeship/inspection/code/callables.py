"""What do the project's own classes hold and do? Attributes of their objects, methods, and which can be served."""

import ast
from collections.abc import Iterator, Mapping

from kubeship.inspection.code.bindings import Binding
from kubeship.inspection.code.frameworks import constructor_of
from kubeship.inspection.code.modules import External, Local, Modules
from kubeship.inspection.code.wrappers import is_wrapper
from kubeship.inspection.files.syntax import Function, assignments, calls, dotted, local_names, statements, walk
from kubeship.model.project import Interface

Scope = Mapping[str, tuple[ast.expr, ...]]
"""What a function assigns to its local names."""

# PEP 3333 and the ASGI specification (asgi.readthedocs.io, "Applications"); the older ASGI 2 isn't served today.
SIGNATURES: dict[int, Interface] = {2: "wsgi", 3: "asgi"}
NAMES = ("environ", "env", "scope")
"""The first parameter, as both specifications write it and as many shorten it."""


def callable_interface(function: Function, *, bound: bool = False) -> Interface | None:
    """Whether a function or a `__call__` is an app: `(environ, start_response)` or `(scope, receive, send)`."""
    parameters = [parameter.arg for parameter in function.args.posonlyargs + function.args.args][int(bound) :]
    interface = SIGNATURES.get(len(parameters))
    if interface is None or parameters[0].strip("_") not in NAMES:
        return None
    if isinstance(function, ast.AsyncFunctionDef) != (interface == "asgi"):
        return None
    return interface


def method(definition: ast.ClassDef, name: str) -> Function | None:
    """The method of that name that the class itself defines."""
    found = (s for s in definition.body if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef) and s.name == name)
    return next(found, None)


def methods_of(modules: Modules, path: str, called: ast.expr, scope: Scope | None) -> list[tuple[str, Function]]:
    """The method of the project's class that `Factory().create` or `factory.create` names, with its file."""
    found = class_of(modules, path, called.value, scope) if isinstance(called, ast.Attribute) else None
    function = method(found[1], called.attr) if found and isinstance(called, ast.Attribute) else None
    return [(found[0], function)] if found and function else []


def attribute_values(
    modules: Modules, path: str, attribute: ast.Attribute, scope: Scope | None
) -> Iterator[tuple[str, ast.expr, Scope]]:
    """What the project's class gives the attribute of its objects, with the file and the local names there."""
    found = class_of(modules, path, attribute.value, scope)
    if found is None:
        return
    inside, definition = found
    for statement in definition.body:
        for target, value in assignments(statement):
            if isinstance(target, ast.Name) and target.id == attribute.attr:
                yield inside, value, {}
        if isinstance(statement, ast.FunctionDef):
            for inner, _ in statements(statement.body):
                for target, value in assignments(inner):
                    if dotted(target) == f"self.{attribute.attr}":
                        yield inside, value, local_names(statement)


def class_of(
    modules: Modules, path: str, expression: ast.expr, scope: Scope | None, depth: int = 0
) -> tuple[str, ast.ClassDef] | None:
    """The project's class, with its file, that an expression makes an object of (or is)."""
    if depth > 5:
        return None
    if isinstance(expression, ast.Call):
        expression = expression.func
    if isinstance(expression, ast.Name) and scope is not None and expression.id in scope:
        rest = {name: values for name, values in scope.items() if name != expression.id}
        found = (class_of(modules, path, value, rest, depth + 1) for value in scope[expression.id])
        return next((each for each in found if each), None)
    name = dotted(expression)
    match modules.reference(path, name) if name else None:
        case Local(inside, _, Binding(value=ast.ClassDef() as definition)):
            return inside, definition
        case Local(inside, _, Binding(value=ast.Call() as call)):
            return class_of(modules, inside, call, None, depth + 1)
        case _:
            return None


def is_called(modules: Modules, path: str, definition: ast.ClassDef, depth: int = 0) -> bool:
    """Whether objects of the project's class can be called: what takes an app and can't, only uses it."""
    if method(definition, "__call__"):
        return True
    for name in filter(None, map(dotted, definition.bases)):
        match modules.reference(path, name):
            case External(outside) if is_wrapper(outside) or constructor_of(outside):
                return True
            case Local(inside, _, Binding(value=ast.ClassDef() as base)) if depth < 10:
                if is_called(modules, inside, base, depth + 1):
                    return True
            case _:
                pass
    return False


def returned_argument(function: Function, call: ast.Call) -> ast.expr | None:
    """The argument that a function such as `def configure(app): ...; return app` gives back."""
    names = [parameter.arg for parameter in function.args.posonlyargs + function.args.args]
    returned = {
        statement.value.id
        for statement, _ in statements(function.body)
        if isinstance(statement, ast.Return) and isinstance(statement.value, ast.Name)
    }
    given = dict(zip(names, call.args, strict=False)) | {k.arg: k.value for k in call.keywords if k.arg}
    return next((given[name] for name in names if name in returned and name in given), None)


def set_by_called(modules: Modules, path: str, function: Function, name: str) -> tuple[ast.expr, ...]:
    """What functions of the module assign to its name with `global`, if this function calls one of them."""
    module = modules.module(path)
    setters = module.set_by_functions.get(name, {}) if module else {}
    called = {dotted(call.func) for call in calls(function)} if setters else set()
    return tuple(value for values in setters.values() for value in values) if called & setters.keys() else ()


def is_plain(modules: Modules, path: str, function: ast.FunctionDef) -> bool:
    """A decorator may make anything of a function; only functools' caches leave it callable as it is."""
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = dotted(called)
        reference = modules.reference(path, name) if name else None
        if reference not in (External("functools.cache"), External("functools.lru_cache")):
            return False
    return not any(isinstance(node, ast.Yield | ast.YieldFrom) for node in walk(function))
