"""Is a traceback read whatever a logger made of it?"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kubeship.model.log_formats import HEADER, plain_lines, spoken
from kubeship.model.python_errors import meaning, read_traceback

PLAIN = f'{HEADER}\n  File "/app/shop/boot.py", line 4, in main\n    import nothere\n'
MISSING = "ModuleNotFoundError: No module named 'nothere'"
COLOURED = (
    f"\x1b[31m{HEADER}\x1b[0m\n"
    '  File \x1b[35m"/app/shop/boot.py"\x1b[0m, line \x1b[35m4\x1b[0m, in \x1b[35mmain\x1b[0m\n'
    "    import nothere\n\x1b[1;35mModuleNotFoundError\x1b[0m: \x1b[35mNo module named 'nothere'\x1b[0m\n"
)
STRUCTURED = {
    "event": "boot failed",
    "exception": [
        {
            "exc_type": "ModuleNotFoundError",
            "exc_value": "No module named 'nothere'",
            "frames": [{"filename": "/app/shop/boot.py", "lineno": 4, "name": "main"}],
        }
    ],
}
SANIC = """\
╭ Srv 0 2026-11-21 08:40:40 +0000 ERROR: Exception during startup
│ sanic/app.py:2376           Sanic._startup:  self.finalize()➤
│ app.py:6                    connect:
│   raise RuntimeError("no tenant") 💣
╰ RuntimeError: no tenant
Main  2026-11-21 08:40:40 +0000 ERROR: Not all workers acknowledged a successful startup. Shutting down.
"""
LOGURU = """\
2026-11-21 05:34:00.120 | ERROR    | __main__:<module>:7 - An error has been caught in function '<module>', process 1:
Traceback (most recent call last):

> File "/app/shop/boot.py", line 4, in main
    import nothere

  File "/usr/local/lib/python3.12/site-packages/loader/core.py", line 9, in load
    raise error
          └ <error>

