"""Which variables does a project with Dynaconf need: what it validates, and what it reads that no file sets?"""

import ast
import re
from collections.abc import Iterator

from kubeship.inspection.code.modules import Local, Modules
from kubeship.inspection.environment.environment_readers import external, literal
from kubeship.inspection.environment.environment_reads import Reading
from kubeship.inspection.files.syntax import argument, calls, dotted, text, walk
from kubeship.model.origin import Origin

LIBRARIES = frozenset({"dynaconf", "flask_dynaconf"})
PREFIXES = {"dynaconf.Dynaconf": "DYNACONF", "dynaconf.LazySettings": "DYNACONF", "dynaconf.FlaskDynaconf": "FLASK"}
"""The prefix of variables unless `envvar_prefix` names another (dynaconf's documentation of envvar_prefix)."""
OWN = frozenset(
    ("as_bool", "as_dict", "as_float", "as_int", "as_json", "clean", "configure", "current_env", "env", "exists",
     "find_file", "from_env", "get", "get_fresh", "load_file", "loaders", "logger", "populate_obj", "reload",
     "root_path", "set", "setenv", "store", "to_dict", "unset", "update", "using_env", "validators")
)  # fmt: skip
"""What a settings object has of its own."""
FILES = re.compile(r"(.*/)?(\.secrets|settings|[\w.-]*settings[\w.-]*|config)(\.\w+)?\.(toml|ya?ml|json|ini|py)")


def dynaconf_readings(modules: Modules) -> Iterator[Reading]:
    """A reading for each validator, and for each value that is read from a settings object and set in no file."""
    objects: dict[tuple[str, str], str] = {}
    for path in modules.sources.importing(LIBRARIES):
        yield from _validators(modules, path)
        module = modules.module(path)
        for name, bindings in module.bindings.items() if module else ():
            value = bindings[-1].value
            if isinstance(value, ast.Call) and (prefix := _prefix(modules, path, value)) is not None:
                objects[path, name] = prefix
    if not objects:
        return
    words = re.compile(rb"\b(" + "|".join(sorted({re.escape(name) for _, name in objects})).encode() + rb")\b")
    known = {word.upper() for path in modules.sources.files if FILES.fullmatch(path) for word in _words(modules, path)}
    for path in modules.sources.mentioning(words):
        yield from (reading for key, reading in _read(modules, path, objects) if key.upper() not in known)


def _prefix(modules: Modules, path: str, call: ast.Call) -> str | None:
    """`SHOP_` of `Dynaconf(envvar_prefix="SHOP")`; None for another call."""
    usual = PREFIXES.get(external(modules, path, call.func) or "")
    if usual is None:
        return None
    stated = argument(call, "envvar_prefix")
    unprefixed = isinstance(stated, ast.Constant) and stated.value is False
    return "" if unprefixed else (text(stated) or usual) + "_"


def _words(modules: Modules, path: str) -> list[str]:
    return re.findall(r"(?m)^\s*[\"']?(\w+)[\"']?\s*[=:]", modules.sources.text(path))


def _read(modules: Modules, path: str, objects: dict[tuple[str, str], str]) -> Iterator[tuple[str, Reading]]:
    """(first key, reading) of `settings.DB.HOST`, `settings["DB"]` and `settings.get("DB", 3)`."""
    tree = modules.sources.tree(path)
    called = {id(call.func) for call in calls(tree)} if tree else set[int]()
    inner = {id(node.value) for node in walk(tree) if isinstance(node, ast.Attribute)} if tree else set[int]()
    for node in walk(tree) if tree else ():
        owner, keys, default = None, [""], None
        match node:
            case ast.Attribute(ctx=ast.Load()) if id(node) not in called | inner and (name := dotted(node)):
                owner, *keys = name.split(".")
            case ast.Subscript(value=value, slice=ast.Constant(value=str() as key), ctx=ast.Load()):
                owner, keys = dotted(value), [key]
            case ast.Call(func=ast.Attribute(value=value, attr="get"), args=[ast.Constant(value=str() as key), *rest]):
                owner, keys, default = dotted(value), [key], rest[0] if rest else ast.Constant("")
            case _:
                continue
        match modules.reference(path, owner) if owner else None:
            case Local(inside, local, _) if (inside, local) in objects and keys[0] not in OWN:
                variable = objects[inside, local] + "__".join(keys).upper()
                yield keys[0], Reading(variable, default is None, literal(default), Origin(path, node.lineno))
            case _:
                pass


def _validators(modules: Modules, path: str) -> Iterator[Reading]:
    """`Validator("PORT", must_exist=True, default=5000)` given to Dynaconf."""
    tree = modules.sources.tree(path)
    for call in calls(tree) if tree else ():
        prefix = _prefix(modules, path, call)
        for validator in calls(argument(call, "validators") or ast.Constant(None)):
            if prefix is not None and external(modules, path, validator.func) == "dynaconf.Validator":
                yield from _validated(path, validator, prefix)


def _validated(path: str, validator: ast.Call, prefix: str) -> Iterator[Reading]:
    must, default = argument(validator, "must_exist"), argument(validator, "default")
    required = isinstance(must, ast.Constant) and must.value is True and default is None
    for name in filter(None, map(text, validator.args)):
        variable = prefix + name.upper().replace(".", "__")
        yield Reading(variable, required, literal(default), Origin(path, validator.lineno))
