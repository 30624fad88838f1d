"""What does a Python exception mean for somebody who deploys, and what is there to do about it?"""

import re
from collections.abc import Callable

from kubeship.model.container_errors import (
    cannot_listen,
    disk_full,
    foreign_build,
    lost_child,
    missing_file,
    missing_library,
    missing_program,
    not_writable,
)
from kubeship.model.meaning import Meaning, at
from kubeship.model.python_names import NAMESPACE_PACKAGES, REMOVED_MODULES, distribution_of
from kubeship.model.python_traceback import PythonError, fault_place, read_traceback
from kubeship.model.server_errors import server_error

__all__ = ["Meaning", "PythonError", "fault_place", "in_words", "meaning", "read_traceback"]


def meaning(error: PythonError) -> Meaning | None:
    """What the exception, or what it was raised from, means; None when only its own words can tell."""
    link: PythonError | None = error
    while link is not None:
        for rule in RULES:
            if found := rule(link):
                return found
        link = link.cause
    return _improperly_configured(error)


def in_words(error: PythonError) -> Meaning:
    """What the exception means, or itself; the cause completes `web crashes: `."""
    if known := meaning(error):
        return Meaning(f"it {known.cause}", known.remedy, known.heals)
    return Meaning(f"{error}{at(error)}", f"correct {error.where or 'what the traceback names'}, then deploy again")


def _missing_module(error: PythonError) -> Meaning | None:
    """CPython: `No module named 'a.b'` names the first part that is missing, so its parents do exist."""
    missing = error.name in ("ModuleNotFoundError", "ImportError") and re.match(
        r"No module named '?(?P<module>[\w.]+)'?", error.message
    )
    if not missing:
        return None
    module = missing["module"]
    cause = f"can't import {module}{at(error)}"
    if module in REMOVED_MODULES:
        version, distribution = REMOVED_MODULES[module]
        declare = f"add {distribution} to the project's dependencies, or " if distribution else ""
        return Meaning(
            f"{cause}: Python {version} removed it from the standard library",
            f"{declare}choose an older version under `python:` in kubeship.yaml",
        )
    parent, dot, child = module.rpartition(".")
    if dot and "is not a package" in error.message:
        return Meaning(
            f"{cause}: {parent} is a single file, not a package",
            f"correct what names {module} (an import, DJANGO_SETTINGS_MODULE, `entrypoint:`), or rename the file that "
            f"stands in the way of the package {parent}",
        )
    if dot and module.split(".")[0] not in NAMESPACE_PACKAGES:
        return Meaning(
            f"{cause}: {parent} is in the image, but has no module {child}",
            f"check the spelling, that .dockerignore doesn't exclude {module.replace('.', '/')}.py, "
            f"and that the version of {distribution_of(parent)} in the dependencies is the one you develop with",
        )
    return Meaning(
        cause,
        f"add {distribution_of(module)} to the project's dependencies; if {module} is the project's own code, check "
        "that .dockerignore doesn't exclude it and that `import_root:` in kubeship.yaml is its folder",
    )


def _missing_variable(error: PythonError) -> Meaning | None:
    """A variable of the environment that isn't set, in the words of those who read variables."""
    name = _variable(error)
    if name is None:
        return None
    return Meaning(
        f"needs the environment variable {name}, which is not set{at(error)}",
        f"set {name} under `variables:` in kubeship.yaml, or under `secrets: {{keys: [...]}}` when it is secret; "
        "under `build: {variables: {...}}` for the build and its verification",
    )


def _invalid_variable(error: PythonError) -> Meaning | None:
    """environs and pydantic-settings name the variable whose value they refuse."""
    environs = re.search(r'Environment variable "(\w+)" (?:invalid|empty)[: ]*(.*)', error.message)
    settings = re.search(r"for \w*(?:Settings|Config)\w*\n(\w+)\n\s+(.+?)(?: \[type=|$)", error.message, re.MULTILINE)
    found = environs if error.name.startswith("Env") else settings if error.name == "ValidationError" else None
    converted: list[str] = _CONVERTED.findall(error.text) if error.name in ("ValueError", "InvalidOperation") else []
    if not found and not converted:
        return None
    name, words = (found[1].upper(), found[2]) if found else (converted[-1], error.message.split("\n")[0])
    return Meaning(
        f"refuses the value of the environment variable {name}{at(error)}: {words}".rstrip(": "),
        f"correct {name} under `variables:` in kubeship.yaml, or in the Secret that it comes from",
    )


