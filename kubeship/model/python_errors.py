"""What does a Python exception mean for somebody who deploys, and what is there to do about it?"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from kubeship.model.python_names import LIBRARY_PACKAGES, REMOVED_MODULES, distribution_of
from kubeship.model.python_traceback import PythonError, read_traceback

__all__ = ["Meaning", "PythonError", "meaning", "read_traceback"]


@dataclass(frozen=True)
class Meaning:
    """An exception in a deployer's words."""

    cause: str
    """Completes a sentence that begins with the program's name: `can't import yaml (app.py:3)`."""
    remedy: str


def meaning(error: PythonError) -> Meaning | None:
    """What the exception, or what it was raised from, means; None when only its own words can tell."""
    link: PythonError | None = error
    while link is not None:
        for rule in RULES:
            if found := rule(link):
                return found
        link = link.cause
    return _improperly_configured(error)


def _missing_module(error: PythonError) -> Meaning | None:
    """CPython: `No module named 'a.b'` names the first part that is missing, so its parents do exist."""
    missing = error.name in ("ModuleNotFoundError", "ImportError") and re.match(
        r"No module named '?(?P<module>[\w.]+)'?", error.message
    )
    if not missing:
        return None
    module = missing["module"]
    cause = f"can't import {module}{_at(error)}"
    if module in REMOVED_MODULES:
        version, distribution = REMOVED_MODULES[module]
        declare = f"add {distribution} to the project's dependencies, or " if distribution else ""
        return Meaning(
            f"{cause}: Python {version} removed it from the standard library",
            f"{declare}choose an older version under `python:` in kubeship.yaml",
        )
    parent, dot, child = module.rpartition(".")
    if dot and module.split(".")[0] not in ("google", "azure", "ruamel", "backports"):
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


def _missing_library(error: PythonError) -> Meaning | None:
    """glibc's dlopen: `libpq.so.5: cannot open shared object file: No such file or directory`."""
    if "no pq wrapper available" in error.message:
        return Meaning(
            "can't use psycopg, because the library libpq.so.5 is not in the image",
            "declare psycopg[binary], or add libpq5 to `system_packages: {runtime: [...]}` in kubeship.yaml",
        )
    missing = re.search(r"(?P<library>lib[\w.+-]+\.so[\w.]*): cannot open shared object file", error.message)
    missing = missing or re.search(r"cannot load library '(?P<library>[\w.+-]+)'", error.message)
    if not missing:
        return None
    library = missing["library"]
    package = LIBRARY_PACKAGES.get(library) or LIBRARY_PACKAGES.get(f"lib{library.removeprefix('lib')}.so.0")
    named = package or f"the Debian package that has {library} (packages.debian.org finds it)"
    return Meaning(
        f"needs the system library {library}, which is not in the image",
        f"add {named} to `system_packages: {{runtime: [...]}}` in kubeship.yaml",
    )


def _missing_variable(error: PythonError) -> Meaning | None:
    """A variable of the environment that isn't set, in the words of those who read variables."""
    name = _variable(error)
    if name is None:
        return None
    return Meaning(
        f"needs the environment variable {name}, which is not set{_at(error)}",
        f"set {name} under `variables:` in kubeship.yaml, or under `secrets: {{keys: [...]}}` when it is secret; "
        "under `build: {variables: {...}}` for the build and its verification",
    )


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
            f"can't be imported, because its modules import one another in a circle{_at(error)}",
            f"move the import of {missing['name']} into the function that needs it, or into a third module",
        )
    module = re.search(r"'([\w.]+)'", missing["rest"])
    source = module[1] if module else "the module"
    cause = f"imports {missing['name']} from {source}, which doesn't have it{_at(error)}"
    if "-packages/" in missing["rest"]:
        return Meaning(cause, f"pin the version of {distribution_of(source)} that the project was developed with")
    return Meaning(cause, f"check the spelling, and that the file of {source} in the image is the newest one")


