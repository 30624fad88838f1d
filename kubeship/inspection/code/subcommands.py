"""Which subcommand of a command line starts the server? `shop serve` of a click group, a Typer app or argparse."""

import ast
from collections.abc import Iterator

from kubeship.inspection.code.bindings import Binding
from kubeship.inspection.code.import_root import reachable
from kubeship.inspection.code.modules import External, Local, Modules
from kubeship.inspection.code.starts import Starts
from kubeship.inspection.files.syntax import Function, argument, calls, dotted, is_main_guard, text, walk

MAX_CALLS = 4
"""Through how many functions the start is followed back to the one that is a command."""
SERVING = ("serve", "run", "start", "server", "runserver", "run-server", "web", "api", "launch", "up")
"""Subcommands that serve, in tools that have others beside, most telling first."""
Place = tuple[str, str]
"""A file, and the name of a function at its top."""


def serving_words(modules: Modules, starts: Starts, program: str, strongest: tuple[str, int]) -> str:
    """The subcommand with which the program serves; `strongest` is the file and line that show that it does.

    Of several the one whose name says so, else that of the strongest start.
    """
    lines = [strongest]
    for file in reachable(modules, program):
        lines += [(file, start.line) for start in starts.of(file) if start.does == "web" and not start.guarded]
    places = dict.fromkeys((path, name) for path, line in lines for name in _around(modules, path, line))
    found = [words for place in places if (words := subcommand(modules, program, place))]
    return min(found, key=lambda words: SERVING.index(words) if words in SERVING else len(SERVING), default="")


def subcommand(modules: Modules, program: str, starting: Place) -> str:
    """The words that make the program run the function or class `starting`; empty where none are needed.

    It is followed back through its callers to one that is declared as a command (click's "Commands and Groups",
    Typer's "SubCommands", argparse's `add_subparsers`).
    """
    files = [path for path in reachable(modules, program) if modules.module(path)]
    pending = [starting]
    seen = {starting}
    for _ in range(MAX_CALLS):
        for path, name in pending:
            if (words := _declared(modules, files, path, name)) is not None:
                return " ".join(words)
        pending = [place for place in _callers(modules, files, set(pending)) if place not in seen]
        seen.update(pending)
    return ""


def _around(modules: Modules, path: str, line: int) -> list[str]:
    """The function at the top of the file, or the method's class, in which the line stands."""
    module = modules.module(path)
    return [
        node.name
        for node in (module.tree.body if module else ())
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]


def _callers(modules: Modules, files: list[str], called: set[Place]) -> list[Place]:
    """The functions at the top of the files that name one of those called."""
    found: list[Place] = []
    last = {name for _, name in called}
    for path in files:
        content = modules.sources.content(path)
        if not any(name.encode() in content for name in last):
            continue
        module = modules.module(path)
        found += [
            (path, node.name)
            for node in (module.tree.body if module else ())
            if isinstance(node, Function)
            and any(_place(modules, path, each) in called for each in walk(node) if isinstance(each, ast.Name))
        ]
    return found


def _place(modules: Modules, path: str, name: ast.expr) -> Place | None:
    spelled = dotted(name)
    reference = modules.reference(path, spelled) if spelled else None
    if spelled and reference is None:
        reference = modules.imported_within(path, spelled)
    match reference:
        case Local(inside, local, _):
            return inside, local
    return None


def _declared(
    modules: Modules, files: list[str], path: str, name: str, below: frozenset[Place] = frozenset()
) -> list[str] | None:
    """The words of a function that is declared as a command; None for one that isn't. `below`: how it was come to."""
    module = modules.module(path)
    bindings = module.bindings.get(name, ()) if module else ()
    function = bindings[-1].value if bindings else None
    if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        below |= {(path, name)}
        for decorator in function.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else ast.Call(decorator, [], [])
            owner, _, kind = (dotted(call.func) or "").rpartition(".")
            if kind not in ("command", "group"):
                continue
            called = text(argument(call, "name", 0)) or name.lower().replace("_", "-")
            outside = modules.reference(path, f"{owner}.{kind}") if owner else modules.reference(path, kind)
            if isinstance(outside, External):  # `@click.command()`: below the group that adds it
                return _added(modules, files, (path, name), called, "add_command", below)
            return _below(modules, files, path, owner, called, below)
    return _parsed(modules, files, (path, name))


def _below(  # noqa: PLR0917  # where, whose, and what
    modules: Modules, files: list[str], path: str, owner: str, called: str, below: frozenset[Place]
) -> list[str]:
    """A command of the group or Typer app that `owner` names in the file."""
    match modules.reference(path, owner):
        case Local(inside, local, _) if (inside, local) in below:
            return []  # a command that has taken its group's name, or groups that take in one another
        case Local(inside, local, Binding(value=ast.FunctionDef())):
            return [*(_declared(modules, files, inside, local, below) or []), called]
        case Local(inside, local, _):
            above = _added(modules, files, (inside, local), "", "add_typer", below)
            return [*above, called] if above or _has_several(modules, inside, local) else []
    return [called]


def _added(  # noqa: PLR0917  # which, its name, and how
    modules: Modules, files: list[str], place: Place, called: str, method: str, below: frozenset[Place]
) -> list[str]:
    """What the command or app is called where another one takes it in; nothing where it is the program itself."""
    for path in files:
        module = modules.module(path) if method.encode() in modules.sources.content(path) else None
        for call in calls(module.tree) if module else ():
            owner, _, attribute = (dotted(call.func) or "").rpartition(".")
            if attribute != method or not call.args or _place(modules, path, call.args[0]) != place:
                continue
            word = text(argument(call, "name", 1 if method == "add_command" else None)) or called
            if method == "add_command":
                return _below(modules, files, path, owner, word, below)
            return [word] if word else []
    return []


def _has_several(modules: Modules, path: str, name: str) -> bool:
    """Whether a Typer app has more than one command, or a callback: one alone is the program itself."""
    module = modules.module(path)
    declared = [
        kind
        for node in (module.tree.body if module else ())
        for kind in _decorations(node, name)
        if kind in ("command", "callback")
    ]
    taken = any((dotted(call.func) or "") == f"{name}.add_typer" for call in calls(module.tree)) if module else False
    return len(declared) > 1 or taken


def _decorations(node: ast.stmt, owner: str) -> Iterator[str]:
    for decorator in node.decorator_list if isinstance(node, Function) else ():
        function = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(function, ast.Attribute) and dotted(function.value) == owner:
            yield function.attr


def _parsed(modules: Modules, files: list[str], place: Place) -> list[str] | None:
    """`parser = commands.add_parser("serve")` and `parser.set_defaults(func=serve)` (argparse)."""
    for path in files:
        module = modules.module(path) if b"set_defaults" in modules.sources.content(path) else None
        for node in walk(module.tree) if module else ():
            if not isinstance(node, ast.FunctionDef | ast.Module | ast.If) or (
                isinstance(node, ast.If) and not is_main_guard(node.test)
            ):
                continue
            parsers = {
                target.id: word
                for statement in node.body
                if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)
                for target in statement.targets
                if isinstance(target, ast.Name)
                and (dotted(statement.value.func) or "").endswith(".add_parser")
                and (word := text(argument(statement.value, "name", 0)))
            }
            for call in calls(node) if parsers else ():
                owner, _, method = (dotted(call.func) or "").rpartition(".")
                given = [keyword.value for keyword in call.keywords]
                if method == "set_defaults" and owner in parsers and place in [_place(modules, path, g) for g in given]:
                    return [parsers[owner]]
    return None
