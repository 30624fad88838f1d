"""Is it told what a server refuses, and whether that may heal?"""

import re

import pytest

from kubeship.model.python_errors import Meaning, meaning, read_traceback
from kubeship.model.server_errors import SERVER_ERRORS

SERVER = 'connection to server at "10.0.0.9", port 5432 failed:'


def understood(exception: str, message: str, raised_in: str = "/app/app.py") -> Meaning | None:
    frame = f'  File "/app/app.py", line 3, in <module>\n    x()\n  File "{raised_in}", line 9, in y\n    z()\n'
    error = read_traceback(f"Traceback (most recent call last):\n{frame}{exception}: {message}\n")
    return meaning(error) if error else None


@pytest.mark.parametrize(
    ("exception", "message", "cause", "heals"),
    [
        (
            "django.db.utils.OperationalError",
            f'{SERVER} FATAL:  password authentication failed for user "shop"',
            "wrong user or password",
            False,
        ),
        ("pyodbc.InterfaceError", "[SQL Server]Login failed for user 'sa'. (18456)", "wrong user", False),
        ("oracledb.DatabaseError", "ORA-01017: invalid username/password; logon denied", "wrong user", False),
        ("oracledb.OperationalError", "ORA-12541: TNS:no listener", "can't reach a server", True),
        ("ldap.SERVER_DOWN", "{'result': -1, 'desc': \"Can't contact LDAP server\"}", "can't reach a server", True),
        ("sqlalchemy.exc.TimeoutError", "QueuePool limit of size 5 overflow 10 reached", "as many as", True),
        ("IntegrityError", 'could not create unique index "shop_email"', "rows in it don't allow (shop_email", False),
        (
            "NodeNotFoundError",
            "Migration shop.0003_x dependencies reference nonexistent parent node ('shop', '0002_y')",
            "the migration shop.0003_x, whose parent",
            False,
        ),
        ("pymysql.err.OperationalError", "(1045, \"Access denied for user 'shop'@'10.0.0.1'\")", "wrong user", False),
        ("redis.exceptions.AuthenticationError", "WRONGPASS invalid username-password pair", "wrong user", False),
        ("amqp.exceptions.AccessRefused", "(0, 0): (403) ACCESS_REFUSED - Login was refused", "wrong user", False),
        ("psycopg.OperationalError", f'{SERVER} FATAL:  database "nope" does not exist', "the database nope", False),
        ("psycopg.OperationalError", f'{SERVER} FATAL:  role "bob" does not exist', "connects as bob", False),
        ("psycopg.OperationalError", f"{SERVER} FATAL:  no pg_hba.conf entry for host", "pg_hba.conf", False),
        ("psycopg.OperationalError", f"{SERVER} FATAL:  sorry, too many clients already", "as many as", True),
        ("psycopg.OperationalError", f"{SERVER} FATAL:  the database system is starting up", "just starting", True),
        ("psycopg.errors.ConnectionTimeout", "connection timeout expired", "can't reach a server", True),
        ("psycopg.OperationalError", f"{SERVER} Connection refused", "can't reach a server that it needs", True),
        (
            "redis.exceptions.ConnectionError",
            "Error 111 connecting to localhost:6379. Connection refused.",
            "on localhost, which in a pod is the pod itself",
            True,
        ),
        (
            "psycopg.OperationalError",
            'connection to server on socket "/var/run/postgresql/.s.PGSQL.5432" failed: No such file or directory',
            "on a socket of its own container",
            False,
        ),
        ("psycopg.errors.UndefinedColumn", "column shop_item.price does not exist", "column shop_item.price", False),
        ("django.db.utils.ProgrammingError", 'relation "a" already exists', "make a in the database", False),
        ("alembic.util.exc.CommandError", "Can't locate revision identified by '1f2'", "the revision 1f2", False),
        ("psycopg.errors.InsufficientPrivilege", "permission denied for table item", "denied for table item", False),
        ("ssl.SSLCertVerificationError", "certificate verify failed: self-signed", "the certificate", False),
    ],
)
def test_servers_refusal_is_told(exception: str, message: str, cause: str, heals: bool) -> None:
    found = understood(exception, message)

    assert found
    assert cause in found.cause
    assert found.heals is heals


@pytest.mark.parametrize(
    ("exception", "message", "raised_in", "cause", "remedy"),
    [
        (
            "FileNotFoundError",
            "[Errno 2] No such file or directory: 'ffmpeg'",
            "/usr/lib/python3.12/subprocess.py",
            "calls the program ffmpeg, which is not in the image (app.py:3)",
            "system_packages",
        ),
        (
            "FileNotFoundError",
            "[Errno 2] No usable temporary directory found in ['/tmp', '/app']",
            "/usr/lib/python3.12/tempfile.py",
            "no directory for temporary files",
            "emptyDir at /tmp",
        ),
        ("sqlite3.OperationalError", "unable to open database file", "/app/app.py", "its SQLite database", "volume"),
        ("sqlite3.OperationalError", "attempt to write a readonly database", "/app/a.py", "its SQLite", "volume"),
        (
            "ImportError",
            "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by /app/fast.cpython-312.so)",
            "/app/app.py",
            "can't load fast.cpython-312.so (app.py:9), which was built for a newer system: it needs GLIBC_2.38",
            "same base",
        ),
        ("ImportError", "/x/fast.so: undefined symbol: PyInt", "/app/app.py", "it lacks PyInt", "wheel"),
        ("OSError", "[Errno 28] No space left on device", "/app/app.py", "no space left", "sizeLimit"),
        ("PermissionError", "[Errno 13] Permission denied", "/usr/lib/python3.12/socketserver.py", "listen", "1023"),
        ("OSError", "[Errno 98] Address already in use", "/usr/lib/python3.12/socket.py", "port that is taken", "once"),
        (
            "ModuleNotFoundError",
            "No module named 'shop.settings.production'; 'shop.settings' is not a package",
            "<frozen importlib>",
            "shop.settings is a single file",
            "DJANGO_SETTINGS_MODULE",
        ),
        (
            "django.core.exceptions.AppRegistryNotReady",
            "Apps aren't loaded yet.",
            "/x/site-packages/django/apps/registry.py",
            "before Django is set up (app.py:3)",
            "ready()",
        ),
    ],
)
def test_what_the_container_lacks_is_told(
    exception: str, message: str, raised_in: str, cause: str, remedy: str
) -> None:
    found = understood(exception, message, raised_in)

    assert found
    assert cause in found.cause
    assert remedy in found.remedy


def test_no_row_is_written_twice() -> None:
    patterns = [row.pattern.pattern for row in SERVER_ERRORS]

    assert len(set(patterns)) == len(patterns)
    assert all(not re.search(r"\{what\}", row.cause) or row.pattern.groups for row in SERVER_ERRORS)
