"""Which variables do settings classes read: pydantic's BaseSettings, and dynaconf's validators?"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from kubeship.inspection.bindings import Binding
from kubeship.inspection.environment_readers import external, literal
from kubeship.inspection.environment_reads import Reading
from kubeship.inspection.modules import Local, Modules
from kubeship.inspection.syntax import argument, assignments, calls, dotted, text
from kubeship.model.origin import Origin

LIBRARIES = frozenset({"pydantic", "pydantic_settings", "dynaconf", "flask_dynaconf"})
BASES = frozenset(
    {"pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings",
     "pydantic.env_settings.BaseSettings", "pydantic_settings.main.BaseSettings"}
)  # fmt: skip
DYNACONF = {"dynaconf.Dynaconf": "DYNACONF", "dynaconf.LazySettings": "DYNACONF", "dynaconf.FlaskDynaconf": "FLASK"}
"""The prefix of variables unless `envvar_prefix` names another (dynaconf's documentation of envvar_prefix)."""


@dataclass(frozen=True)
class _Settings:
    """A class that pydantic fills from the environment."""

    path: str
    definition: ast.ClassDef
    first_version: bool
    """Of pydantic 1, where `X | None` without a value is optional."""
    prefix: str


def settings_readings(modules: Modules, path: str) -> Iterator[Reading]:
    """A reading for each field of each settings class in the file, and for each validator of dynaconf."""
    module = modules.module(path)
    for bindings in module.bindings.values() if module else ():
        for binding in bindings:
            if isinstance(binding.value, ast.ClassDef) and (found := _settings(modules, path, binding.value)):
                yield from _fields(modules, found)
    yield from _validators(modules, path)


def _settings(modules: Modules, path: str, definition: ast.ClassDef, depth: int = 0) -> _Settings | None:
    """The class as settings, when it inherits from one of BASES; the prefix of a base holds unless it has its own."""
    for base in definition.bases:
        outside = external(modules, path, base)
        if outside in BASES:
            first = "settings" not in (outside or "").partition(".")[0]
            return _Settings(path, definition, first, _prefix(definition) or "")
        name = dotted(base)
        match modules.reference(path, name) if name else None:
            case Local(inside, _, Binding(value=ast.ClassDef() as parent)) if depth < 10:
                if found := _settings(modules, inside, parent, depth + 1):
                    own = _prefix(definition)
                    return _Settings(path, definition, found.first_version, found.prefix if own is None else own)
            case _:
                pass
    return None


def _prefix(definition: ast.ClassDef) -> str | None:
    """`env_prefix` of the class's model_config, of its Config class, or of the class statement."""
    for keyword in definition.keywords:
        if keyword.arg == "env_prefix":
            return text(keyword.value)
    for statement in definition.body:
        if isinstance(statement, ast.ClassDef) and statement.name == "Config":
            for inner in statement.body:
                for target, value in assignments(inner):
                    if isinstance(target, ast.Name) and target.id == "env_prefix":
                        return text(value)
        for target, value in assignments(statement):
            if isinstance(target, ast.Name) and target.id == "model_config":
                return _configured(value)
    return None


def _configured(value: ast.expr) -> str | None:
    if isinstance(value, ast.Call):
        return text(argument(value, "env_prefix"))
    if isinstance(value, ast.Dict):
        pairs = zip(value.keys, value.values, strict=True)
        return next((text(given) for key, given in pairs if text(key) == "env_prefix"), None)
    return None


def _fields(modules: Modules, found: _Settings) -> Iterator[Reading]:
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
        for variable in aliases or [f"{found.prefix}{name}".upper()]:
            yield Reading(
                variable,
                required=not optional and len(aliases) < 2,
                default=literal(default),
                origin=Origin(found.path, statement.lineno),
                secret="SecretStr" in kind or "SecretBytes" in kind,
            )


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


def _validators(modules: Modules, path: str) -> Iterator[Reading]:
    """`Validator("PORT", must_exist=True, default=5000)` given to Dynaconf."""
    if b"ynaconf" not in modules.sources.content(path):
        return
    tree = modules.sources.tree(path)
    for call in calls(tree) if tree else ():
        usual = DYNACONF.get(external(modules, path, call.func) or "")
        if usual is None:
            continue
        stated = argument(call, "envvar_prefix")
        unprefixed = isinstance(stated, ast.Constant) and stated.value is False
        prefix = "" if unprefixed else (text(stated) or usual) + "_"
        for validator in calls(argument(call, "validators") or ast.Constant(None)):
            if external(modules, path, validator.func) == "dynaconf.Validator":
                yield from _validated(path, validator, prefix)


def _validated(path: str, validator: ast.Call, prefix: str) -> Iterator[Reading]:
    must, default = argument(validator, "must_exist"), argument(validator, "default")
    required = isinstance(must, ast.Constant) and must.value is True and default is None
    for name in filter(None, map(text, validator.args)):
        variable = prefix + name.upper().replace(".", "__")
        yield Reading(variable, required, literal(default), Origin(path, validator.lineno))
