"""Where does a file read the environment: os.environ and getenv, decouple, environ, environs, starlette's Config?"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kubeship.inspection.code.bindings import Binding
from kubeship.inspection.code.modules import External, Local, Modules
from kubeship.inspection.environment.environment_readers import GETTERS, Reader, external, literal
from kubeship.inspection.environment.refusals import refused
from kubeship.inspection.files.syntax import argument, children, dotted, is_main_guard, text, walk
from kubeship.model.origin import Origin

LIBRARIES = frozenset({"click", "decouple", "dj_database_url", "environ", "environs", "os", "starlette", "typer"})
"""Modules that a file which reads the environment imports, unless it takes an object from another file."""
WORDS = (b"environ", b"getenv", b"decouple", b"dj_database_url", b"starlette.config", b"envvar")

REQUIRED = frozenset({"decouple.config"})
"""Callables that fail without a value, unless they are given a default."""
ENV_CLASSES = {
    "decouple.AutoConfig": 1, "decouple.Config": 1, "environ.Env": 1, "environ.FileAwareEnv": 1, "environs.Env": 1,
    "environs.FileAwareEnv": 1, "starlette.config.Config": 2,
}  # fmt: skip
"""Classes whose objects read a variable when they are called, or by a method of a type; with the default's place."""
ENV_METHODS = frozenset(
    ("bool", "bytes", "cache", "cache_url", "channels_url", "date", "datetime", "db", "db_url", "decimal", "dict",
     "dj_cache_url", "dj_db_url", "dj_email_url", "email", "email_url", "enum", "float", "get", "get_value", "int",
     "json", "list", "log_level", "path", "search_url", "str", "time", "timedelta", "tuple", "unicode", "url", "uuid")
)  # fmt: skip
URL_DEFAULTS = {
    "cache": "CACHE_URL", "cache_url": "CACHE_URL", "channels_url": "CHANNELS_URL", "db": "DATABASE_URL",
    "db_url": "DATABASE_URL", "email": "EMAIL_URL", "email_url": "EMAIL_URL", "search_url": "SEARCH_URL",
}  # fmt: skip
"""django-environ's methods that know their variable (its API reference)."""
CONSTANT = re.compile(r"(\w+\.)*_*[A-Z][A-Z0-9_]*")
OPTIONS = frozenset({"click.argument", "click.option", "typer.Argument", "typer.Option"})
"""Command line options that take a variable's value (`envvar=`)."""


@dataclass(frozen=True)
class Reading:
    """One place that reads a variable."""

    name: str
    required: bool
    """Without a value the reading fails."""
    default: str | None
    origin: Origin
    secret: bool = False
    """Said to be one, whatever its name."""


def readings(modules: Modules, path: str, readers: dict[tuple[str, str], Reader]) -> Iterator[Reading]:
    """Every reading in the file that a server reaches; `readers` are the project's own functions that read."""
    tree = modules.sources.tree(path)
    if tree is None:
        return
    nodes = list(_deployed_nodes(tree))
    demanded = refused(modules, path, tree)
    tested = {name for node in nodes for name in _tested(modules, path, node)}
    prefixes = [found for node in nodes if isinstance(node, ast.With) for found in _prefixed(modules, path, node)]
    for node in nodes:
        for found in _reading(modules, path, node, readers):
            name = found.name
            if isinstance(node, ast.Call) and dotted(node.func):
                inside = [p for first, last, owner, p in prefixes if first < node.lineno <= last and _of(node, owner)]
                name = "".join(inside) + name
            if re.fullmatch(r"[A-Za-z_]\w*", name):
                yield replace(
                    found, name=name, required=(found.required or found.name in demanded) and found.name not in tested
                )


def _of(call: ast.Call, owner: str) -> bool:
    name = dotted(call.func) or ""
    return name == owner or name.startswith(f"{owner}.")


def _deployed_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those under `if __name__ == "__main__":`, in the order of the file."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and is_main_guard(node.test):
            pending.extend(reversed(node.orelse))
            continue
        yield node
        pending.extend(reversed(children(node)))


def _tested(modules: Modules, path: str, node: ast.AST) -> Iterator[str]:
    """Names whose absence the code handles: `"X" in os.environ`, KeyError caught around the reading.

    What stands under `if os.getenv("Y"):` nobody needs who doesn't set Y.
    """
    if isinstance(node, ast.If) and _asks_presence(modules, path, node.test):
        for statement in node.body:
            for inner in walk(statement):
                yield from (found.name for found in _reading(modules, path, inner, {}) if found.required)
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        name = text(node.left)
        if name and external(modules, path, node.comparators[0]) == "os.environ":
            yield name
    if isinstance(node, ast.Try) and any("KeyError" in ast.dump(h.type) for h in node.handlers if h.type):
        for statement in node.body:
            for inner in walk(statement):
                yield from (found.name for found in _reading(modules, path, inner, {}) if found.required)


def _asks_presence(modules: Modules, path: str, test: ast.expr) -> bool:
    """`os.getenv("X")`, `"X" in os.environ`, or several of these: true only for who sets one."""
    if isinstance(test, ast.BoolOp):
        return all(_asks_presence(modules, path, value) for value in test.values)
    if isinstance(test, ast.Compare):
        return isinstance(test.ops[0], ast.In) and external(modules, path, test.comparators[0]) == "os.environ"
    if not isinstance(test, ast.Call) or external(modules, path, test.func) not in GETTERS:
        return False
    return not literal(argument(test, "default", 1))


