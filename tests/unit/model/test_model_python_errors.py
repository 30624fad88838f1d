"""Is the exception that ended a program found in its log, and explained?"""

import subprocess
import sys
from pathlib import Path

import pytest

from kubeship.model.python_errors import PythonError, meaning, read_traceback
from kubeship.model.python_names import DISTRIBUTIONS, LIBRARY_PACKAGES, REMOVED_MODULES, distribution_of

GUNICORN = """\
[2026-11-20 10:00:00 +0000] [7] [INFO] Booting worker with pid: 7
[2026-11-20 10:00:00 +0000] [7] [ERROR] Exception in worker process
Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/gunicorn/arbiter.py", line 609, in spawn_worker
    worker.init_process()
  File "/app/shop/wsgi.py", line 16, in <module>
    application = get_wsgi_application()
  File "/usr/local/lib/python3.12/site-packages/django/conf/__init__.py", line 190, in __init__
    mod = importlib.import_module(self.SETTINGS_MODULE)
  File "<frozen importlib._bootstrap>", line 1387, in _gcd_import
ModuleNotFoundError: No module named 'corsheaders'
[2026-11-20 10:00:00 +0000] [7] [INFO] Worker exiting (pid: 7)
"""
HALTED = """\
Traceback (most recent call last):
  File "/usr/local/bin/gunicorn", line 8, in <module>
    sys.exit(run())
  File "/usr/local/lib/python3.12/site-packages/gunicorn/arbiter.py", line 242, in handle_chld
    self.reap_workers()
gunicorn.errors.HaltServer: <HaltServer 'Worker failed to boot.' 3>
"""


def test_frames_that_cython_names_by_the_place_of_its_build_are_not_the_projects() -> None:
    compiled = '  File "uvloop/loop.pyx", line 1982, in create_connection\nsocket.gaierror: [Errno -2] Name unknown'

    error = found(GUNICORN.replace("ModuleNotFoundError: No module named 'corsheaders'", compiled))

    assert error.type == "socket.gaierror"
    assert error.where == "shop/wsgi.py:16"


def test_what_stands_below_a_count_of_errors_is_told_with_it() -> None:
    error = found(traceback("ValidationError", "1 validation error for Order\nprice\n  Field required [type=missing]"))

    assert str(error) == "ValidationError: 1 validation error for Order: price Field required [type=missing]"


def test_exception_of_a_gunicorn_worker_is_found_with_the_projects_own_line() -> None:
    error = found(GUNICORN)

    assert str(error) == "ModuleNotFoundError: No module named 'corsheaders'"
    assert error.where == "shop/wsgi.py:16"
    assert error.text.splitlines()[0] == "Traceback (most recent call last):"
    assert error.text.endswith("'corsheaders'")


def test_report_of_a_dead_worker_gives_way_to_its_own_exception() -> None:
    error = found(GUNICORN + HALTED)

    assert error.type == "ModuleNotFoundError"


def test_times_and_prefixes_before_every_line_do_not_disturb() -> None:
    stamped = "\n".join(f"2026-11-20T10:00:00.123456789Z {line}" for line in GUNICORN.splitlines())
    prefixed = "\n".join(f"web-1 | {line}" for line in GUNICORN.splitlines())

    assert found(stamped).where == found(prefixed).where == "shop/wsgi.py:16"


