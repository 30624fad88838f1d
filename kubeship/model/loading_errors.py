"""Can the application that a server is told to serve not be found, or is it of another kind than that server takes?"""

import re

from kubeship.model.meaning import Meaning, Words, at, first_of, words
from kubeship.model.python_traceback import PythonError

_NAME = "correct what names it (`entrypoint:` or `command:` in kubeship.yaml, a setting), or the name in that module"
_MODULE = (
    "correct what names it (`entrypoint:`, `command:`, a variable, a setting), or add its distribution to the "
    "dependencies, and check that .dockerignore leaves that module in the image"
)

_NO_NAME = (
    r"[Ff]ailed to find attribute '(?P<name>\w+)' in '(?P<module>[\w.]+)'",
    r"Attribute \"(?P<name>[\w.]+)\" not found in module \"(?P<module>[\w.]+)\"",
    r"[Cc]annot load application from '(?P<module>[\w.]+):(?P<name>\w+)', application not found",
    r"[Mm]odule ['\"](?P<module>[\w.]+)['\"] (?:has no|does not define an?) (?:attribute )?['\"](?P<name>\w+)['\"]",
)
_NO_MODULE = (
    r"\b[Ii]mport(?: the)?(?: module)? ['\"](?P<module>[A-Za-z_][\w.]*)['\"](?!, an ImportError)",
    r"\b[Mm]odule ['\"]?(?P<module>[A-Za-z_][\w.]*)['\"]? (?:was )?not found",
    r"No module named '(?P<module>[\w.]+)'",
)
"""gunicorn/util.py (import_app), uvicorn/importer.py, hypercorn/utils.py, CPython's words as waitress, Celery and arq
hand them on, import_string of Django and others; flask/cli.py, granian, celery/bin/celery.py, Tortoise."""

KINDS = (
    words(
        r"TypeError: (?P<what>[\w.]+?)(?:\.__call__)?\(\) missing \d required positional arguments?: .*'send'",
        "can't be served: {what} is an ASGI application, and its server speaks WSGI",
        "serve it with uvicorn, hypercorn or granian, or by gunicorn's -k uvicorn_worker.UvicornWorker (`server:` in "
        "kubeship.yaml)",
    ),
    words(
        r"TypeError: (?P<what>[\w.]+?)(?:\.__call__)?\(\) (?:missing 1 required positional argument: 'start_response'|"
        r"takes (?:3 positional arguments but 4|2 positional arguments but 3) were given)",
        "can't be served: {what} is a WSGI application, and its server speaks ASGI",
        "serve it with gunicorn or waitress (`server:` in kubeship.yaml), or say so to its server (--interface wsgi)",
    ),
    words(
        r"TypeError: (?P<what>[\w.]+)\(\) takes 0 positional arguments but [1-3] (?:was|were) given",
        "can't be served: {what} is a factory, which its server takes for the application",
        "have it called: `module:{what}()` for gunicorn, --factory for uvicorn and granian, --call for waitress",
    ),
    words(
        r"'(?P<what>\w+)' object has no attribute 'user_options'|is not a Sanic app, it is a (?P<other>\w+)",
        "can't be served: what its command names is of the kind {what}",
        "name the application itself (`-A module:name` for Celery, `module:name` for a server)",
    ),
)
"""What a server says when it calls what it was given, with the arguments of PEP 3333 or of ASGI."""


_CALLS = r"start_response|\bscope\b|\b[aw]sgi|/(?:granian|uvicorn|hypercorn|gunicorn|daphne)/"
"""How a server calls an application, in the last lines of a traceback; schedulers and workers call other things."""


def not_loaded(said: str) -> Meaning | None:
    """A name that its module hasn't got, or a module that isn't there, in the words of servers and tools."""
    for pattern in _NO_NAME:
        if found := re.search(pattern, said):
            return Meaning(f"can't be loaded: the module {found['module']} has no {found['name']}", _NAME)
    for pattern in _NO_MODULE:
        if found := re.search(pattern, said):
            return Meaning(f"can't be loaded: there is no module {found['module']} in the image", _MODULE)
    return None


def application_not_loaded(error: PythonError) -> Meaning | None:
    """The same as an exception; CPython's own words only where a name was looked up that somebody gave as text."""
    if error.cause or (error.name == "AttributeError" and "getattr(" not in error.text):
        return None
    found = not_loaded(error.message)
    return found and Meaning(f"{found.cause}{at(error)}", found.remedy)


def other_kind(error: PythonError) -> Meaning | None:
    """A server, and no line of the project, has called the application or looked into it."""
    called = error.name != "TypeError" or re.search(_CALLS, error.text)
    found: tuple[Words, str] | None = None
    if called and not error.where:
        found = first_of(KINDS, f"{error.name}: {error.message}")
    return Meaning(*found[0].of(found[1])) if found else None
