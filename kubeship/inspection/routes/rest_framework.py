"""Does Django REST framework let only some callers in, where a view doesn't say who? Its settings and its views."""

import ast

from kubeship.inspection.code.bindings import Binding
from kubeship.inspection.code.django_settings import Settings, settings_of
from kubeship.inspection.code.modules import External, Local, Modules
from kubeship.inspection.files.syntax import Function, dotted, strings, text

OPEN_TO_READERS = ("AllowAny", "ReadOnly")
"""How the names of permissions end that let anybody GET (Django REST framework's documentation, "Permissions")."""
MAX_DEPTH = 10


def asks_for_login(modules: Modules, settings: Settings) -> bool:
    """Whether `REST_FRAMEWORK["DEFAULT_PERMISSION_CLASSES"]` closes every view that doesn't open itself."""
    for setting in settings_of(modules, settings, "REST_FRAMEWORK")[:1]:
        if isinstance(setting.value, ast.Dict):
            for key, value in zip(setting.value.keys, setting.value.values, strict=True):
                if text(key) == "DEFAULT_PERMISSION_CLASSES":
                    return any(not name.endswith(OPEN_TO_READERS) for name, _ in strings(value))
    return False


def is_closed(modules: Modules, path: str, view: Function | ast.ClassDef) -> bool:
    """Whether a view in the file at `path` is the framework's and says nothing of its own about permissions."""
    names = [dotted(d.func if isinstance(d, ast.Call) else d) or "" for d in view.decorator_list]
    last = {name.rpartition(".")[2] for name in names}
    if not isinstance(view, ast.ClassDef):
        return "api_view" in last and "permission_classes" not in last
    return _of_framework(modules, path, view, 0)


def _of_framework(modules: Modules, path: str, view: ast.ClassDef, depth: int) -> bool:
    targets = [t for s in view.body if isinstance(s, ast.Assign) for t in s.targets]
    if any(dotted(target) == "permission_classes" for target in targets) or depth > MAX_DEPTH:
        return False
    for base in filter(None, map(dotted, view.bases)):
        match modules.reference(path, base):
            case External(outside) if outside.startswith("rest_framework."):
                return True
            case Local(inside, _, Binding(value=ast.ClassDef() as inner)):
                if _of_framework(modules, inside, inner, depth + 1):
                    return True
            case _:
                pass
    return False
