"""Are the words of programs that print no traceback understood, and is the decisive line shown?"""

import pytest

from kubeship.model.snapshot import Snapshot
from kubeship.rollout.causes import conclude
from kubeship.rollout.causes.access_log import answered
from kubeship.rollout.causes.behind import behind
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.last_words import decisive_line, reason
from kubeship.rollout.pods import pod_snapshot
from tests.unit.rollout.builders import CRASH_LOOP, crash_looping, ended, rollout, status

GUNICORN = "[2026-11-21 05:20:30 +0000] [1] [ERROR]"
REFUSED = """Traceback (most recent call last):
  File "/app/app.py", line 3, in <module>
    connect()
psycopg.OperationalError: connection to server at "10.0.0.9", port 5432 failed: Connection refused
"""
MISSING = """Traceback (most recent call last):
  File "/app/app.py", line 3, in <module>
    import requests
ModuleNotFoundError: No module named 'requests'
"""


def concluded(snapshot: Snapshot) -> Conclusion:
    found = conclude(pod_snapshot(snapshot.pods[0], snapshot))
    assert found
    return found


@pytest.mark.parametrize(
    ("log", "cause"),
    [
        (
            f"{GUNICORN} connection to ('', 8000) failed: [Errno 98] Address already in use\n{GUNICORN} Can't connect",
            "can't listen on its port, which something else in its pod has taken",
        ),
        (
            "ERROR:    [Errno 98] error while attempting to bind on address ('0.0.0.0', 8000): address already in use",
            "can't listen on its port, which something else in its pod has taken",
        ),
        (
            f"{GUNICORN} connection to ('0.0.0.0', 80) failed: [Errno 13] Permission denied",
            "isn't allowed to listen on its port",
        ),
        (
            "nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)",
            "isn't allowed to listen on its port",
        ),
        (
            f"{GUNICORN} connection to ('shop.example.com', 8000) failed: [Errno -2] Name or service not known",
            "can't listen on shop.example.com, which is no address of its pod",
        ),
        (
            "INFO:     Application startup complete.\nERROR:    [Errno -2] Name or service not known",
            "can't listen on the address that it is given: [Errno -2]",
        ),
        (
            f"Failed to find attribute 'app' in 'shop.wsgi'.\n{GUNICORN} Reason: App failed to load.",
            "can't be loaded: the module shop.wsgi has no app",
        ),
        (
            'ERROR:    Error loading ASGI app. Could not import module "main".',
            "can't be loaded: there is no module main in the image",
        ),
        (
            'ERROR:    Error loading ASGI app. Attribute "app" not found in module "main".',
            "can't be loaded: the module main has no app",
        ),
        ("1. module 'shop' has no attribute 'app'", "can't be loaded: the module shop has no app"),
        (
            "unable to load app 0 (mountpoint='') (callable not found or import error)\n*** no app loaded ***",
            "can't be loaded: uWSGI finds no callable by that name, or importing it fails",
        ),
        (
            "python: can't open file '/app/manage.py': [Errno 2] No such file or directory",
            "has no file /app/manage.py in the image",
        ),
        ("Unknown command: 'migrat'. Did you mean migrate?", "has no management command migrat"),
        (
            "/app/start.sh: line 3: /app/.venv/bin/activate: No such file or directory",
            "has no file /app/.venv/bin/activ",
        ),
        ("start.sh: 3: cannot open settings.env: No such file", "has no file settings.env in the image"),
        ('open("uwsgi.ini"): No such file or directory [core/io.c line 525]', "needs uwsgi.ini, which is not there"),
        (
            f"{GUNICORN} connection to /run/app/g.sock failed: [Errno 2] No such file or directory\n"
            f"{GUNICORN} Can't connect to /run/app/g.sock",
            "needs /run/app/g.sock, which is not there",
        ),
        (
            "[CRITICAL] Consumer encountered a connection error: Error 99 connecting to localhost:6379. Cannot assign "
            "requested address.",
            "can't reach a server that it looks for on localhost",
        ),
        ("open /etc/app/config.yaml: no such file or directory", "needs /etc/app/config.yaml, which is not there"),
        (
            "FAILED: Path doesn't exist: migrations.  Please use the 'init' command",
            "needs migrations, which is not there",
        ),
        ("Config file not found: /etc/app/settings.toml", "needs /etc/app/settings.toml, which is not there"),
        ("timeout: failed to run command 'pg_isready': No such file or directory", "calls the program pg_isready"),
        ("error: Failed to spawn: `gunicorn`\n  Caused by: No such file or directory", "calls the program gunicorn"),
        ("/app/.venv/bin/gunicorn: cannot execute: required file not found", "calls /app/.venv/bin/gunicorn, whose"),
        (
            "  Caused by: failed to create directory `/.cache/uv`: Permission denied (os error 13)",
            "can't read or write",
        ),
        ("(13)Permission denied: AH00072: make_sock: could not bind to address 0.0.0.0:80", "isn't allowed to listen"),
        ("ERROR: No matching distribution found for flask", "installs distributions when it starts"),
        ("curl: (6) Could not resolve host: config.shop.svc", "can't reach a server that it needs"),
        ("docker-entrypoint.sh: STRIPE_KEY must be set", "needs STRIPE_KEY, which is not set"),
        ("start.sh: 3: source: not found", "has a script that is written for bash"),
        ("start.sh: 3: DATABASE_URL: is required", "needs the variable DATABASE_URL, which is not set"),
        ("start.sh: 3: GUNICORN: not found", "calls the program GUNICORN"),
        ("[FATAL tini (7)] exec gunicron failed: No such file or directory", "calls the program gunicron"),
        (
            "uvicorn: error: unrecognized arguments: --hosts",
            "refuses its command line: unrecognized arguments: --hosts",
        ),
        ("Error: No such option '--hosts'.", "refuses its command line: No such option '--hosts'."),
        ("Error: '/var/log/a.log' isn't writable [PermissionError(13, 'x')]", "can't write /var/log/a.log"),
        ("Error: 'deploy/gunicorn.py' doesn't exist", "needs deploy/gunicorn.py, which is not there"),
        ("Error: Invalid value: File does not exist: app.py", "needs app.py, which is not there"),
        ("Error: Can't drop privilege as nonroot user", "may not become another user"),
        (
            '{"level": "error", "message": "FATAL: password authentication failed for user \\"shop\\""}',
            "is refused by a server: wrong user or password",
        ),
        ("sh: 1: gunicron: not found", "calls the program gunicron, which doesn't exist in the image"),
        ("/start.sh: line 3: celery: command not found", "calls the program celery, which doesn't exist in the image"),
        ("/start.sh: 2: DATABASE_URL: parameter not set", "needs the variable DATABASE_URL, which is not set"),
        ("/start.sh: line 2: PORT: unbound variable", "needs the variable PORT, which is not set"),
        ("env: 'python3\\r': No such file or directory", "needs the interpreter python3, which the image doesn't have"),
        ("/start.sh: 2: set: Illegal option -", "runs a shell script that has Windows' line ends (CRLF)"),
        (
            'nginx: [emerg] host not found in upstream "web" in /etc/nginx/conf.d/app.conf:3',
            "looks up web when it starts, and that name doesn't exist",
        ),
        (
            'nginx: [emerg] 1#1: unknown directive "sever" in /etc/nginx/nginx.conf:4',
            'refuses its configuration: unknown directive "sever" in /etc/nginx/nginx.conf:4',
        ),
        (
            "CommandError: Conflicting migrations detected; multiple leaf nodes: (0002_a, 0002_b in items).\n"
            "To fix them run 'python manage.py makemigrations --merge'",
            "has migrations that branch: two follow the same one",
        ),
        ("mkdir: cannot create directory '/data': Read-only file system", "can't write /data (read-only file system)"),
        (
            "[2026-11-21 06:08:44,959: WARNING/MainProcess] [Errno 30] Read-only file system: 'celerybeat-schedule'",
            "can't write celerybeat-schedule (read-only file system)",
        ),
        (
            "[06:09:11: CRITICAL/MainProcess] Retrying to establish a connection to the message broker after a "
            "connection loss has been disabled (app.conf.broker_connection_retry_on_startup=False). Shutting down...",
            "doesn't reach its message broker",
        ),
        ("Error: Could not import 'shop'.\n\nError: No such command 'db'.", "can't be loaded: there is no module shop"),
        (
            "Fatal Python error: init_fs_encoding: failed to get the Python codec of the filesystem encoding\n"
            "ModuleNotFoundError: No module named 'encodings'",
            "finds no standard library",
        ),
        ("Waiting for postgres...\nWaiting for postgres...", "waits for postgres"),
        ("Waiting for db:5432", "waits for db:5432"),
        ("waiting on the shop database", "waits for shop database"),
        ("the config server is not ready, giving up", "says that server isn't there"),
        ("tenants aren't there", "needs something that isn't there yet"),
        ("wait-for-it.sh: timeout occurred after waiting 15 seconds for db:5432", "can't reach a server"),
        ("db:5432 - no response", "can't reach a server"),
        ("WARN exited: web (exit status 1; not expected)", "runs web under supervisord"),
        ('error: failed switching to "app": operation not permitted', "may not become another user"),
        ("chown: changing ownership of '/data': Operation not permitted", "isn't root, and so may not chown"),
        ('initdb: error: directory "/data" exists but is not empty', "finds files in /data"),
        ("Error: Invalid value for '--port': '${PORT}' is not a valid integer.", "is given ${PORT} as it stands"),
        ("Error: connect ECONNREFUSED 10.0.0.9:5432", "can't reach a server that it needs"),
        ("Permissions 0644 for '/keys/id_rsa' are too open.", "refuses the key /keys/id_rsa"),
        ("OpenBLAS blas_thread_init: pthread_create failed for thread 3 of 8", "may not start any more processes"),
    ],
)
def test_last_words_that_are_known_are_understood(log: str, cause: str) -> None:
    found = reason(f"starting\n{log}\n\n")

    assert found
    assert found.cause.startswith(cause)
    assert found.evidence.removesuffix(" ...") in log or log.startswith("{")
    assert found.remedy


