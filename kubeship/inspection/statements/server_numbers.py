"""With which numbers does gunicorn's own file start it: workers, threads, timeout? What kubeship.yaml takes over."""

import ast
import posixpath

from kubeship.inspection.files.sources import Sources
from kubeship.inspection.files.syntax import assignments, dotted, statements, text
from kubeship.inspection.statements.statement import Statement
from kubeship.model.origin import Found, Origin

NUMBERS = frozenset(("workers", "threads", "timeout", "worker_class"))
"""docs.gunicorn.org/en/stable/settings.html; everything else in the file works as it is."""
DEFAULT_FILE = "gunicorn.conf.py"
"""Read from the folder that gunicorn starts in (docs.gunicorn.org/en/stable/configure.html)."""
ENVIRONMENT = frozenset(("os.environ.get", "os.getenv", "environ.get", "getenv"))


def server_numbers(
    sources: Sources, server: str | None, statement: Statement | None, folder: str
) -> tuple[Found[tuple[str, str]], ...]:
    """Names and values with their lines; an empty value where only running the file would tell."""
    if server != "gunicorn":
        return ()
    stated = (statement.started.config if statement else "").removeprefix("file:") or DEFAULT_FILE
    places = (posixpath.normpath(posixpath.join(folder, stated)), stated)
    path = next((place for place in places if place in sources), None)
    tree = sources.tree(path) if path and path.endswith(".py") else None
    if path is None or tree is None:
        return ()
    found: dict[str, Found[tuple[str, str]]] = {}
    for node, _ in statements(tree.body):
        for target, value in assignments(node):
            if isinstance(target, ast.Name) and target.id in NUMBERS:
                origin = Origin(path, node.lineno, f"gunicorn's {target.id}")
                found[target.id] = Found((target.id, _value(value)), (origin,))
    return tuple(found.values())


def _value(value: ast.expr) -> str:
    """A literal, or what stands where the environment says nothing: `int(os.getenv("WORKERS", "3"))`."""
    if isinstance(value, ast.Constant) and type(value.value) is int:
        return str(value.value)
    if isinstance(value, ast.Call) and dotted(value.func) in {"int", "str"} and len(value.args) == 1:
        return _value(value.args[0])
    if isinstance(value, ast.Call) and dotted(value.func) in ENVIRONMENT and len(value.args) == 2:
        return _value(value.args[1])
    return text(value) or ""
