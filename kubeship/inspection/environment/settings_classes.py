"""Which variables do pydantic's settings classes read, also into models within them?"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kubeship.inspection.code.bindings import Binding
from kubeship.inspection.code.modules import Local, Modules
from kubeship.inspection.environment.environment_readers import external, literal
from kubeship.inspection.environment.environment_reads import Reading
from kubeship.inspection.files.syntax import argument, assignments, dotted, text, walk
from kubeship.model.origin import Origin

LIBRARIES = frozenset({"pydantic", "pydantic_settings"})
BASES = frozenset(
    {"pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings",
     "pydantic.env_settings.BaseSettings", "pydantic_settings.main.BaseSettings"}
)  # fmt: skip


@dataclass(frozen=True)
class _Settings:
    """A class that pydantic fills from the environment."""

    path: str
    definition: ast.ClassDef
    first_version: bool
    """Of pydantic 1, where `X | None` without a value is optional."""
    prefix: str
    delimiter: str = ""
    """Between a field and those of the model that it holds; empty where such a field takes JSON."""
    optional: bool = False
    """A model that the class has a default for."""


def settings_readings(modules: Modules, path: str) -> Iterator[Reading]:
    """A reading for each field of each settings class in the file."""
    module = modules.module(path)
    for bindings in module.bindings.values() if module else ():
        for binding in bindings:
            if isinstance(binding.value, ast.ClassDef) and (found := _settings(modules, path, binding.value)):
                yield from _fields(modules, found)


def _settings(modules: Modules, path: str, definition: ast.ClassDef, depth: int = 0) -> _Settings | None:
    """The class as settings, when it inherits from one of BASES; the prefix of a base holds unless it has its own."""
    for base in definition.bases:
        outside = external(modules, path, base)
        if outside in BASES:
            first = "settings" not in (outside or "").partition(".")[0]
            stated = _option(definition, "env_prefix") or "", _option(definition, "env_nested_delimiter") or ""
            return _Settings(path, definition, first, *stated)
        name = dotted(base)
        match modules.reference(path, name) if name else None:
            case Local(inside, _, Binding(value=ast.ClassDef() as parent)) if depth < 10:
                if found := _settings(modules, inside, parent, depth + 1):
                    own, delimiter = _option(definition, "env_prefix"), _option(definition, "env_nested_delimiter")
                    prefix = found.prefix if own is None else own
                    return _Settings(path, definition, found.first_version, prefix, delimiter or found.delimiter)
            case _:
                pass
    return None


def _option(definition: ast.ClassDef, name: str) -> str | None:
    """An option (`env_prefix`) of the class's model_config, of its Config class, or of the class statement."""
    for keyword in definition.keywords:
        if keyword.arg == name:
            return text(keyword.value)
    for statement in definition.body:
        if isinstance(statement, ast.ClassDef) and statement.name == "Config":
            for inner in statement.body:
                for target, value in assignments(inner):
                    if isinstance(target, ast.Name) and target.id == name:
                        return text(value)
        for target, value in assignments(statement):
            if isinstance(target, ast.Name) and target.id == "model_config":
                return _configured(value, name)
    return None


def _configured(value: ast.expr, name: str) -> str | None:
    if isinstance(value, ast.Call):
        return text(argument(value, name))
    if isinstance(value, ast.Dict):
        pairs = zip(value.keys, value.values, strict=True)
        return next((text(given) for key, given in pairs if text(key) == name), None)
    return None


def _fields(modules: Modules, found: _Settings, depth: int = 0) -> Iterator[Reading]:
    for statement in found.definition.body:
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        name, kind = statement.target.id, ast.unparse(statement.annotation)
        if name.startswith("_") or name == "model_config" or "ClassVar" in kind:
            continue
        value = statement.value
        described = [v for v in (value, *_annotated(statement.annotation)) if _is_field(modules, found.path, v)]
        aliases = [alias for call in described for alias in _aliases(call)]
        default, given = value, value is not None
        if isinstance(value, ast.Call) and value in described:
            default = argument(value, "default", 0)
            given = default is not None or argument(value, "default_factory") is not None
        given = given and not (isinstance(default, ast.Constant) and default.value is ...)
        optional = given or (found.first_version and ("Optional" in kind or "None" in kind))
        inner = _model(modules, found, statement.annotation) if found.delimiter and depth < 4 else None
        if inner:
            prefix = f"{aliases[0] if aliases else found.prefix + name}{found.delimiter}"
            yield from _fields(modules, replace(inner, prefix=prefix, optional=optional or found.optional), depth + 1)
            continue
        for variable in aliases or [f"{found.prefix}{name}".upper()]:
            yield Reading(
                variable,
                required=not (optional or found.optional) and len(aliases) < 2,
                default=literal(default),
                origin=Origin(found.path, statement.lineno),
                secret="SecretStr" in kind or "SecretBytes" in kind,
            )


def _model(modules: Modules, found: _Settings, annotation: ast.expr) -> _Settings | None:
    """The project's own model that a field holds (pydantic-settings, "Parsing environment variable values")."""
    for node in walk(annotation):
        name = dotted(node) if isinstance(node, ast.Name | ast.Attribute) else None
        match modules.reference(found.path, name) if name else None:
            case Local(inside, _, Binding(value=ast.ClassDef() as definition)) if _settings(
                modules, inside, definition
            ) is None and not _is_enum(definition):
                return _Settings(inside, definition, found.first_version, "", found.delimiter)
            case _:
                pass
    return None


def _is_enum(definition: ast.ClassDef) -> bool:
    return any("Enum" in (dotted(base) or "") for base in definition.bases)


def _annotated(annotation: ast.expr) -> list[ast.expr]:
    """The metadata of `Annotated[str, Field(...)]`."""
    if isinstance(annotation, ast.Subscript) and (dotted(annotation.value) or "").endswith("Annotated"):
        return annotation.slice.elts[1:] if isinstance(annotation.slice, ast.Tuple) else []
    return []


def _is_field(modules: Modules, path: str, value: ast.expr | None) -> bool:
    return isinstance(value, ast.Call) and (external(modules, path, value.func) or "").endswith(".Field")


def _aliases(field: ast.expr | None) -> list[str]:
    """The variables that stand for a field: `validation_alias`, else `alias` (pydantic 2), or `env` (pydantic 1)."""
    if not isinstance(field, ast.Call):
        return []
    for name in ("validation_alias", "alias", "env"):
        stated = argument(field, name)
        if stated is not None:
            choices = stated.args if isinstance(stated, ast.Call) else getattr(stated, "elts", [stated])
            return [choice.upper() for choice in map(text, choices) if choice]
    return []