def test_what_was_said_long_before_the_end_is_not_why() -> None:
    assert reason("Connection refused, trying again\n" + "working\n" * 30) is None


def test_servers_own_words_about_waiting_are_no_wait_for_a_server() -> None:
    assert reason("INFO:     Waiting for application startup.\n") is None
    assert reason("Waiting for postgres...\nmigrated\nno tenant\n") is None


def test_what_sounds_like_an_error_of_its_own_after_an_exception_is_told_with_it() -> None:
    caught = concluded(rollout(crash_looping(3), log=f"{MISSING}\nthe tenant table is empty, cannot start\n"))
    uncaught = concluded(rollout(crash_looping(3), log=f"{MISSING}{GUNICORN} Worker (pid:7) exited with code 3\n"))

    assert caught.diagnosis.cause.endswith("; after that it says: the tenant table is empty, cannot start")
    assert "after that" not in uncaught.diagnosis.cause


def test_what_a_program_goes_on_without_is_not_why_it_ended() -> None:
    log = "Config file /etc/app.yaml not found, using defaults\nno tenants: giving up\n"

    assert concluded(rollout(crash_looping(1), log=log)).diagnosis.evidence == "no tenants: giving up"


def test_thread_that_the_program_has_outlived_is_not_why_it_ended_but_why_it_does_not_answer() -> None:
    log = f"Exception in thread Thread-1 (serve):\n{MISSING}\nunknown region mars\n"

    ended = concluded(rollout(crash_looping(2), log=log))

    assert ended.diagnosis.evidence == "unknown region mars"
    assert behind(log)


