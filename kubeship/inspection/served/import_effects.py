"""What does importing a module do that keeps its app from being served? It serves itself, ends, or is a tool's."""

import ast

from kubeship.inspection.code.bindings import Module
from kubeship.inspection.files.imported import Imported
from kubeship.inspection.files.syntax import argument, dotted, statements, text, walk
from kubeship.model.origin import Origin

ALEMBIC_CONTEXT = Imported("alembic", "context")


def why_not_imported(module: Module, names: set[str]) -> Origin | None:
    """The place that says why no server may import the module; None where it may. `names` are those of its apps.

    One that calls `app.run()` never comes back; one that writes a file of the app is a tool.
    """
    if line := _alembics(module):
        return Origin(module.path, line, "Alembic loads it: without a migration that runs, importing it fails")
    for statement, guarded in statements(module.tree.body):
        call = statement.value if isinstance(statement, ast.Expr) else None
        if not guarded and isinstance(statement, ast.Assign | ast.Expr) and _reads_command_line(statement.value):
            return Origin(module.path, statement.lineno, "importing it reads the command line: it is run, not imported")
        if not guarded and isinstance(statement, ast.With) and _writes(statement, names):
            return Origin(module.path, statement.lineno, "importing it writes a file from the app: it is run by hand")
        if guarded or not isinstance(call, ast.Call):
            continue
        owner, _, method = (dotted(call.func) or "").rpartition(".")
        if method == "run" and owner in names:
            reason = f'importing it runs {owner}.run(); put that under `if __name__ == "__main__":`'
            return Origin(module.path, statement.lineno, reason)
    return None


def works_in_app_context(module: Module) -> bool:
    """`with app.app_context():` at the top: it is run by hand, not served."""
    contexts = [
        dotted(item.context_expr.func) or ""
        for statement, guarded in statements(module.tree.body)
        if isinstance(statement, ast.With) and not guarded
        for item in statement.items
        if isinstance(item.context_expr, ast.Call)
    ]
    return any(name.endswith((".app_context", ".test_request_context")) for name in contexts)


def _alembics(module: Module) -> int | None:
    """The line of `from alembic import context`: an env.py, which has that context only while Alembic runs it."""
    every = (binding for bindings in module.bindings.values() for binding in bindings)
    return next((each.line for each in every if each.value == ALEMBIC_CONTEXT), None)


def _reads_command_line(value: ast.expr) -> bool:
    """`args = parser.parse_args()`: a server that imports it would be asked for the program's options (argparse)."""
    return isinstance(value, ast.Call) and not value.args and getattr(value.func, "attr", "") == "parse_args"


def _writes(statement: ast.With, names: set[str]) -> bool:
    """`with open("openapi.json", "w") as file: json.dump(app.openapi(), file)`."""
    opened = [item.context_expr for item in statement.items if isinstance(item.context_expr, ast.Call)]
    modes = [text(argument(call, "mode", 1)) for call in opened if dotted(call.func) == "open"]
    used = {node.id for node in walk(statement) if isinstance(node, ast.Name)}
    return any(mode and set("wax") & set(mode) for mode in modes) and not used.isdisjoint(names)
