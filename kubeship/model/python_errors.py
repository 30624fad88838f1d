"""What does a Python exception mean for somebody who deploys, and what is there to do about it?"""

import re
from collections.abc import Callable, Iterable

from kubeship.model.container_errors import (
    cannot_listen,
    disk_full,
    foreign_build,
    lost_child,
    missing_file,
    missing_library,
    missing_program,
    no_file,
    not_locked,
    not_writable,
    other_user,
)
from kubeship.model.known_words import TABLES, known_words
from kubeship.model.library_errors import OTHER_VERSION
from kubeship.model.meaning import Meaning, Words, at
from kubeship.model.python_names import NAMESPACE_PACKAGES, REMOVED_MODULES, distribution_of
from kubeship.model.python_traceback import PythonError, fault_place, read_traceback
from kubeship.model.server_errors import ADDRESS, NOT_YET
from kubeship.model.settings_errors import (
    SETTINGS,
    certificate_not_read,
    given_by,
    invalid_variable,
    missing_variable,
    unreadable_document,
)

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
    if known := meaning(error) or _known(error, ((OTHER_VERSION,),)):
        return Meaning(f"it {known.cause}", known.remedy, known.heals)
    place = error.where or "what the traceback names"
    library = re.search(r"-packages/(\w+)", error.raised_in)
    remedy = f"see what {library[1]} asks for at {place}, or correct that" if library else f"correct {place}"
    return Meaning(f"{error}{at(error)}", f"{remedy}, then deploy again", bool(NOT_YET.search(error.message)))


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


def _known_setting(error: PythonError) -> Meaning | None:
    """Before what merely names the variable: these words tell what is wrong with its value."""
    return _known(error, (SETTINGS,), given_by(error))


def _known(error: PythonError, tables: Iterable[Iterable[Words]] = TABLES, variable: str = "") -> Meaning | None:
    found = known_words(f"{error.name}: {error.message}", tables)
    if not found:
        return None
    row, what = found
    cause, remedy = row.of(what)
    places = ", ".join(filter(None, (error.where, variable and f"variable {variable}")))
    said = "" if what else f": {error}"
    return Meaning(f"{cause}{f' ({places})' if places else ''}{said}", remedy, row.heals)


_NO_ANSWER = re.compile(
    r"(?:Connect(?:ion)?|Time(?:d?out)|Unavailable|Unreachable|NoServers|NoHostAvailable|ServerSelection|NodeNotReady)"
    r"(?:Timeout|Refused|Lost|Closed|Failed|Reset|Aborted)?(?:Error|Exception)?$|^timeout$"
)


def _unreachable(error: PythonError) -> Meaning | None:
    """By its type alone: what clients raise often has no message at all, as pika's AMQPConnectionError."""
    if not _NO_ANSWER.search(error.name):
        return None
    late = "Time" in error.name
    cause = "gets no answer in time from something that it needs" if late else "can't reach a server that it needs"
    return Meaning(f"{cause}{at(error)}: {error!s}", ADDRESS, heals=True)


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
    missing_variable,
    _missing_module,
    missing_library,
    foreign_build,
    _missing_name,
    _invalid_syntax,
    _used_too_early,
    cannot_listen,
    other_user,
    not_locked,
    _known_setting,
    invalid_variable,
    certificate_not_read,
    unreadable_document,
    _known,
    not_writable,
    missing_program,
    missing_file,
    no_file,
    disk_full,
    lost_child,
    _unreachable,
)
"""In order of precedence."""