def test_variable_that_it_only_warns_of_or_goes_on_without_is_not_why() -> None:
    log = "WARNING SENTRY_DSN is not set\nSENTRY_KEY not set, error tracking disabled\nno tenant: giving up\n"

    assert reason(log) is None


def test_what_was_only_warned_of_before_an_error_of_unknown_words_is_not_why() -> None:
    log = "WARNING file /etc/shop/extra.yaml not found\nERROR shard map is empty\n"

    assert concluded(rollout(crash_looping(1), log=log)).diagnosis.evidence == "ERROR shard map is empty"


def test_error_of_unknown_words_after_known_ones_is_told_with_them() -> None:
    log = "ERROR cache: Error 111 connecting to redis:6379. Connection refused.\nCRITICAL tenant acme can't be billed\n"

    cause = concluded(rollout(crash_looping(1), log=log)).diagnosis.cause

    assert "can't reach a server" in cause
    assert cause.endswith("; after that it says: CRITICAL tenant acme can't be billed")


def test_socket_for_controlling_gunicorn_that_it_can_not_make_is_not_why() -> None:
    log = f"{GUNICORN} Control server error: [Errno 30] Read-only file system: '/.gunicorn'\n"

    assert behind(log) is None


def test_start_script_that_may_not_be_executed_writes_nothing() -> None:
    found = concluded(rollout(crash_looping(126), log="sh: 1: exec: ./start.sh: Permission denied\n"))

    assert "can't be executed (exit code 126)" in found.diagnosis.cause
    assert "./start.sh" in found.diagnosis.evidence


