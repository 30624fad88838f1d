"""What is the object that an expression makes? App objects are followed to the call that builds them."""

import ast
from collections.abc import Iterable
from dataclasses import replace

from kubeship.inspection.code.app_objects import MAKERS, App
from kubeship.inspection.code.bindings import Binding
from kubeship.inspection.code.callables import (
    Scope,
    attribute_values,
    callable_interface,
    is_called,
    method,
    methods_of,
    returned_argument,
    set_by_called,
)
from kubeship.inspection.code.constructors import Constructors
from kubeship.inspection.code.frameworks import CONSTRUCTORS
from kubeship.inspection.code.modules import External, Local, Modules, Reference
from kubeship.inspection.code.wrappers import APP_ARGUMENTS, LAZY, WRAPPERS, is_wrapper
from kubeship.inspection.files.imported import Imported
from kubeship.inspection.files.syntax import Function, dotted, local_names, statements, walk
from kubeship.model.origin import Origin
from kubeship.model.project import Interface

PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")


class Apps:
    """Evaluates names and expressions of the project's modules to apps, without running anything."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self._names: dict[tuple[str, str], App | None] = {}
        self._functions: dict[tuple[str, int, int | None], App | None] = {}
        self._followed: set[tuple[object, ...]] = set()
        self._constructors = Constructors(modules)

    def of_name(self, path: str, name: str) -> App | None:
        """The app that a module-level name holds when the module is imported."""
        key = (path, name)
        if key not in self._names:
            self._names[key] = None  # a name that is defined by itself is no app
            module = self.modules.module(path)
            for binding in module.bindings.get(name, ()) if module else ():
                if not binding.guarded:  # `app = WhiteNoise(app)` wraps what the name held before
                    self._names[key] = self._of_binding(path, binding) or self._names[key]
            if module and name not in module.bindings and not name.startswith("_"):
                stars = (self._of_binding(path, Binding(0, replace(star, name=name))) for star in module.stars)
                self._names[key] = next((app for app in stars if app), None)
        return self._names[key]

    def of_expression(self, path: str, expression: ast.expr, scope: Scope | None = None) -> App | None:
        """The app that an expression makes in the module at `path`; `scope` holds a function's local names."""
        place = (path, type(expression), *(getattr(expression, name, id(expression)) for name in PLACE))
        if place in self._followed:
            return None  # `self.app = self.app or other.app` leads back to itself
        self._followed.add(place)
        try:
            return self._followed_once(path, expression, scope)
        finally:
            self._followed.remove(place)

    def _followed_once(self, path: str, expression: ast.expr, scope: Scope | None) -> App | None:
        found: App | None = None
        match expression:
            case ast.Call():
                found = self._of_call(path, expression, scope)
            case ast.Name(id=name) if scope is not None and name in scope:
                values = scope[name]
                earlier = (
                    self.of_expression(path, values[index], {**scope, name: values[:index]})
                    for index in reversed(range(len(values)))
                )
                found = next((app for app in earlier if app), None)
            case ast.Name():
                found = self._of_reference(path, expression, scope)
            case ast.Attribute():
                found = self._of_attribute(path, expression, scope)
            case ast.Subscript(value=ast.Call() as call, slice=ast.Constant(value=int() as index)):
                found = self._of_call(path, call, scope, index)
            case ast.Await(value=inner) | ast.NamedExpr(value=inner):
                found = self.of_expression(path, inner, scope)
            case ast.IfExp(body=first, orelse=second):
                found = self.first(path, (first, second), scope)
            case ast.BoolOp(values=choices):
                found = self.first(path, choices, scope)
        return found

    def of_function(self, path: str, function: Function, index: int | None = None) -> App | None:
        """The app that a function returns (at `index` of a tuple), else the one that its annotation promises."""
        key = (path, function.lineno, index)
        if key not in self._functions:
            self._functions[key] = None
            scope = local_names(function)
            returned = [
                statement.value
                for statement, _ in statements(function.body)
                if isinstance(statement, ast.Return) and statement.value
            ]
            values = [value for value in returned if isinstance(value, ast.Name)] if index is None else []
            scope |= {
                v.id: made
                for v in values
                if v.id not in scope and (made := set_by_called(self.modules, path, function, v.id))
            }
            if index is not None:
                returned = [v.elts[index] for v in returned if isinstance(v, ast.Tuple) and index < len(v.elts)]
            found = self.first(path, returned, scope)
            if found is None and index is None and function.returns is not None:
                found = self.constructed(path, function.returns, function.lineno)
            self._functions[key] = found
        return self._functions[key]

    def constructor(self, path: str, expression: ast.expr) -> str | None:
        """The framework's own constructor that a callable is, also through subclasses."""
        return self._constructors.of(path, expression)

    def first(self, path: str, expressions: Iterable[ast.expr], scope: Scope | None) -> App | None:
        """The first app among several expressions."""
        found = (self.of_expression(path, expression, scope) for expression in expressions)
        return next((app for app in found if app), None)

    def _of_binding(self, path: str, binding: Binding) -> App | None:
        match binding.value:
            case Imported() as imported if imported.name:
                source = self.modules.resolve(path, imported)
                return self.of_name(source, imported.name) if source else None
            case ast.expr() as expression:
                found = self.of_expression(path, expression)
                if found is None and binding.annotation is not None and not isinstance(expression, ast.Constant):
                    found = self.constructed(path, binding.annotation, binding.line)
                return found
            case ast.FunctionDef() | ast.AsyncFunctionDef() as function:
                interface = callable_interface(function)
                inner = self._called_inside(path, function) if interface else None
                place = Origin(path, function.lineno)
                return interface and App(
                    inner.framework if inner else "none", interface, inner.made if inner else place
                )
        return None

    def _called_inside(self, path: str, function: Function) -> App | None:
        """The app that a hand-written `def application(environ, start_response)` passes the request on to."""
        scope = local_names(function)
        callees = [node.func for node in walk(function) if isinstance(node, ast.Call)]
        return self.first(path, [*callees, *(c.func for c in callees if isinstance(c, ast.Call))], scope)

    def constructed(self, path: str, expression: ast.expr, line: int) -> App | None:
        """The app that a call of a framework's constructor makes."""
        constructor = self.constructor(path, expression)
        if constructor is None:
            return None
        framework, interface = CONSTRUCTORS[constructor]
        return App(framework.name, interface, Origin(path, line, f"a {framework.label} app"), constructor=constructor)

    def _of_attribute(self, path: str, expression: ast.Attribute, scope: Scope | None) -> App | None:
        if expression.attr in ("wsgi_app", "asgi_app"):
            return self.of_expression(path, expression.value, scope)
        if expression.attr in ("server", "app"):  # Dash's and Connexion's Flask app
            owner = self.of_expression(path, expression.value, scope)
            if owner and owner.framework in ("dash", "connexion"):
                return replace(owner, interface="wsgi", wraps=owner.wraps + 1)
        for inside, value, names in attribute_values(self.modules, path, expression, scope):
            if found := self.of_expression(inside, value, names):
                return found
        return self._of_reference(path, expression, scope)

    def _of_reference(self, path: str, expression: ast.Name | ast.Attribute, scope: Scope | None) -> App | None:
        name = dotted(expression)
        if not name or (scope and name.partition(".")[0] in scope):
            return None
        match self.modules.reference(path, name):
            case Local(inside, local, _):
                return self.of_name(inside, local)
        return None

    def _of_call(self, path: str, call: ast.Call, scope: Scope | None, index: int | None = None) -> App | None:
        if found := self.constructed(path, call.func, call.lineno):
            server = (
                next((k.value for k in call.keywords if k.arg == "server"), None) if found.framework == "dash" else None
            )
            inner = self.of_expression(path, server, scope) if server is not None else None
            return replace(found, made=inner.made) if inner else found
        if isinstance(call.func, ast.Attribute) and call.func.attr in MAKERS:
            framework, made_by = MAKERS[call.func.attr]
            return App(framework, "wsgi", Origin(path, call.lineno, f"a {framework} app"), constructor=made_by)
        return self._called(path, call, scope, index)

    def _called(self, path: str, call: ast.Call, scope: Scope | None, index: int | None) -> App | None:
        """What a wrapper, a class, a function or a method gives back."""
        found: App | None = None
        match self._callee(path, call):
            case External(outside) if outside in LAZY and call.args:
                found = self.of_expression(path, ast.copy_location(ast.Call(call.args[0], [], []), call.args[0]), scope)
            case None if _runs_coroutine(call):
                found = self.of_expression(path, call.args[0], scope)
            case External("asyncio.run") if call.args:
                found = self.of_expression(path, call.args[0], scope)
            case External(outside) if is_wrapper(outside):
                found = self._wrapped(path, call, WRAPPERS.get(outside), scope)
            case Local(inside, _, Binding(value=ast.ClassDef() as definition)):
                calls_app = method(definition, "__call__")
                interface = callable_interface(calls_app, bound=True) if calls_app else None
                called = is_called(self.modules, inside, definition)
                found = self._wrapped(path, call, interface, scope) if called else None
                if interface and not found:
                    place = Origin(path, call.lineno, f"a {definition.name}")
                    found = App("none", interface, place, constructor=definition.name)
            case Local(inside, local, Binding(value=ast.FunctionDef() | ast.AsyncFunctionDef() as function)):
                made = self.of_function(inside, function, index)
                returned = returned_argument(function, call) if made is None else None
                found = replace(made, called=local) if made else None
                if returned is not None:
                    found = self.of_expression(path, returned, scope)
            case _:
                for inside, function in methods_of(self.modules, path, call.func, scope):
                    if made := self.of_function(inside, function, index):
                        found = replace(made, called=function.name)
        return found

    def _callee(self, path: str, call: ast.Call) -> Reference | None:
        """What is called: within a function, also what that imports under its own name."""
        name = dotted(call.func)
        found = self.modules.reference(path, name) if name else None
        match found:
            case Local(inside, _, Binding(value=ast.FunctionDef() as function)) if inside == path and name:
                if function.lineno <= call.lineno <= (function.end_lineno or 0):
                    return self.modules.imported_within(path, name)
        return found

    def _wrapped(self, path: str, call: ast.Call, interface: Interface | None, scope: Scope | None) -> App | None:
        """The app that is handed to a wrapper, with the wrapper around it."""
        given = [*call.args, *(k.value for k in call.keywords if k.arg in APP_ARGUMENTS)]
        wrapped = self.first(path, given, scope)
        if wrapped is None:
            return None
        return replace(wrapped, wraps=wrapped.wraps + 1, interface=interface or wrapped.interface)


def _runs_coroutine(call: ast.Call) -> bool:
    """`loop.run_until_complete(create_app())`."""
    return bool(call.args) and isinstance(call.func, ast.Attribute) and call.func.attr == "run_until_complete"