@pytest.mark.parametrize(
    ("source", "exception", "where"),
    [
        ("1/0", "ZeroDivisionError", "app.py:1"),
        ("import json\njson.loads('{')", "json.decoder.JSONDecodeError", "app.py:2"),
        ("def f(:", "SyntaxError", "app.py:1"),
        ("class Odd(Exception): pass\nraise Odd('a\\n  b')", "Odd", "app.py:2"),
        ("try:\n  1/0\nexcept Exception as e:\n  raise ValueError('x') from e", "ValueError", "app.py:4"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", "app.py:1"),
    ],
)
def test_what_python_really_prints_is_read(tmp_path: Path, source: str, exception: str, where: str) -> None:
    (tmp_path / "app.py").write_text(source)
    done = subprocess.run([sys.executable, "app.py"], cwd=tmp_path, capture_output=True, text=True, check=False)

    error = found(done.stderr)

    assert error.type.removeprefix("__main__.") == exception
    assert error.where.endswith(where)


def test_missing_main_module_has_no_traceback_and_is_found_all_the_same() -> None:
    error = found("starting\n/usr/local/bin/python: No module named gunicorn\n")

    assert error.message == "No module named 'gunicorn'"


@pytest.mark.parametrize("log", ["", "all is well\n", "Traceback (most recent call last):\n", "KeyError: 'x'\n"])
def test_log_without_a_traceback_gives_none(log: str) -> None:
    assert read_traceback(log) is None


def test_what_an_exception_was_raised_from_decides_but_one_merely_handled_does_not() -> None:
    import_error = traceback("ModuleNotFoundError", "No module named 'psycopg2'")
    outer = traceback("django.core.exceptions.ImproperlyConfigured", "Error loading psycopg2 or psycopg module")
    caused = f"{import_error}\nThe above exception was the direct cause of the following exception:\n\n{outer}"
    handled = f"{import_error}\nDuring handling of the above exception, another exception occurred:\n\n{outer}"

    assert "psycopg2-binary" in remedy(found(caused))
    assert "settings" in remedy(found(handled))


@pytest.mark.parametrize(
    ("exception", "message", "advice"),
    [
        ("ModuleNotFoundError", "No module named 'yaml'", "add PyYAML"),
        ("ModuleNotFoundError", "No module named 'google.cloud.storage'", "add google-cloud-storage"),
        ("ModuleNotFoundError", "No module named 'werkzeug.contrib'", "version of Werkzeug"),
        ("ModuleNotFoundError", "No module named 'distutils'", "add setuptools"),
        ("ImportError", "libpq.so.5: cannot open shared object file: No such file or directory", "libpq5"),
        ("ImportError", "libodd.so.3: cannot open shared object file: No such file", "libodd.so.3"),
        ("ImportError", "no pq wrapper available.\nAttempts made:\n- couldn't import psycopg", "psycopg[binary]"),
        (
            "ImportError",
            "cannot import name 'url_quote' from 'werkzeug.urls' (/x/site-packages/w.py)",
            "pin the version",
        ),
        (
            "ImportError",
            "cannot import name 'a' from partially initialized module 'b' (most likely due to a circular import)",
            "third module",
        ),
        ("django.core.exceptions.ImproperlyConfigured", "The SECRET_KEY setting must not be empty.", "set SECRET_KEY"),
        (
            "django.core.exceptions.ImproperlyConfigured",
            "Set the DATABASE_URL environment variable",
            "set DATABASE_URL",
        ),
        (
            "decouple.UndefinedValueError",
            "API_KEY not found. Declare it as envvar or define a default value.",
            "set API_KEY",
        ),
        (
            "pydantic_core._pydantic_core.ValidationError",
            "1 validation error for Settings\napi_key\n  Field required [type=missing, input_value={}]",
            "set API_KEY",
        ),
        ("KeyError", "\"Config 'DEBUG' is missing, and has no default.\"", "set DEBUG"),
        ("OSError", "[Errno 30] Read-only file system: '/app/x.log'", "/tmp"),
        ("PermissionError", "[Errno 13] Permission denied: '/app/x.log'", "/tmp"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'data/model.bin'", ".dockerignore"),
        ("psycopg2.OperationalError", 'connection to server at "db", port 5432 failed: Connection refused', "address"),
        ("django.db.utils.ProgrammingError", 'relation "shop_item" does not exist', "release:"),
    ],
)
def test_exception_has_a_remedy(exception: str, message: str, advice: str) -> None:
    error = found(traceback(exception, message))

    assert advice in remedy(error)


def test_key_error_of_the_environment_is_told_from_one_of_a_dictionary() -> None:
    environment = traceback("KeyError", "'SECRET_KEY'").replace("/app/app.py", "<frozen os>")
    dictionary = traceback("KeyError", "'SECRET_KEY'")

    assert "set SECRET_KEY" in remedy(found(environment))
    assert meaning(found(dictionary)) is None


def test_variable_is_named_though_two_workers_wrote_at_once() -> None:
    environment = traceback("KeyError", "'API_KEY'\n'API_KEY'").replace("/app/app.py", "<frozen os>")

    assert "set API_KEY under" in remedy(found(environment))


@pytest.mark.parametrize(
    ("line", "exception", "cause"),
    [
        (
            "os.getenv('DATABASE_URL').split('/')",
            "AttributeError: 'NoneType' object has no attribute 'split'",
            "needs the environment variable DATABASE_URL, which is not set (app.py:3)",
        ),
        (
            'int(os.environ.get("WORKERS"))',
            "TypeError: int() argument must be a string, a bytes-like object or a real number, not 'NoneType'",
            "needs the environment variable WORKERS, which is not set (app.py:3)",
        ),
        (
            "WORKERS = int(os.environ['WORKERS'])",
            "ValueError: invalid literal for int() with base 10: ''",
            "refuses the value of the environment variable WORKERS (app.py:3): "
            "invalid literal for int() with base 10: ''",
        ),
        ("int(row['price'])", "ValueError: invalid literal for int() with base 10: ''", None),
        ("find(row).name", "AttributeError: 'NoneType' object has no attribute 'name'", None),
    ],
)
def test_variable_is_found_in_the_source_line(line: str, exception: str, cause: str | None) -> None:
    log = f'Traceback (most recent call last):\n  File "/app/app.py", line 3, in <module>\n    {line}\n{exception}\n'

    known = meaning(found(log))

    assert (known.cause if known else None) == cause


def test_tables_are_sorted_and_hold_no_row_that_normalising_gives() -> None:
    for table in (DISTRIBUTIONS, REMOVED_MODULES, LIBRARY_PACKAGES):
        assert list(table) == sorted(table)
    assert distribution_of("flask_login.utils") == "Flask-Login"
    assert distribution_of("some_thing.inner") == "some-thing"
    assert distribution_of("google.cloud.vision_v1.types") == "google-cloud-vision"
    assert distribution_of("azure.storage.blob") == "azure-storage-blob"
    assert distribution_of("google.protobuf.message") == "protobuf"
    assert [module for module, name in DISTRIBUTIONS.items() if module == name] == ["ruamel.yaml"]


def traceback(exception: str, message: str) -> str:
    frame = '  File "/app/app.py", line 3, in <module>\n    x()\n'
    return f"Traceback (most recent call last):\n{frame}{exception}: {message}\n"


def found(log: str) -> PythonError:
    error = read_traceback(log)
    assert error
    return error


def remedy(error: PythonError) -> str:
    known = meaning(error)
    assert known
    return known.remedy