def test_failure_of_a_program_that_was_called_is_told_by_its_own_words() -> None:
    called = (
        'Traceback (most recent call last):\n  File "/app/start.py", line 3, in <module>\n    run()\n'
        "subprocess.CalledProcessError: Command '['alembic']' returned non-zero exit status 1.\n"
    )
    said = "FATAL: password authentication failed\n"

    assert "wrong user or password" in concluded(rollout(crash_looping(1), log=said + called)).diagnosis.cause
    assert "can't import requests" in concluded(rollout(crash_looping(1), log=MISSING + called)).diagnosis.cause
    assert "CalledProcessError" in concluded(rollout(crash_looping(1), log=called)).diagnosis.cause


def test_evidence_is_the_exception_that_was_understood() -> None:
    chained = (
        f"{MISSING}\nThe above exception was the direct cause of the following exception:\n\n"
        'Traceback (most recent call last):\n  File "/app/app.py", line 9, in load\n    load()\n'
        "ImproperlyConfigured: the application could not be loaded\n"
    )

    assert concluded(rollout(crash_looping(1), log=chained)).diagnosis.evidence.startswith("ModuleNotFoundError")


def test_telemetry_that_does_not_arrive_is_not_why() -> None:
    lost = "WARNING:opentelemetry.exporter.otlp: Transient error: Connection refused: /v1/traces, retrying in 2s\n"

    found = concluded(rollout(crash_looping(1), log=f"FATAL: the license key is not valid\n{lost}"))

    assert reason(lost) is None
    assert found.diagnosis.cause == "web crashes with exit code 1: FATAL: the license key is not valid"
    assert found.certain


def test_words_that_are_known_and_come_later_count_before_an_exception_that_was_caught() -> None:
    found = concluded(
        rollout(crash_looping(1), log=f"{MISSING}INFO falling back\nFATAL: password authentication failed\n")
    )

    assert "wrong user or password" in found.diagnosis.cause


def test_codes_of_some_servers_say_nothing_of_other_programs() -> None:
    other = concluded(rollout(crash_looping(3), log="ERROR: no tenant\n"))
    uvicorn = concluded(rollout(crash_looping(3), log="ERROR:    Application startup failed. Exiting.\n"))

    assert other.diagnosis.cause == "web crashes with exit code 3: ERROR: no tenant"
    assert "couldn't start the application" in uvicorn.diagnosis.cause


def test_program_that_says_nothing_is_told_how_to_be_heard() -> None:
    silent = concluded(rollout(crash_looping(1)))
    left = crash_looping(1)
    left["lastState"]["terminated"]["message"] = "schema is at 41, this needs 42"

    assert "stdout" in silent.diagnosis.remedy
    assert concluded(rollout(left)).diagnosis.evidence == "schema is at 41, this needs 42"


def test_signal_without_words_of_its_own_is_named() -> None:
    assert "SIGHUP" in concluded(rollout(crash_looping(129))).diagnosis.cause
    assert "/dev/shm" in concluded(rollout(crash_looping(135))).diagnosis.remedy


def test_unknown_words_are_shown_by_the_line_that_sounds_like_an_error() -> None:
    log = "Invalid value for workers: many\n\nError: invalid literal for int(): 'many'\nWorker exiting (pid: 7)\n"

    conclusion = concluded(rollout(crash_looping(1), log=log))

    assert conclusion.diagnosis.cause == "web crashes with exit code 1: Error: invalid literal for int(): 'many'"
    assert decisive_line("refusing to start: license expired") == "refusing to start: license expired"
    assert decisive_line("RuntimeError:\nno tenant\nbye") == "RuntimeError: no tenant"
    assert decisive_line("\n \n====\n") == ""


