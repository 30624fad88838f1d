"""What does a file start: a server with an app, a bot, a scheduler, a consumer? Its calls, and what they name."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kubeship.inspection.code.app_objects import App
from kubeship.inspection.code.bindings import Module
from kubeship.inspection.code.frameworks import FRAMEWORKS
from kubeship.inspection.code.modules import External, Modules, Reference
from kubeship.inspection.code.objects import Apps
from kubeship.inspection.code.spawned import may_spawn, spawned_words
from kubeship.inspection.code.starters import MAY_START, RUN_METHODS, Does, starter_of
from kubeship.inspection.code.wrappers import APP_ARGUMENTS
from kubeship.inspection.commands.command_lines import read_command
from kubeship.inspection.files.syntax import argument, children, dotted, is_main_guard, local_names, text, walk

THREADS = (External("threading.Thread"), External("multiprocessing.Process"))
Scope = dict[str, tuple[ast.expr, ...]]


@dataclass(frozen=True)
class Start:
    """One call that keeps a program running."""

    does: Does
    framework: str
    line: int
    called: str
    """`uvicorn.run`."""
    app: App | None = None
    """What it serves, when that is an app that the code shows."""
    target: str = ""
    """What it serves by name: `shop.main:app`."""
    guarded: bool = False
    """Only under `if __name__ == "__main__":`."""


@dataclass(frozen=True)
class _Call:
    node: ast.Call
    scope: Scope
    guarded: bool


class Starts:
    """The starts of the project's files, each file read once."""

    def __init__(self, modules: Modules, apps: Apps) -> None:
        self.modules = modules
        self.apps = apps
        self._found: dict[str, tuple[Start, ...]] = {}

    def of(self, path: str) -> tuple[Start, ...]:
        """Everything that the file starts, in whichever function."""
        if path not in self._found:
            module = self.modules.module(path) if _may_start(self.modules.sources.content(path)) else None
            self._found[path] = tuple(self._starts(module)) if module else ()
        return self._found[path]

    def _starts(self, module: Module) -> Iterator[Start]:
        for outer in _calls(module.tree.body, _only_guarded(module), guarded=False):
            call = replace(outer, node=self._in_thread(module, outer.node))
            if found := self._external(module, call) or self._method(module, call):
                yield found
        for node in walk(module.tree):
            for base in node.bases if isinstance(node, ast.ClassDef) else ():
                match self._reference(module, base):
                    case External(outside) if row := starter_of(outside):
                        yield Start(row.does, row.framework, base.lineno, outside)

    def _in_thread(self, module: Module, call: ast.Call) -> ast.Call:
        """`Thread(target=serve, args=(app,))` calls `serve(app)`."""
        target, given = argument(call, "target"), argument(call, "args")
        if target is None or self._reference(module, call.func) not in THREADS:
            return call
        arguments = list(given.elts) if isinstance(given, ast.Tuple | ast.List) else []
        return ast.copy_location(ast.Call(target, arguments, []), call)

    def _reference(self, module: Module, expression: ast.expr) -> Reference | None:
        name = dotted(expression)
        return self.modules.reference(module.path, name) if name else None

    def _external(self, module: Module, call: _Call) -> Start | None:
        match self._reference(module, call.node.func):
            case External(outside):
                pass
            case _:
                return None
        line = call.node.lineno
        words = spawned_words(self.modules, module.path, call.node, outside, call.scope)
        if words and (command := read_command(words, ".", ())) and ":" in command.target:
            return Start("web", "none", line, words[0], target=command.target, guarded=call.guarded)
        for known in FRAMEWORKS:
            if known.started_by and re.fullmatch(known.started_by, outside):
                return Start("web", known.name, line, outside, guarded=call.guarded)
        row = starter_of(outside)
        if row is None:
            return None
        given = [argument(call.node, keyword) for keyword in APP_ARGUMENTS]
        if row.app is not None:
            given.insert(0, argument(call.node, "app", row.app))
        values = [value for value in given if value is not None]
        apps = (self.apps.of_expression(module.path, value, call.scope) for value in values)
        app = next((each for each in apps if each), None)
        target = next((stated for value in values if (stated := text(value))), "")
        factory = argument(call.node, "factory")  # `uvicorn.run("shop.main:create_app", factory=True)`
        if isinstance(factory, ast.Constant) and factory.value is True and ":" in target:
            target = f"{target.removesuffix('()')}()"
        framework = app.framework if app and row.framework == "none" else row.framework
        return Start(row.does, framework, line, outside, app, target, call.guarded)

    def _method(self, module: Module, call: _Call) -> Start | None:
        """`app.run()`, `demo.queue().launch()`, `layout.servable()`."""
        function = call.node.func
        if not isinstance(function, ast.Attribute):
            return None
        if function.attr == "servable":
            return Start("web", "panel", call.node.lineno, "servable", guarded=call.guarded)
        owner: ast.expr = function.value
        while function.attr in RUN_METHODS:
            app = self.apps.of_expression(module.path, owner, call.scope)
            if app:
                return Start("web", app.framework, call.node.lineno, f"{function.attr}()", app, guarded=call.guarded)
            if not (isinstance(owner, ast.Call) and isinstance(owner.func, ast.Attribute)):
                break
            owner = owner.func.value
        return None


def _only_guarded(module: Module) -> Scope:
    """The names that exist only under `if __name__ == "__main__":`, as what runs there sees them."""
    return {
        name: tuple(binding.value for binding in bindings if isinstance(binding.value, ast.expr))
        for name, bindings in module.bindings.items()
        if all(binding.guarded and isinstance(binding.value, ast.expr) for binding in bindings)
    }


def may_be_script(content: bytes) -> bool:
    """Whether the file imports a framework whose own command runs scripts."""
    return bool(_STARTED_BY.search(content))


def _may_start(content: bytes) -> bool:
    return bool(MAY_START.search(content) or _RUNS.search(content) or may_be_script(content) or may_spawn(content))


_RUNS = re.compile(rb"\.(" + b"|".join(sorted(name.encode() for name in RUN_METHODS | {"servable"})) + rb")\(")
_STARTED_BY = re.compile(
    rb"^\s*(?:import|from)\s+("
    + b"|".join(framework.module.encode() for framework in FRAMEWORKS if framework.started_by)
    + rb")\b",
    re.MULTILINE,
)


def _calls(body: list[ast.stmt], scope: Scope, *, guarded: bool) -> Iterator[_Call]:
    """Every call with the local names that it sees; decorators count as calls of what they name."""
    for statement in body:
        inside = guarded
        if isinstance(statement, ast.If) and is_main_guard(statement.test):
            inside = True
        pending: list[ast.AST] = [statement]
        while pending:
            node = pending.pop()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from _calls(node.body, scope | local_names(node), guarded=inside)
                pending.extend(node.decorator_list)
                for decorator in node.decorator_list:
                    if not isinstance(decorator, ast.Call):
                        yield _Call(ast.copy_location(ast.Call(decorator, [], []), decorator), scope, inside)
                continue
            if isinstance(node, ast.ClassDef):
                for decorator in node.decorator_list:
                    if not isinstance(decorator, ast.Call):
                        yield _Call(ast.copy_location(ast.Call(decorator, [], []), decorator), scope, inside)
            if isinstance(node, ast.Call):
                yield _Call(node, scope, inside)
            pending.extend(children(node))