def _invalid_syntax(error: PythonError) -> Meaning | None:
    if error.name not in ("IndentationError", "SyntaxError", "TabError"):
        return None
    return Meaning(
        f"has a syntax error{_at(error)}: {error.message}",
        "correct that line; if it runs on your machine, its Python is newer than the `python:` in kubeship.yaml",
    )


def _not_writable(error: PythonError) -> Meaning | None:
    denied = re.match(r"\[Errno (?:1|13|30)\] (?P<what>[\w -]+): '(?P<path>[^']+)'", error.message)
    if error.name not in ("OSError", "PermissionError") or not denied:
        return None
    reason = "that is read-only in the container" if "[Errno 30]" in error.message else "without the permission to"
    return Meaning(
        f"opens or writes {denied['path']}, {reason}{_at(error)}",
        "write below /tmp or onto a volume, and log to stdout: the container runs as an ordinary user",
    )


def _missing_file(error: PythonError) -> Meaning | None:
    missing = error.name == "FileNotFoundError" and re.search(r"\[Errno 2\] [^:]+: '(?P<path>[^']+)'", error.message)
    if not missing:
        return None
    return Meaning(
        f"reads {missing['path']}, which is not there{_at(error)}",
        "check that .dockerignore doesn't exclude it, and name it relative to __file__, not to the working directory",
    )


def _missing_table(error: PythonError) -> Meaning | None:
    missing = error.name in ("OperationalError", "ProgrammingError", "UndefinedTable") and re.search(
        r'no such table: (\S+)|relation "([^"]+)" does not exist|Table \'([^\']+)\' doesn\'t exist', error.message
    )
    if not missing:
        return None
    return Meaning(
        f"needs the database table {next(filter(None, missing.groups()))}, which doesn't exist",
        "check that `release:` in kubeship.yaml runs the migration that makes it, that no migration uses it before, "
        "and that DATABASE_URL names the right database",
    )


LOCKS = re.compile(
    r"lock timeout|[Ll]ock wait timeout|could not obtain lock|deadlock detected|[Dd]eadlock found|database is locked|"
    r"LockNotAvailable|Waiting for table metadata lock"
)
"""PostgreSQL (55P03, 40P01), MySQL (1205, 1213) and SQLite (SQLITE_BUSY) of a lock that somebody else holds."""


def _locked(error: PythonError) -> Meaning | None:
    if not LOCKS.search(f"{error.name} {error.message}"):
        return None
    return Meaning(
        f"waits for a lock that something else holds in the database{_at(error)}: {error!s}",
        "end what holds it (PostgreSQL: select * from pg_stat_activity where wait_event_type = 'Lock'; often an older "
        "version or a migration that still runs), then deploy again",
    )


def _unreachable_service(error: PythonError) -> Meaning | None:
    unreachable = re.search(
        r"Connection refused|Name or service not known|No address associated with hostname|Network is unreachable|"
        r"Temporary failure in name resolution|[Cc]onnection timed out|could not translate host name",
        error.message,
    )
    if not unreachable:
        return None
    return Meaning(
        f"can't reach a server that it needs{_at(error)}: {error!s}",
        "check the address in the variables or the Secret, that the service runs, and that it listens on that port",
    )


def _port_in_use(error: PythonError) -> Meaning | None:
    if error.name != "OSError" or "Address already in use" not in error.message:
        return None
    return Meaning(
        "listens on a port that is taken in its container",
        "start the server once: a module must not call app.run() while it is imported",
    )


def _improperly_configured(error: PythonError) -> Meaning | None:
    if error.name != "ImproperlyConfigured":
        return None
    return Meaning(
        f"refuses its settings{_at(error)}: {error.message.splitlines()[0] if error.message else error.type}",
        "correct the settings, or set the variable that they are read from under `variables:` in kubeship.yaml",
    )


RULES: tuple[Callable[[PythonError], Meaning | None], ...] = (
    _missing_variable,
    _missing_module,
    _missing_library,
    _missing_name,
    _invalid_syntax,
    _missing_table,
    _locked,
    _unreachable_service,
    _port_in_use,
    _not_writable,
    _missing_file,
)
"""In order of precedence."""


def _at(error: PythonError) -> str:
    return f" ({error.where})" if error.where else ""
