"""Which folders does the app write to that must outlive a pod: uploads, and what the image declares as volumes?"""

import ast
import re

from kubeship.inspection.code.django_settings import Settings, settings_of
from kubeship.inspection.code.modules import Modules
from kubeship.inspection.files.syntax import assignments, dotted, statements, text, walk
from kubeship.model.origin import Found, Origin

UPLOADS = re.compile(r"(.*_)?(UPLOADS?|UPLOADED\w*)_?(FOLDER|DIR|DIRECTORY|PATH|DEST|ROOT)")
"""Flask's documentation of uploads (UPLOAD_FOLDER), Flask-Uploads (UPLOADED_FILES_DEST), and names like them."""
UPLOAD_WORDS = (b"UPLOAD",)


def find_volumes(modules: Modules, settings: Settings | None) -> tuple[Found[str], ...]:
    """The folders, each with the setting that names it; relative ones as far as they are literal."""
    found: dict[str, list[Origin]] = {}
    for setting in settings_of(modules, settings, "MEDIA_ROOT")[:1] if settings else ():
        if folder := literal_folder(setting.value):
            found.setdefault(folder, []).append(Origin(setting.origin.path, setting.origin.line, "MEDIA_ROOT"))
    for path in modules.sources.code:
        if any(word in modules.sources.content(path) for word in UPLOAD_WORDS):
            for folder, origin in _uploads(modules, path):
                found.setdefault(folder, []).append(origin)
    return tuple(Found(folder, tuple(dict.fromkeys(origins))) for folder, origins in sorted(found.items()))


def _uploads(modules: Modules, path: str) -> list[tuple[str, Origin]]:
    tree = modules.sources.tree(path)
    found: list[tuple[str, Origin]] = []
    scopes = [tree.body] if tree else []
    scopes += [node.body for node in walk(tree or ast.Module([], [])) if isinstance(node, ast.ClassDef)]
    scopes += [node.body for node in walk(tree or ast.Module([], [])) if isinstance(node, ast.FunctionDef)]
    for body in scopes:
        for statement, _ in statements(body):
            for target, value in assignments(statement):
                name = target.id if isinstance(target, ast.Name) else None
                if isinstance(target, ast.Subscript):
                    name = text(target.slice)
                if (
                    name
                    and UPLOADS.fullmatch(name.upper())
                    and name == name.upper()
                    and (folder := literal_folder(value))
                ):
                    found.append((folder, Origin(path, statement.lineno, name)))
    return found


def literal_folder(value: ast.expr) -> str:
    """`media` of `BASE_DIR / "media"` or `os.path.join(BASE_DIR, "media")`; empty where a part isn't written out."""
    parts = _parts(value)
    if not parts or None in parts[1:] or not all(re.fullmatch(r"[\w./ -]+", part) for part in parts if part):
        return ""
    known = [part for part in parts if part is not None]
    return "/".join(part.strip("/") if index else part.rstrip("/") for index, part in enumerate(known))


def _parts(value: ast.expr | None) -> list[str | None]:  # noqa: PLR0911  # one return a form
    """The parts of a path, None for one that isn't written out."""
    match value:
        case ast.Constant(value=str() as stated):
            return [stated]
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return [*_parts(left), *_parts(right)]
        case ast.BoolOp(op=ast.Or(), values=values):
            return _parts(values[-1])
        case ast.Call(func=function):
            name = dotted(function) or (function.attr if isinstance(function, ast.Attribute) else "")
            default = next((k.value for k in value.keywords if k.arg in ("default", "fallback")), None)
            if default is not None:
                return _parts(default)
            if name.rpartition(".")[2] in ("get", "getenv", "env", "config", "str", "path") and len(value.args) > 1:
                return _parts(value.args[1])
            if name.rpartition(".")[2] in PATHS and value.args:
                owner = (
                    _parts(function.value) if name.endswith("joinpath") and isinstance(function, ast.Attribute) else []
                )
                return [*owner, *(part for argument in value.args for part in _parts(argument))]
            return [None]
        case _:
            return [None]


PATHS = frozenset({"Path", "PurePath", "abspath", "expanduser", "join", "joinpath", "normpath", "realpath", "str"})
"""What makes a path of its arguments."""
