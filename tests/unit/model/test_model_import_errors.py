"""Is it told why an import fails: a folder, a version of Python, a name that a command line gives?"""

import pytest

from kubeship.model.python_errors import Meaning, decisive, meaning, read_traceback

HEADER = "Traceback (most recent call last):\n"
SERVER = '  File "/usr/local/lib/python3.12/site-packages/server/run.py", line 9, in load\n    import_module(name)\n'


def of_a_file(path: str, said: str) -> Meaning:
    error = read_traceback(f'{HEADER}  File "{path}", line 3, in <module>\n    x()\n{said}\n')
    known = meaning(error) if error else None
    assert known
    return known


def test_module_that_no_line_of_the_project_imports_is_named_by_a_command_or_a_setting() -> None:
    error = read_traceback(f"{HEADER}{SERVER}ModuleNotFoundError: No module named 'shop'\n")

    known = meaning(error) if error else None

    assert known
    assert known.remedy.startswith("correct what names it (`entrypoint:`, `command:`")


def test_file_that_imports_its_own_folder_is_to_be_started_as_a_module() -> None:
    lies_within = of_a_file("/app/src/shop/main.py", "ModuleNotFoundError: No module named 'shop'")
    relative = of_a_file("/app/shop/main.py", "ImportError: attempted relative import with no known parent package")

    assert "python -m shop.main" in lies_within.remedy
    assert "python -m shop.main" in relative.remedy


@pytest.mark.parametrize(
    ("said", "library"),
    [
        ("ImportError: cannot import name 'override' from 'typing' (/usr/local/lib/python3.11/typing.py)", True),
        ("AttributeError: module 'itertools' has no attribute 'batched'", True),
        ("ImportError: cannot import name 'price' from 'shop' (/app/shop/__init__.py)", False),
    ],
)
def test_what_the_standard_library_lacks_is_in_another_python(said: str, library: bool) -> None:
    assert ("doesn't have it in the image's Python" in of_a_file("/app/app.py", said).cause) is library


def test_library_that_uses_what_python_has_removed_is_to_be_newer() -> None:
    error = read_traceback(f"{HEADER}{SERVER}AttributeError: module 'asyncio' has no attribute 'coroutine'\n")

    known = meaning(error) if error else None

    assert known
    assert known.remedy.startswith("take a newer version of server")


def test_module_that_another_exception_names_is_missing_as_well() -> None:
    found = of_a_file("/app/app.py", "ValueError: the greenlet library is required. No module named 'greenlet'")

    tried = of_a_file("/app/app.py", "ImportError: no pq wrapper available.\n- tried c: No module named 'psycopg_c'")

    assert found.cause == "can't import greenlet (app.py:3)"
    assert "libpq.so.5" in tried.cause


def test_exception_that_tells_of_an_import_while_the_imports_own_is_handled_has_that_for_its_cause() -> None:
    handled = "\n\nDuring handling of the above exception, another exception occurred:\n\n"
    own = f"{HEADER}{SERVER}ModuleNotFoundError: No module named 'sqlmodel'"
    announces = f"{HEADER}{SERVER}RuntimeError: While importing 'shop.main', an ImportError was raised.\n"
    expected = f"{HEADER}{SERVER}RuntimeError: no tenant\n"

    error, other = read_traceback(own + handled + announces), read_traceback(own + handled + expected)

    assert error
    assert str(decisive(error)) == "ModuleNotFoundError: No module named 'sqlmodel'"
    assert other
    assert decisive(other) is other


def test_place_of_what_was_raised_from_is_that_of_the_exception_above_it() -> None:
    direct = "\n\nThe above exception was the direct cause of the following exception:\n\n"
    own = f"{HEADER}{SERVER}ModuleNotFoundError: No module named 'MySQLdb'"
    outer = (
        f'{HEADER}  File "/app/manage.py", line 4, in <module>\n    run()\n{SERVER}ImproperlyConfigured: no driver\n'
    )

    error = read_traceback(own + direct + outer)
    known = meaning(error) if error else None

    assert known
    assert known.cause == "can't import MySQLdb (manage.py:4)"
