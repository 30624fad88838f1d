"""Which functions and classes of the project make an app for whoever calls them?"""

import ast

from kubeship.inspection.code.app_objects import Factory
from kubeship.inspection.code.bindings import Binding
from kubeship.inspection.code.callables import is_plain, method
from kubeship.inspection.code.modules import Local
from kubeship.inspection.code.objects import Apps
from kubeship.inspection.files.syntax import assignments, local_names, required_parameters, statements


def factory(apps: Apps, path: str, binding: Binding) -> Factory | None:
    """The factory that a function at module level is, if it returns an app."""
    function = binding.value
    if binding.guarded or not isinstance(function, ast.FunctionDef) or not is_plain(apps.modules, path, function):
        return None
    app = apps.of_function(path, function)
    if app is None:
        return None
    required = tuple(required_parameters(function))
    is_paste = len(required) == 1 and "global" in required[0] and function.args.kwarg is not None
    return Factory(app, required, is_paste)


def is_held(apps: Apps, path: str, definition: ast.ClassDef) -> bool:
    """Whether objects of the class keep an app in an attribute, or a method of it returns one."""
    for function in definition.body:
        if isinstance(function, ast.FunctionDef):
            scope = local_names(function)
            values = [
                v for s, _ in statements(function.body) for t, v in assignments(s) if isinstance(t, ast.Attribute)
            ]
            if apps.first(path, values, scope) or apps.of_function(path, function):
                return True
    return False


def factory_named(apps: Apps, path: str, name: str) -> Factory | None:
    """The factory that a name of the module is, also one that it imports, or a framework's subclass."""
    match apps.modules.reference(path, name):
        case Local(inside, local, Binding(value=ast.ClassDef() as definition)):
            app = apps.constructed(inside, ast.Name(local), definition.lineno)
            initial = method(definition, "__init__")
            return Factory(app, tuple(required_parameters(initial)[1:]) if initial else (), False) if app else None
        case Local(inside, _, binding):
            return factory(apps, inside, binding)
    return None
