"""What do import statements name?"""

import ast
import warnings
from dataclasses import dataclass

from kubeship.inspection.files.syntax import import_statements


@dataclass(frozen=True)
class Imported:
    """`import target`, or with a name `from target import name`; level counts the leading dots."""

    target: str
    name: str = ""
    level: int = 0


def imported_by(statement: ast.Import | ast.ImportFrom) -> list[tuple[str, Imported]]:
    """Each name that the statement binds, with what it stands for."""
    if isinstance(statement, ast.ImportFrom):
        target = statement.module or ""
        return [(n.asname or n.name, Imported(target, n.name, statement.level)) for n in statement.names]
    return [
        (n.asname, Imported(n.name)) if n.asname else (n.name.partition(".")[0], Imported(n.name.partition(".")[0]))
        for n in statement.names
    ]


def imports_in(lines: bytes) -> list[Imported]:
    """The imports of lines as `import_lines` gives them; words of comments and strings among them don't parse."""
    stripped = [line.strip() for line in lines.split(b"\n")]
    tree = _parsed(b"\n".join(stripped))
    if tree is not None:
        return _imported_in(tree)
    found: list[Imported] = []
    statement = b""
    for line in stripped:
        statement += b"\n" + line if statement else line
        tree = _parsed(statement)
        if tree is None and b"(" in statement and b")" not in statement:
            continue
        statement = b""
        found += _imported_in(tree) if tree else []
    return found


def _imported_in(tree: ast.Module) -> list[Imported]:
    found: list[Imported] = []
    for node in import_statements(tree):
        found += [imported for _, imported in imported_by(node)]
        if isinstance(node, ast.Import):  # binds `shop`, and loads `shop.server` too
            found += [Imported(n.name) for n in node.names if "." in n.name and not n.asname]
    return found


def _parsed(statement: bytes) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(statement)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