_READ = re.compile(r"(?:getenv|environ\.get)\(\s*['\"](\w+)['\"]\s*\)")
_CONVERTED = re.compile(r"\b(?:int|float|Decimal|UUID)\(.*?(?:getenv\(|environ\.get\(|environ\[)\s*['\"](\w+)['\"]")
"""In the source line that a traceback shows: what is missing is None, and what isn't a number is no number."""

VARIABLES = (
    ("EnvError", re.compile(r'Environment variable "(\w+)" not set')),
    ("ImproperlyConfigured", re.compile(r"Requested setting .* define the environment variable (\w+)", re.DOTALL)),
    ("ImproperlyConfigured", re.compile(r"Set the (\w+) (?:environment|env) variable")),
    ("ImproperlyConfigured", re.compile(r"The (SECRET_KEY) setting must not be empty")),
    ("KeyError", re.compile(r"[\"']Config '(\w+)' is missing, and has no default")),
    ("UndefinedValueError", re.compile(r"(\w+) not found\. Declare it as envvar")),
    ("ValidationError", re.compile(r"for \w*(?:Settings|Config)\w*\n(\w+)\n\s+[Ff]ield required")),
)
"""Exception, its message. Source: environs, Django (conf/__init__.py), django-environ and "Two Scoops of Django",
starlette.config, python-decouple, pydantic-settings."""


def _variable(error: PythonError) -> str | None:
    from_environment = error.raised_in == "<frozen os>" or error.raised_in.endswith("/os.py")
    if error.type == "KeyError" and from_environment:
        return error.message.split("\n")[0].strip("'\"")  # below it may stand what another worker wrote just then
    if "NoneType" in error.message and (read := _READ.findall(error.text)):
        return str(read[-1])
    found = (pattern.search(error.message) for name, pattern in VARIABLES if name == error.name)
    variable = next((match[1] for match in found if match), None)
    return variable.upper() if variable and error.name == "ValidationError" else variable


def _missing_name(error: PythonError) -> Meaning | None:
    """CPython: `cannot import name 'a' from 'b' (/path)`."""
    missing = re.match(r"cannot import name '(?P<name>\w+)' from (?P<rest>.+)", error.message, re.DOTALL)
    if error.name != "ImportError" or not missing:
        return None
    if "circular import" in missing["rest"]:
        return Meaning(
            f"can't be imported, because its modules import one another in a circle{at(error)}",
            f"move the import of {missing['name']} into the function that needs it, or into a third module",
        )
    module = re.search(r"'([\w.]+)'", missing["rest"])
    source = module[1] if module else "the module"
    cause = f"imports {missing['name']} from {source}, which doesn't have it{at(error)}"
    if "-packages/" in missing["rest"]:
        return Meaning(cause, f"pin the version of {distribution_of(source)} that the project was developed with")
    return Meaning(cause, f"check the spelling, and that the file of {source} in the image is the newest one")


def _invalid_syntax(error: PythonError) -> Meaning | None:
    if error.name not in ("IndentationError", "SyntaxError", "TabError"):
        return None
    return Meaning(
        f"has a syntax error{at(error)}: {error.message}",
        "correct that line; if it runs on your machine, its Python is newer than the `python:` in kubeship.yaml",
    )


def _server(error: PythonError) -> Meaning | None:
    found = server_error(f"{error.name}: {error.message}")
    if not found:
        return None
    row, what = found
    cause = f"{row.cause.format(what=what)}{at(error)}"
    return Meaning(cause if what else f"{cause}: {error!s}", row.remedy, row.heals)


def _used_too_early(error: PythonError) -> Meaning | None:
    if error.name != "AppRegistryNotReady":
        return None
    return Meaning(
        f"uses Django's models before Django is set up{at(error)}",
        "import models after get_wsgi_application(), get_asgi_application() or django.setup(); in an app's __init__.py "
        "and AppConfig, only inside ready()",
    )


def _improperly_configured(error: PythonError) -> Meaning | None:
    if error.name != "ImproperlyConfigured":
        return None
    return Meaning(
        f"refuses its settings{at(error)}: {error.message.splitlines()[0] if error.message else error.type}",
        "correct the settings, or set the variable that they are read from under `variables:` in kubeship.yaml",
    )


RULES: tuple[Callable[[PythonError], Meaning | None], ...] = (
    _missing_variable,
    _invalid_variable,
    _missing_module,
    missing_library,
    foreign_build,
    _missing_name,
    _invalid_syntax,
    _used_too_early,
    cannot_listen,
    _server,
    not_writable,
    missing_program,
    missing_file,
    disk_full,
    lost_child,
)
"""In order of precedence."""
