"""Which variables do environ-config's classes and Everett's managers read?"""

import ast
from collections.abc import Iterator

from kubeship.inspection.code.bindings import Binding
from kubeship.inspection.code.modules import Local, Modules
from kubeship.inspection.environment.environment_readers import external, literal
from kubeship.inspection.environment.environment_reads import Reading
from kubeship.inspection.files.syntax import argument, assignments, calls, dotted, text
from kubeship.model.origin import Origin

LIBRARIES = frozenset({"environ", "everett"})
# Sources: environ-config's "Tutorial" (variables are PREFIX_GROUP_NAME, the prefix is APP), Everett's "Usage"
# (a key with its namespaces, upper case).
VARIABLES = frozenset({"environ.var", "environ.bool_var"})
MANAGERS = ("everett.manager.ConfigManager", "everett.ConfigManager")
OPTION = frozenset({"everett.manager.Option", "everett.Option"})


def config_readings(modules: Modules, path: str) -> Iterator[Reading]:
    """A reading for each variable of each such class, and for each call of a manager."""
    module = modules.module(path)
    for bindings in module.bindings.values() if module else ():
        definition = bindings[-1].value
        if isinstance(definition, ast.ClassDef):
            prefix = _decorated(modules, path, definition)
            if prefix is not None:
                yield from _variables(modules, path, definition, prefix)
            yield from _options(modules, path, definition)
    tree = modules.sources.tree(path)
    for call in calls(tree) if tree else ():
        name = text(argument(call, "key", 0))
        if name and (spaces := _namespaces(modules, path, call.func)) is not None:
            stated = text(argument(call, "namespace"))
            default, raising = argument(call, "default"), argument(call, "raise_error")
            silent = isinstance(raising, ast.Constant) and raising.value is False
            variable = "_".join((*spaces, *([stated] if stated else []), name)).upper()
            yield Reading(variable, default is None and not silent, literal(default), Origin(path, call.lineno))


def _decorated(modules: Modules, path: str, definition: ast.ClassDef) -> str | None:
    """The prefix of `@environ.config(prefix="SHOP")`; None for another class."""
    for decorator in definition.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        if external(modules, path, call.func if call else decorator) == "environ.config":
            stated = argument(call, "prefix") if call else None
            empty = isinstance(stated, ast.Constant) and not stated.value
            return "" if empty else text(stated) or "APP"
    return None


def _variables(modules: Modules, path: str, definition: ast.ClassDef, prefix: str, depth: int = 0) -> Iterator[Reading]:
    inner = {each.name: each for each in definition.body if isinstance(each, ast.ClassDef)}
    for statement in definition.body:
        for target, value in assignments(statement):
            if not isinstance(target, ast.Name) or not isinstance(value, ast.Call):
                continue
            outside = external(modules, path, value.func)
            name = "_".join(part for part in (prefix, target.id) if part).upper()
            if outside in VARIABLES:
                default = argument(value, "default", 0)
                variable = text(argument(value, "name")) or name
                yield Reading(variable, default is None, literal(default), Origin(path, statement.lineno))
            elif outside == "environ.group" and value.args and depth < 5:
                group = dotted(value.args[0]) or ""
                match inner.get(group) or modules.reference(path, group):
                    case ast.ClassDef() as found:
                        yield from _variables(modules, path, found, name, depth + 1)
                    case Local(file, _, Binding(value=ast.ClassDef() as found)):
                        yield from _variables(modules, file, found, name, depth + 1)
                    case _:
                        pass


def _options(modules: Modules, path: str, definition: ast.ClassDef) -> Iterator[Reading]:
    """`class Config: port = Option(default="5000")` within a component (Everett's "Components")."""
    for inner in definition.body:
        for statement in inner.body if isinstance(inner, ast.ClassDef) and inner.name == "Config" else ():
            for target, value in assignments(statement):
                made = external(modules, path, value.func) if isinstance(value, ast.Call) else None
                if isinstance(target, ast.Name) and isinstance(value, ast.Call) and made in OPTION:
                    default = argument(value, "default")
                    place = Origin(path, statement.lineno)
                    yield Reading(target.id.upper(), default is None, literal(default), place)


def _namespaces(modules: Modules, path: str, function: ast.expr, depth: int = 0) -> tuple[str, ...] | None:
    """The namespaces of a manager, also behind `with_namespace("db")`; None for what is none."""
    if isinstance(function, ast.Call) and depth < 5:
        owner = function.func
        if isinstance(owner, ast.Attribute) and owner.attr == "with_namespace":
            outer = _namespaces(modules, path, owner.value, depth + 1)
            added = text(argument(function, "namespace", 0))
            return None if outer is None else (*outer, *([added] if added else []))
        made = external(modules, path, owner) or ""
        return () if made.startswith(MANAGERS) else None
    name = dotted(function)
    match modules.reference(path, name) if name else None:
        case Local(file, _, Binding(value=ast.Call() as made_by)) if depth < 5:
            return _namespaces(modules, file, made_by, depth + 1)
        case _:
            return None
