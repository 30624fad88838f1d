"""Is it told what a server was given that isn't there, or that is of another kind than it serves?"""

import pytest

from kubeship.model.loading_errors import not_loaded
from kubeship.model.python_errors import Meaning, in_words, meaning, read_traceback

PACKAGES = "/usr/local/lib/python3.12/site-packages"


def by_a_server(said: str, line: str = "call()", frames: str = "") -> Meaning | None:
    """An exception that a server's own code raises; `frames`: those of the project."""
    error = read_traceback(
        f'Traceback (most recent call last):\n{frames}  File "{PACKAGES}/server/run.py", line 9, in load\n    {line}\n'
        f"{said}\n"
    )
    return meaning(error) if error else None


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("Failed to find attribute 'app' in 'shop.wsgi'.", "the module shop.wsgi has no app"),
        ('Attribute "app" not found in module "main".', "the module main has no app"),
        ("Cannot load application from 'main:api', application not found.", "the module main has no api"),
        ("1. module 'shop' has no attribute 'app'", "the module shop has no app"),
        ('Module "shop.mw" does not define a "Tenant" attribute/class', "the module shop.mw has no Tenant"),
        ("Could not import 'shop.main'.", "no module shop.main"),
        ('Could not import module "main".', "no module main"),
        ("The module shopp was not found.", "no module shopp"),
        ('Module "shop.models" not found', "no module shop.models"),
        ("1. No module named 'shop'", "no module shop"),
        ("While importing 'shop', an ImportError was raised:", ""),
        ("could not load 'settings.yaml'", ""),
    ],
)
def test_name_or_module_that_is_not_there_is_told_in_whatever_words(said: str, cause: str) -> None:
    found = not_loaded(said)

    assert bool(found) is bool(cause)
    assert not found or found.cause.startswith("can't be loaded: ")
    assert not found or cause in found.cause


def test_attribute_that_a_server_looks_up_by_its_name_is_what_it_was_given() -> None:
    said = "AttributeError: module 'main' has no attribute 'api'"
    own = '  File "/app/main.py", line 3, in <module>\n    shop.api\n'

    given = by_a_server(said, "target = getattr(target, bit)")

    assert given
    assert given.cause == "can't be loaded: the module main has no api"
    assert by_a_server(said, "module.api", own) is None


@pytest.mark.parametrize(
    ("said", "cause", "remedy"),
    [
        (
            "FastAPI.__call__() missing 1 required positional argument: 'send'",
            "FastAPI is an ASGI application",
            "-k uvi",
        ),
        ("app() missing 1 required positional argument: 'send'", "app is an ASGI application", "uvicorn"),
        ("Flask.__call__() missing 1 required positional argument: 'start_response'", "is a WSGI", "gunicorn"),
        ("Flask.__call__() takes 3 positional arguments but 4 were given", "Flask is a WSGI application", "gunicorn"),
        ("create_app() takes 0 positional arguments but 2 were given", "create_app is a factory", "create_app()`"),
    ],
)
def test_application_of_another_kind_than_its_server_takes_is_told(said: str, cause: str, remedy: str) -> None:
    own = '  File "/app/main.py", line 3, in price\n    f()\n'

    found = by_a_server(f"TypeError: {said}", "respiter = self.wsgi(environ, resp.start_response)")

    assert found
    assert cause in found.cause
    assert remedy in found.remedy
    assert by_a_server(f"TypeError: {said}", "app(scope)", frames=own) is None


def test_what_a_scheduler_calls_is_no_application() -> None:
    assert by_a_server("TypeError: tidy() takes 0 positional arguments but 1 was given", "job(*args)") is None


def test_what_a_library_refuses_without_a_line_of_the_project_is_what_it_was_given() -> None:
    error = read_traceback(
        f'Traceback (most recent call last):\n  File "{PACKAGES}/gunicorn/util.py", line 9, in load\n    x()\n'
        "ImportError: Entry point ('gunicorn.workers', 'gevnt') not found\n"
    )

    assert error
    assert in_words(error).remedy.startswith("see what gunicorn asks for: its command line")
