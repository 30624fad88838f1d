"""What is the object that an expression makes? App objects are followed to the call that builds them."""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import replace

from kubeship.inspection.app_objects import MAKERS, App, Factory
from kubeship.inspection.callables import (
    attribute_values,
    callable_interface,
    is_called,
    is_plain,
    method,
    methods_of,
    returned_argument,
)
from kubeship.inspection.frameworks import CONSTRUCTORS, constructor_of
from kubeship.inspection.imported import Imported
from kubeship.inspection.modules import Binding, External, Local, Modules
from kubeship.inspection.syntax import Function, assignments, dotted, local_names, required_parameters, statements
from kubeship.inspection.wrappers import APP_ARGUMENTS, WRAPPERS, is_wrapper
from kubeship.model.origin import Origin
from kubeship.model.project import Interface

Scope = Mapping[str, tuple[ast.expr, ...]]
"""What a function assigns to its local names."""
PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")


class Apps:
    """Evaluates names and expressions of the project's modules to apps, without running anything."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self._names: dict[tuple[str, str], App | None] = {}
        self._functions: dict[tuple[str, int, int | None], App | None] = {}
        self._followed: set[tuple[object, ...]] = set()
        self._constructors: dict[tuple[str, str], str | None] = {}

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
                found = self._first(path, (first, second), scope)
            case ast.BoolOp(values=choices):
                found = self._first(path, choices, scope)
        return found

    def factory(self, path: str, binding: Binding) -> Factory | None:
        """The factory that a function at module level is, if it returns an app."""
        function = binding.value
        if binding.guarded or not isinstance(function, ast.FunctionDef) or not is_plain(self.modules, path, function):
            return None
        app = self.of_function(path, function)
        if app is None:
            return None
        required = tuple(required_parameters(function))
        is_paste = len(required) == 1 and "global" in required[0] and function.args.kwarg is not None
        return Factory(app, required, is_paste)

    def is_held(self, path: str, definition: ast.ClassDef) -> bool:
        """Whether objects of the class keep an app in an attribute, or a method of it returns one."""
        for function in definition.body:
            if isinstance(function, ast.FunctionDef):
                scope = local_names(function)
                values = [
                    v for s, _ in statements(function.body) for t, v in assignments(s) if isinstance(t, ast.Attribute)
                ]
                if self._first(path, values, scope) or self.of_function(path, function):
                    return True
        return False

    def factory_named(self, path: str, name: str) -> Factory | None:
        """The factory that a name of the module is, also one that it imports, or a framework's subclass."""
        match self.modules.reference(path, name):
            case Local(inside, local, Binding(value=ast.ClassDef() as definition)):
                app = self._constructed(inside, ast.Name(local), definition.lineno)
                initial = method(definition, "__init__")
                return Factory(app, tuple(required_parameters(initial)[1:]) if initial else (), False) if app else None
            case Local(inside, _, binding):
                return self.factory(inside, binding)
        return None

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
            if index is not None:
                returned = [v.elts[index] for v in returned if isinstance(v, ast.Tuple) and index < len(v.elts)]
            found = self._first(path, returned, scope)
            if found is None and index is None and function.returns is not None:
                found = self._constructed(path, function.returns, function.lineno)
            self._functions[key] = found
        return self._functions[key]

    def constructor(self, path: str, expression: ast.expr, depth: int = 0) -> str | None:
        """The framework's own constructor that a callable is, also through subclasses."""
        name = dotted(expression)
        if name is None:
            return None
        if (path, name) not in self._constructors:
            self._constructors[path, name] = None
            self._constructors[path, name] = self._constructor(path, name, depth)
        return self._constructors[path, name]

    def _constructor(self, path: str, name: str, depth: int) -> str | None:
        match self.modules.reference(path, name):
            case External(outside):
                return constructor_of(outside)
            case Local(inside, _, Binding(value=ast.ClassDef(bases=bases))) if depth < 10:
                found = (self.constructor(inside, base, depth + 1) for base in bases)
                return next((name for name in found if name), None)
            case Local(inside, _, Binding(value=ast.Name() | ast.Attribute() as alias)) if depth < 10:
                return self.constructor(inside, alias, depth + 1)
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
                found = self.of_expression(path, expression)
                if found is None and binding.annotation is not None and not isinstance(expression, ast.Constant):
                    found = self._constructed(path, binding.annotation, binding.line)
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
        callees = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
        return self._first(path, [*callees, *(c.func for c in callees if isinstance(c, ast.Call))], scope)

    def _constructed(self, path: str, expression: ast.expr, line: int) -> App | None:
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
        if found := self._constructed(path, call.func, call.lineno):
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
        name = dotted(call.func)
        found: App | None = None
        match self.modules.reference(path, name) if name else None:
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

    def _wrapped(self, path: str, call: ast.Call, interface: Interface | None, scope: Scope | None) -> App | None:
        """The app that is handed to a wrapper, with the wrapper around it."""
        given = [*call.args, *(k.value for k in call.keywords if k.arg in APP_ARGUMENTS)]
        wrapped = self._first(path, given, scope)
        if wrapped is None:
            return None
        return replace(wrapped, wraps=wrapped.wraps + 1, interface=interface or wrapped.interface)
