"""What is the object that an expression makes? App objects are followed to the call that builds them."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kubeship.inspection.frameworks import CONSTRUCTORS, TO_ASGI, WRAPPERS
from kubeship.inspection.modules import Binding, External, Imported, Local, Modules
from kubeship.inspection.syntax import Function, assignments, dotted, required_parameters, statements
from kubeship.model.origin import Origin
from kubeship.model.project import Interface

Scope = Mapping[str, tuple[ast.expr, ...]]
"""What a function assigns to its local names."""


@dataclass(frozen=True)
class App:
    """An app object; two with the same `made` are the same object, or come from the same factory."""

    framework: str
    interface: Interface
    made: Origin
    """The call that builds it."""
    wraps: int = 0
    """How many middlewares stand around it."""
    constructor: str = ""
    """`flask.Flask`."""
    called: str = ""
    """The project's factory that was called for it."""


@dataclass(frozen=True)
class Factory:
    """A function of the project that returns an app."""

    app: App
    required: tuple[str, ...]
    """Parameters without a default."""


class Apps:
    """Evaluates names and expressions of the project's modules to apps, without running anything."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self._names: dict[tuple[str, str], App | None] = {}
        self._functions: dict[tuple[str, int], App | None] = {}

    def of_name(self, path: str, name: str) -> App | None:
        """The app that a module-level name holds when the module is imported."""
        key = (path, name)
        if key not in self._names:
            self._names[key] = None  # a name that is defined by itself is no app
            module = self.modules.module(path)
            bindings = module.bindings.get(name, ()) if module else ()
            found = (self._of_binding(path, binding) for binding in reversed(bindings) if not binding.guarded)
            self._names[key] = next((app for app in found if app), None)
        return self._names[key]

    def of_expression(self, path: str, expression: ast.expr, scope: Scope | None = None) -> App | None:
        """The app that an expression makes in the module at `path`; `scope` holds a function's local names."""
        match expression:
            case ast.Call():
                return self._of_call(path, expression, scope)
            case ast.Name(id=name) if scope and name in scope:
                inner = {key: value for key, value in scope.items() if key != name}
                return self._first(path, reversed(scope[name]), inner)
            case ast.Name() | ast.Attribute():
                return self._of_reference(path, expression, scope)
            case ast.IfExp(body=first, orelse=second):
                return self._first(path, (first, second), scope)
            case ast.BoolOp(values=values):
                return self._first(path, values, scope)
            case _:
                return None

    def factory(self, path: str, binding: Binding) -> Factory | None:
        """The factory that a function at module level is, if it returns an app."""
        function = binding.value
        if binding.guarded or not isinstance(function, ast.FunctionDef) or not self._is_plain(path, function):
            return None
        app = self.of_function(path, function)
        return Factory(app, tuple(required_parameters(function))) if app else None

    def factory_named(self, path: str, name: str) -> Factory | None:
        """The factory that a name of the module is, also one that it imports."""
        match self.modules.reference(path, name):
            case Local(inside, _, binding):
                return self.factory(inside, binding)
            case _:
                return None

    def of_function(self, path: str, function: Function) -> App | None:
        """The app that a function returns."""
        key = (path, function.lineno)
        if key not in self._functions:
            self._functions[key] = None
            scope = local_names(function)
            found = (
                self.of_expression(path, statement.value, scope)
                for statement, _ in statements(function.body)
                if isinstance(statement, ast.Return) and statement.value
            )
            self._functions[key] = next((app for app in found if app), None)
        return self._functions[key]

    def constructor(self, path: str, expression: ast.expr, depth: int = 0) -> str | None:
        """The framework's own constructor that a callable is, also through subclasses."""
        name = dotted(expression)
        reference = self.modules.reference(path, name) if name else None
        match reference:
            case External(outside):
                return outside if outside in CONSTRUCTORS else None
            case Local(inside, _, Binding(value=ast.ClassDef(bases=bases))) if depth < 10:
                found = (self.constructor(inside, base, depth + 1) for base in bases)
                return next((name for name in found if name), None)
            case Local(inside, _, Binding(value=ast.Name() | ast.Attribute() as alias)) if depth < 10:
                return self.constructor(inside, alias, depth + 1)
            case _:
                return None

    def _first(self, path: str, expressions: Iterable[ast.expr], scope: Scope | None) -> App | None:
        found = (self.of_expression(path, expression, scope) for expression in expressions)
        return next((app for app in found if app), None)

    def _of_binding(self, path: str, binding: Binding) -> App | None:
        match binding.value:
            case Imported() as imported if imported.name:
                source = self.modules.resolve(path, imported)
                return self.of_name(source, imported.name) if source else None
            case ast.expr() as expression:
                return self.of_expression(path, expression)
            case _:
                return None

    def _of_reference(self, path: str, expression: ast.Name | ast.Attribute, scope: Scope | None) -> App | None:
        if isinstance(expression, ast.Attribute) and expression.attr in ("wsgi_app", "asgi_app"):
            return self.of_expression(path, expression.value, scope)
        name = dotted(expression)
        if not name or (scope and name.partition(".")[0] in scope):
            return None
        match self.modules.reference(path, name):
            case Local(inside, local, _):
                return self.of_name(inside, local)
            case _:
                return None

    def _of_call(self, path: str, call: ast.Call, scope: Scope | None) -> App | None:
        if constructor := self.constructor(path, call.func):
            framework, interface = CONSTRUCTORS[constructor]
            place = Origin(path, call.lineno, f"a {framework.label} app")
            return App(framework.name, interface, place, constructor=constructor)
        name = dotted(call.func)
        match self.modules.reference(path, name) if name else None:
            case External(outside) if outside in WRAPPERS and call.args:
                wrapped = self.of_expression(path, call.args[0], scope)
                return wrapped and _wrapped(wrapped, "asgi" if outside in TO_ASGI else wrapped.interface)
            case Local(_, _, Binding(value=ast.ClassDef() as definition)) if call.args and _is_middleware(definition):
                wrapped = self.of_expression(path, call.args[0], scope)
                return wrapped and _wrapped(wrapped, wrapped.interface)
            case Local(inside, local, Binding(value=ast.FunctionDef() as function)):
                made = self.of_function(inside, function)
                if made:
                    return replace(made, called=local)
                returned = self._returns_its_argument(function, call)
                return self.of_expression(path, returned, scope) if returned is not None else None
            case _:
                return None

    @staticmethod
    def _returns_its_argument(function: Function, call: ast.Call) -> ast.expr | None:
        """The argument that a function such as `def configure(app): ...; return app` gives back."""
        names = [parameter.arg for parameter in function.args.posonlyargs + function.args.args]
        returned = {
            statement.value.id
            for statement, _ in statements(function.body)
            if isinstance(statement, ast.Return) and isinstance(statement.value, ast.Name)
        }
        given = dict(zip(names, call.args, strict=False)) | {k.arg: k.value for k in call.keywords if k.arg}
        return next((given[name] for name in names if name in returned and name in given), None)

    def _is_plain(self, path: str, function: ast.FunctionDef) -> bool:
        """A decorator may make anything of a function; only functools' caches leave it callable as it is."""
        for decorator in function.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            name = dotted(called)
            reference = self.modules.reference(path, name) if name else None
            if reference not in (External("functools.cache"), External("functools.lru_cache")):
                return False
        return not any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function))


def local_names(function: Function) -> dict[str, tuple[ast.expr, ...]]:
    """What a function assigns to its local names, in order."""
    found: dict[str, list[ast.expr]] = {}
    for statement, _ in statements(function.body):
        for target, value in assignments(statement):
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(value)
    return {name: tuple(values) for name, values in found.items()}


def _wrapped(app: App, interface: Interface) -> App:
    return replace(app, wraps=app.wraps + 1, interface=interface)


def _is_middleware(definition: ast.ClassDef) -> bool:
    """A class whose objects are called with (environ, start_response), PEP 3333."""
    for statement in definition.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "__call__":
            return len(statement.args.args) == 3
    return False
