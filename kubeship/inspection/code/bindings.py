"""What does a file bind when it is imported? The names of its top level, and what its imports name."""

import ast
from dataclasses import dataclass, field
from functools import cached_property

from kubeship.inspection.files.imported import Imported, imported_by
from kubeship.inspection.files.syntax import Function, assignments, import_statements, local_names, statements


@dataclass(frozen=True)
class Binding:
    """One place that gives a name its value at module level."""

    line: int
    value: ast.expr | Function | ast.ClassDef | Imported
    guarded: bool = False
    """Only under `if __name__ == "__main__":`."""
    annotation: ast.expr | None = None


@dataclass(frozen=True)
class Module:
    """What one file binds when it is imported."""

    path: str
    tree: ast.Module
    bindings: dict[str, tuple[Binding, ...]] = field(default_factory=dict)
    stars: tuple[Imported, ...] = ()
    """`from x import *`."""

    @cached_property
    def set_by_functions(self) -> dict[str, dict[str, tuple[ast.expr, ...]]]:
        """What functions assign to the module's names with `global`: by name, by function."""
        found: dict[str, dict[str, tuple[ast.expr, ...]]] = {}
        for function in self.tree.body:
            if isinstance(function, ast.FunctionDef):
                shared = [name for s, _ in statements(function.body) if isinstance(s, ast.Global) for name in s.names]
                values = local_names(function) if shared else {}
                for name in shared:
                    found.setdefault(name, {})[function.name] = values.get(name, ())
        return found

    @cached_property
    def imports(self) -> tuple[tuple[Imported, int], ...]:
        """Every import anywhere in the file, with its line."""
        return tuple((imported, line) for _, imported, line in self._all_imports)

    @cached_property
    def imported_names(self) -> dict[str, Imported]:
        """The names that any import in the file binds: functions import for themselves to avoid cycles."""
        return {name: imported for name, imported, _ in self._all_imports if imported.name != "*"}

    @cached_property
    def _all_imports(self) -> tuple[tuple[str, Imported, int], ...]:
        found = import_statements(self.tree)
        return tuple((name, imported, node.lineno) for node in found for name, imported in imported_by(node))


def bound(path: str, tree: ast.Module) -> Module:
    """What the file's statements bind, in their order."""
    bindings: dict[str, list[Binding]] = {}
    stars: list[Imported] = []
    for statement, guarded in statements(tree.body):
        match statement:
            case ast.Import() | ast.ImportFrom():
                for name, imported in imported_by(statement):
                    if imported.name == "*":
                        stars.append(Imported(imported.target, "", imported.level))
                    else:
                        bindings.setdefault(name, []).append(Binding(statement.lineno, imported, guarded))
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                bindings.setdefault(statement.name, []).append(Binding(statement.lineno, statement, guarded))
            case _:
                for target, value in assignments(statement):
                    if isinstance(target, ast.Name):
                        stated = statement.annotation if isinstance(statement, ast.AnnAssign) else None
                        bindings.setdefault(target.id, []).append(Binding(statement.lineno, value, guarded, stated))
    return Module(path, tree, {name: tuple(found) for name, found in bindings.items()}, tuple(stars))