ModuleNotFoundError: No module named 'nothere'
"""
RICH = """\
╭───────────────────── Traceback (most recent call last) ──────────────────────╮
│ /app/shop/boot.py:4 in main                                                  │
│                                                                              │
│   3     api_key = 'sk'                                                       │
│ ❱ 4     import nothere                                                       │
│ ╭────── locals ──────╮                                                       │
│ │ api_key = 'sk'     │                                                       │
│ ╰────────────────────╯                                                       │
╰──────────────────────────────────────────────────────────────────────────────╯
ModuleNotFoundError: No module named 'nothere'
"""
RICH_HANDLER = """\
[11/21/26 12:36:36] ERROR    startup failed                       boot.py:6
                             ╭─ Traceback (most recent call las─╮
                             │ /app/shop/boot.py:4 in           │
                             │ <module>                         │
                             │                                  │
                             │ ❱ 4     import nothere           │
                             ╰──────────────────────────────────╯
                             ModuleNotFoundError: No module
                             named 'nothere'
"""
ECS = {
    "log.level": "error",
    "error": {
        "type": "ModuleNotFoundError",
        "message": "No module named 'nothere'",
        "stack_trace": '  File "/app/shop/boot.py", line 4, in main\n    import nothere\n',
    },
}
GROUP = """\
  + Exception Group Traceback (most recent call last):
  |   File "/app/main.py", line 7, in <module>
  |     asyncio.run(main())
  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/app/shop/boot.py", line 4, in price
    |     import nothere
    | ModuleNotFoundError: No module named 'nothere'
    +------------------------------------
"""


@pytest.mark.parametrize(
    "log",
    [
        PLAIN + MISSING,
        COLOURED,
        json.dumps({"level": "error", "exception": PLAIN + MISSING}),
        json.dumps({"level": "error", "record": {"exc_info": PLAIN + MISSING}}),
        json.dumps(STRUCTURED),
        f'level=error msg="boot failed" exc="{(PLAIN + MISSING).replace(chr(10), chr(92) + "n")}',
        f"at=ERROR exc_info={json.dumps(PLAIN + MISSING)} tenant=acme",
        "\n".join(f"10:00:00,12{n} ERROR [boot] {line}" for n, line in enumerate((PLAIN + MISSING).splitlines())),
        json.dumps(ECS),
        LOGURU,
        RICH,
        RICH_HANDLER,
        GROUP,
    ],
    ids=[
        "plain",
        "coloured",
        "json",
        "json-nested",
        "structlog",
        "logfmt",
        "logfmt-quoted",
        "times",
        "ecs",
        "loguru",
        "rich",
        "rich-handler",
        "group",
    ],
)
def test_exception_and_the_projects_own_line_are_found(log: str) -> None:
    error = read_traceback(f"starting\n{log}\nbye\n")

    assert error
    assert error.type == "ModuleNotFoundError"
    assert error.message.startswith("No module named 'nothere'")
    assert error.where == "shop/boot.py:4"


def test_exception_group_that_python_really_prints_gives_way_to_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("raise ExceptionGroup('two', [ValueError('bad price'), KeyError('x')])")
    done = subprocess.run([sys.executable, "app.py"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert any(line == "ValueError: bad price" for line in plain_lines(done.stderr))


def test_json_that_is_no_traceback_stays_as_it_is() -> None:
    lines = ['{"frames": [1, 2]}', "{", '{"message": "Traceback (most recent call last):"}', "a\tb"]

    assert plain_lines("\n".join(lines)) == lines


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"levelname": "CRITICAL", "name": "root", "message": "no tenant"}, "CRITICAL: no tenant"),
        ({"level": "error", "event": "startup failed", "error": "no tenant"}, "ERROR: startup failed: no tenant"),
        ({"msg": "startup failed", "err": {"message": "no tenant"}}, "startup failed: no tenant"),
        ({"text": "12:00 | no tenant\n", "record": {"level": {"name": "ERROR"}}}, "12:00 | no tenant"),
        ({"level": 30}, '{"level": 30}'),
    ],
)
def test_line_of_a_json_logger_says_its_message(document: dict[str, object], said: str) -> None:
    assert spoken(json.dumps(document)) == said
    assert spoken("{no json") == "{no json"


def test_error_that_rich_puts_into_a_box_is_one_line() -> None:
    box = "╭─ Error ───────╮\n│ No such       │\n│ option: --hos │\n╰───────────────╯"

    assert plain_lines(f"Usage: app\n{box}\nbye") == ["Usage: app", "Error: No such option: --hos", "bye"]


@pytest.mark.parametrize(
    "last",
    [
        "class C:\n    def __del__(self): raise RuntimeError('Event loop is closed')\nc = C()",
        "import atexit\natexit.register(lambda: open('/nonexistent/x', 'w'))",
        "import logging\nlogging.warning('%s %s', 1)",
    ],
)
def test_what_python_only_reports_does_not_hide_why_it_ended(tmp_path: Path, last: str) -> None:
    (tmp_path / "app.py").write_text(f"{last}\nraise ValueError('no tenant')\n")
    done = subprocess.run([sys.executable, "app.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    reversed_order = "".join(reversed(done.stderr.partition("ValueError: no tenant\n")))

    for log in (done.stderr, f"{done.stderr}INFO bye\n", reversed_order):
        assert "ValueError: no tenant" in plain_lines(log)
    assert str(read_traceback(done.stderr)) == "ValueError: no tenant"
    assert "INFO bye" in plain_lines(f"{done.stderr}INFO bye\n")


def test_message_of_a_whole_document_is_cut() -> None:
    error = read_traceback(f"{PLAIN}ValueError: {'x' * 200_000}\n")

    assert error
    assert len(str(error)) < 400
    assert len(error.text) < 1000


def test_exception_that_is_passed_gives_way_to_the_one_before() -> None:
    error = read_traceback(f"{PLAIN}{MISSING}\n\n{PLAIN}BrokenPipeError: [Errno 32] Broken pipe\n", {"BrokenPipeError"})

    assert error
    assert meaning(error)
    assert error.type == "ModuleNotFoundError"


def test_a_line_nested_too_deeply_to_be_read_stays_as_it_is() -> None:
    line = '{"frames": ' + "[" * 100_000 + "]" * 100_000 + "}"

    assert plain_lines(line) == [line]


def test_box_that_sanic_draws_is_a_traceback() -> None:
    error = read_traceback(SANIC)

    assert str(error) == "RuntimeError: no tenant"
