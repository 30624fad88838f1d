"""Which framework's constructor is a callable? Followed through aliases and subclasses, each name once."""

import ast

from kubeship.inspection.code.bindings import Binding
from kubeship.inspection.code.frameworks import constructor_of
from kubeship.inspection.code.modules import External, Local, Modules
from kubeship.inspection.files.syntax import dotted

MAX_DEPTH = 10


class Constructors:
    """The constructors behind the names of a project's modules."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self._found: dict[tuple[str, str], str | None] = {}

    def of(self, path: str, expression: ast.expr, depth: int = 0) -> str | None:
        """`flask.Flask` for `Flask`, and for the project's own `class Shop(Flask)`, in the module at `path`."""
        name = dotted(expression.value if isinstance(expression, ast.Subscript) else expression)  # `FastMCP[State]`
        if name is None:
            return None
        if (path, name) not in self._found:
            self._found[path, name] = None  # a class that derives from itself is none
            self._found[path, name] = self._followed(path, name, depth)
        return self._found[path, name]

    def _followed(self, path: str, name: str, depth: int) -> str | None:
        match self.modules.reference(path, name):
            case External(outside):
                return constructor_of(outside)
            case Local(inside, _, Binding(value=ast.ClassDef(bases=bases))) if depth < MAX_DEPTH:
                found = (self.of(inside, base, depth + 1) for base in bases)
                return next((name for name in found if name), None)
            case Local(inside, _, Binding(value=ast.Name() | ast.Attribute() as alias)) if depth < MAX_DEPTH:
                return self.of(inside, alias, depth + 1)
        return None
