"""What does a Python exception mean for somebody who deploys, and what is there to do about it?"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

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
from kubeship.model.import_errors import missing_in_library, missing_module, missing_name, started_as_file
from kubeship.model.known_words import TABLES, known_words
from kubeship.model.library_errors import OTHER_VERSION
from kubeship.model.loading_errors import application_not_loaded, other_kind
from kubeship.model.meaning import Meaning, Words, at
from kubeship.model.python_traceback import PythonError, fault_place, read_traceback
from kubeship.model.server_errors import ADDRESS, NOT_YET
from kubeship.model.settings_errors import SETTINGS, certificate_not_read, unreadable_document
from kubeship.model.variable_errors import given_by, invalid_variable, missing_by_its_words, missing_variable

__all__ = ["Meaning", "PythonError", "decisive", "fault_place", "in_words", "meaning", "read_traceback"]


def meaning(error: PythonError) -> Meaning | None:
    """What the exception, or what it was raised from, means; None when only its own words can tell."""
    known = _understood(error)
    return known[1] if known else _improperly_configured(error)


def decisive(error: PythonError) -> PythonError:
    """The exception of those that it was raised from by which its meaning is known, or itself."""
    known = _understood(error)
    return known[0] if known else error


def _understood(error: PythonError) -> tuple[PythonError, Meaning] | None:
    link: PythonError | None = error
    while link is not None:
        placed = replace(link, where=link.where or error.where)
        for rule in RULES:
            if found := rule(placed):
                return link, found
        link = link.cause
    return None


def in_words(error: PythonError) -> Meaning:
    """What the exception means, or itself; the cause completes `web crashes: `."""
    if known := meaning(error) or _known(error, ((OTHER_VERSION,),)):
        return Meaning(f"it {known.cause}", known.remedy, known.heals)
    place = error.where or "what the traceback names"
    library = re.search(r"-packages/(\w+)", error.raised_in)
    remedy = f"see what {library[1]} asks for at {place}, or correct that" if library else f"correct {place}"
    if library and not error.where:
        remedy = f"see what {library[1]} asks for: its command line, a setting or a variable"
    return Meaning(f"{error}{at(error)}", f"{remedy}, then deploy again", bool(NOT_YET.search(error.message)))


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
    missing_module,
    missing_library,
    foreign_build,
    missing_name,
    missing_in_library,
    started_as_file,
    other_kind,
    application_not_loaded,
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
    missing_by_its_words,
    not_writable,
    missing_program,
    missing_file,
    no_file,
    disk_full,
    lost_child,
    _unreachable,
)
"""In order of precedence."""
