"""Which folder of the project does a path mean that begins at its own file: `Path(__file__).parent / "logs"`?"""

import ast
import posixpath
from collections.abc import Callable, Mapping

from kubeship.inspection.files.syntax import dotted, text

SAME = frozenset({"Path", "PurePath", "abspath", "absolute", "normpath", "realpath", "resolve", "str"})
"""Calls that give the path that they are given, or that they are called on."""
MAX_DEPTH = 12
Within = Callable[[ast.expr | None], str | None]


def anchored_folder(  # noqa: PLR0911  # one return a form
    value: ast.expr | None, path: str, names: Mapping[str, ast.expr], depth: int = MAX_DEPTH
) -> str | None:
    """Relative to the project; None where the path doesn't begin at `path`, the file, or a part isn't written out.

    `names` are what the file assigns at its top.
    """
    if depth == 0:
        return None

    def within(inner: ast.expr | None) -> str | None:
        return anchored_folder(inner, path, names, depth - 1)

    match value:
        case ast.Name(id="__file__"):
            return path
        case ast.Name(id=name):
            return within(names.get(name))
        case ast.Attribute(value=inner, attr="parent"):
            return _above(within(inner), 1)
        case ast.Subscript(value=ast.Attribute(value=inner, attr="parents"), slice=ast.Constant(value=int() as place)):
            return _above(within(inner), place + 1)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _joined(within(left), [text(right)])
        case ast.Call(func=function, args=arguments):
            return _of_call(function, arguments, within)
    return None


def _of_call(function: ast.expr, arguments: list[ast.expr], within: Within) -> str | None:
    name = (dotted(function) or "").rpartition(".")[2] or (function.attr if isinstance(function, ast.Attribute) else "")
    if name == "dirname" and arguments:
        return _above(within(arguments[0]), 1)
    if name == "join" and arguments:
        return _joined(within(arguments[0]), [text(each) for each in arguments[1:]])
    if name == "joinpath" and isinstance(function, ast.Attribute):
        return _joined(within(function.value), [text(each) for each in arguments])
    if name in SAME:
        return within(arguments[0] if arguments else function.value if isinstance(function, ast.Attribute) else None)
    return None


def _above(place: str | None, steps: int) -> str | None:
    for _ in range(steps):
        if place is None or place == "." or place.startswith(".."):
            return None
        place = posixpath.dirname(place) or "."
    return place


def _joined(place: str | None, parts: list[str | None]) -> str | None:
    if place is None or None in parts:
        return None
    return posixpath.normpath(posixpath.join(place, *(part for part in parts if part)))