def test_fault_handler_tells_where_a_compiled_extension_crashed() -> None:
    log = (
        "Fatal Python error: Segmentation fault\n\nCurrent thread 0x00007f58e7f122c0 (most recent call first):\n"
        '  File "/usr/lib/python3.11/ctypes/__init__.py", line 519 in string_at\n'
        '  File "/app/main.py", line 2 in <module>\n'
    )

    assert concluded(rollout(crash_looping(139), log=log)).diagnosis.cause.endswith("SIGSEGV) (main.py:2)")


@pytest.mark.parametrize(("restarts", "certain"), [(1, False), (2, False), (3, True)])
def test_server_that_isnt_up_may_come_until_the_fourth_end(restarts: int, certain: bool) -> None:
    container = status(CRASH_LOOP, ended(1), restarts=restarts)

    for log in (REFUSED, "dial tcp: lookup postgres: Temporary failure in name resolution\n"):
        assert concluded(rollout(container, log=log)).certain is certain


def test_exception_that_speaks_of_somebody_late_may_heal() -> None:
    log = MISSING.replace(
        "ModuleNotFoundError: No module named 'requests'", "RuntimeError: feature store not ready yet"
    )

    assert not concluded(rollout(crash_looping(1), log=log)).certain


def test_instance_that_was_killed_at_once_is_explained_by_the_one_before() -> None:
    conclusion = concluded(rollout(crash_looping(137), log="starting", previous=MISSING))

    assert conclusion.diagnosis.cause == "web crashes: it can't import requests (app.py:3)"


def test_exception_at_the_end_of_a_log_explains_an_exit_code_of_zero() -> None:
    died = concluded(rollout(crash_looping(0, "Completed"), log=MISSING))
    went_on = concluded(rollout(crash_looping(0, "Completed"), log=f"{MISSING}all done\n"))

    assert "can't import requests" in died.diagnosis.cause
    assert "exit code 0" in went_on.diagnosis.cause


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('INFO:     10.0.0.1:56296 - "GET /healthz HTTP/1.1" 404 Not Found', 404),
        ('10.0.0.1 - - [21/Nov/2026:05:20:34 +0000] "GET /healthz?full=1 HTTP/1.1" 503 12 "-" "kube-probe/1.35"', 503),
        ("[2026-11-21 05:22:01] - (sanic.access)[INFO][10.0.0.1:4]: GET http://10.0.0.2:8000/healthz  500 735", 500),
        ("500 GET /healthz (10.160.0.1) 36.69ms", 500),
        ("[pid: 7] 10.0.0.1 () GET /healthz => generated 21 bytes in 0 msecs (HTTP/1.1 500) 1 headers", 500),
    ],
)
def test_programs_own_log_tells_what_a_probe_was_answered(line: str, code: int) -> None:
    found = answered(f"200 GET /healthz (1.1.1.1)\n{line}\nother\n", "/healthz")

    assert found
    assert found.status == code
    assert answered(line, "/health") is None


def test_workers_that_take_too_long_are_told_from_those_that_need_too_much_memory() -> None:
    late = (
        "[2026-11-21 05:20:05 +0000] [1] [CRITICAL] WORKER TIMEOUT (pid:17)\n"
        'Traceback (most recent call last):\n  File "/app/app.py", line 3, in app\n    time.sleep(60)\n'
        "SystemExit: 1\n"
        "[2026-11-21 05:20:06 +0000] [1] [ERROR] Worker (pid:17) was sent SIGKILL! Perhaps out of memory?\n"
    )

    slow, greedy = behind(late), behind(late.splitlines()[-1])

    assert slow
    assert "gunicorn's timeout (app.py:3)" in slow.cause
    assert greedy
    assert "memory" in greedy.cause


def test_exceptions_that_the_probe_itself_brought_about_are_no_reason() -> None:
    pipe = 'Traceback (most recent call last):\n  File "/app/a.py", line 3, in f\nBrokenPipeError: Broken pipe\n'
    found = behind(MISSING + "\n" + pipe)

    assert behind(pipe) is None
    assert found
    assert "can't import requests" in found.cause


def test_workers_that_end_without_a_word_are_told() -> None:
    line = "INFO:     Child process [{}] died\n"
    found = behind(line.format(8) + line.format(9))

    assert found
    assert "end again and again" in found.cause
    assert behind(line.format(8)) is None