def _prefixed(modules: Modules, path: str, block: ast.With) -> Iterator[tuple[int, int, str, str]]:
    """(first line, last line, env object, prefix) of `with env.prefixed("MYAPP_"):` (environs)."""
    for item in block.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "prefixed":
            prefix, owner = text(argument(call, "prefix", 0)), dotted(call.func.value)
            if prefix and owner and _default_place(modules, path, call.func.value):
                yield block.lineno, block.end_lineno or block.lineno, owner, prefix


def _reading(modules: Modules, path: str, node: ast.AST, readers: dict[tuple[str, str], Reader]) -> tuple[Reading, ...]:
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        name = _named(modules, path, node.slice)
        if name and _reads_environment(modules, path, node.value):
            return (Reading(name, True, None, Origin(path, node.lineno)),)
    if isinstance(node, ast.Call):
        return _called(modules, path, node, readers)
    return ()


def _named(modules: Modules, path: str, expression: ast.expr | None) -> str | None:
    """A variable's name, as it stands or as a constant of the project holds it: `os.environ[DB_URI]`."""
    name = dotted(expression) if isinstance(expression, ast.Name | ast.Attribute) else None
    if name is None or not CONSTANT.fullmatch(name):
        return text(expression)
    match modules.reference(path, name):
        case Local(_, _, Binding(value=ast.expr() as value)):
            return text(value)
        case _:
            return None


def _called(modules: Modules, path: str, call: ast.Call, readers: dict[tuple[str, str], Reader]) -> tuple[Reading, ...]:
    outside = external(modules, path, call.func)
    origin = Origin(path, call.lineno)
    if outside in GETTERS:
        name, default = _named(modules, path, argument(call, "key", 0)), argument(call, "default", 1)
        return (Reading(name, False, literal(default), origin),) if name else ()
    if outside == "dj_database_url.config":
        name = text(argument(call, "env", 0)) or "DATABASE_URL"
        return (Reading(name, False, literal(argument(call, "default", 1)), origin),)
    if outside in OPTIONS:
        return tuple(_option(call, origin))
    if readers and (reader := _reader_called(modules, path, call, readers)):
        name, given = _named(modules, path, argument(call, reader.name, reader.position)), None
        if reader.default:
            given = argument(call, reader.default, reader.default_position)
        return (Reading(name, reader.required and given is None, literal(given), origin),) if name else ()
    return _of_env_object(modules, path, call, outside)


def _of_env_object(modules: Modules, path: str, call: ast.Call, outside: str | None) -> tuple[Reading, ...]:
    """`config("X")` of decouple, `env("X")` and `env.int("X")` of environ and environs."""
    place, method = 1, ""
    if outside not in REQUIRED:
        owner = call.func.value if isinstance(call.func, ast.Attribute) else call.func
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        place = _default_place(modules, path, owner)
        if not place or (method and method not in ENV_METHODS):
            return ()
    name = next((text(a) for key in ("var", "option", "name", "key") if (a := argument(call, key, 0))), None)
    name = name or (URL_DEFAULTS.get(method) if not call.args else None)
    stated = argument(call, "default", None if method in ("db", "db_url") else place)
    if name is None:
        return ()
    schemed = _scheme_default(modules, path, call.func, name)
    return (Reading(name, stated is None and schemed is None, literal(stated or schemed), Origin(path, call.lineno)),)


def _option(call: ast.Call, origin: Origin) -> Iterator[Reading]:
    """The variables of a click or typer option; the command line may give the value too, so none is required."""
    stated = argument(call, "envvar")
    names = stated.elts if isinstance(stated, ast.List | ast.Tuple) else [stated]
    for name in filter(None, map(text, names)):
        yield Reading(name, False, literal(argument(call, "default")), origin)


def _reader_called(
    modules: Modules, path: str, call: ast.Call, readers: dict[tuple[str, str], Reader]
) -> Reader | None:
    name = dotted(call.func)
    match modules.reference(path, name) if name else None:
        case Local(inside, local, _):
            return readers.get((inside, local))
        case _:
            return None


def _reads_environment(modules: Modules, path: str, owner: ast.expr) -> bool:
    return external(modules, path, owner) == "os.environ" or bool(_default_place(modules, path, owner))


def _env_object(modules: Modules, path: str, expression: ast.expr) -> ast.Call | None:
    """The call that made the object, when it is one of ENV_CLASSES."""
    name = dotted(expression)
    match modules.reference(path, name) if name else None:
        case Local(inside, _, Binding(value=ast.Call() as made)):
            return made if external(modules, inside, made.func) in ENV_CLASSES else None
        case _:
            return None


def _default_place(modules: Modules, path: str, expression: ast.expr) -> int:
    """Where a call of the env object takes its default; 0 when the expression is no such object."""
    name = dotted(expression)
    match modules.reference(path, name) if name else None:
        case External("environs.env"):  # environs' ready-made object
            return 1
        case Local(inside, _, Binding(value=ast.Call() as made)):
            return ENV_CLASSES.get(external(modules, inside, made.func) or "", 0)
        case _:
            return 0


def _scheme_default(modules: Modules, path: str, function: ast.expr, name: str) -> ast.expr | None:
    """`environ.Env(DEBUG=(bool, False))` gives a variable its default where the object is made."""
    owner = function.value if isinstance(function, ast.Attribute) else function
    made = _env_object(modules, path, owner)
    scheme = argument(made, name) if made else None
    return scheme.elts[1] if isinstance(scheme, ast.Tuple) and len(scheme.elts) == 2 else None
