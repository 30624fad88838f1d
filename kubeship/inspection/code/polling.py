"""Does a bot's program poll, or serve a webhook? By the condition that it goes by, and what that is by default."""

import ast
from collections.abc import Iterator

from kubeship.inspection.code.import_root import reachable
from kubeship.inspection.code.modules import Modules
from kubeship.inspection.files.syntax import argument, assignments, calls, dotted, text, walk

POLLING = frozenset({"infinity_polling", "polling", "run_polling", "start_polling"})
"""What aiogram, pyTelegramBotAPI and python-telegram-bot call it to ask for messages instead of being sent them."""
OFF = frozenset({"", "0", "f", "false", "n", "no", "none", "off"})
READERS = ("bool", "env", "environ.get", "get", "getenv")
"""The last names of calls that read a variable, with its default behind its name."""


def polls_unless(modules: Modules, path: str) -> str:
    """The condition under which the program serves instead of polling; empty where it serves, or does only one."""
    for file in reachable(modules, path):
        tree = modules.sources.tree(file) if _mentioned(modules.sources.content(file)) else None
        for condition, on_true in _conditions(tree) if tree else ():
            default = _default(modules, path, condition)
            if default is on_true or (default is None and not on_true):
                return f"{'not ' if on_true else ''}{ast.unparse(condition)}"
    return ""


def _mentioned(content: bytes) -> bool:
    return any(name.encode() in content for name in POLLING)


def _conditions(tree: ast.AST) -> Iterator[tuple[ast.expr, bool]]:
    """Each condition of which one side polls, with the side: `if webhook: ... else: poll`, and `return` before it."""
    for node in walk(tree):
        for body in (
            each for each in (getattr(node, "body", ()), getattr(node, "orelse", ())) if isinstance(each, list)
        ):
            for at, statement in enumerate(body):
                if not isinstance(statement, ast.If):
                    continue
                returns = isinstance(statement.body[-1], ast.Return) and not statement.orelse
                first, second = _polls(statement.body), _polls(body[at + 1 :] if returns else statement.orelse)
                if first is not second and (returns or statement.orelse):
                    yield statement.test, first


def _polls(body: list[ast.stmt]) -> bool:
    return any((dotted(call.func) or "").rpartition(".")[2] in POLLING for each in body for call in calls(each))


def _default(modules: Modules, path: str, condition: ast.expr) -> bool | None:
    """What the condition is where nothing is set; None where the code doesn't show it."""
    if isinstance(condition, ast.UnaryOp) and isinstance(condition.op, ast.Not):
        inner = _default(modules, path, condition.operand)
        return None if inner is None else not inner
    name = (dotted(condition) or "").rpartition(".")[2]
    if not name:
        return _value(condition)
    values = [
        value
        for file in reachable(modules, path)
        if name.encode() in modules.sources.content(file) and (tree := modules.sources.tree(file))
        for node in walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target, value in assignments(node)
        if isinstance(target, ast.Name) and target.id == name
    ]
    known = {_value(value) for value in values}
    return known.pop() if len(known) == 1 else None


def _value(expression: ast.expr) -> bool | None:
    """The truth of a constant, or of the default of a variable that is read."""
    if isinstance(expression, ast.Constant):
        return str(expression.value).lower() not in OFF
    if not isinstance(expression, ast.Call) or (dotted(expression.func) or "").rpartition(".")[2] not in READERS:
        return None
    if len(expression.args) == 1 and isinstance(expression.args[0], ast.Call):
        return _value(expression.args[0])
    default = argument(expression, "default", 1)
    return False if default is None and text(argument(expression, "key", 0)) else _value(default) if default else None
