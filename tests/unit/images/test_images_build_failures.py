"""Does a failed build say what to do?"""

import time

import pytest

from kubeship.images.build_failures import build_failed
from kubeship.images.progress import FailedStage


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("Error: pg_config executable not found.", "libpq-dev"),
        ("/bin/sh: 1: mysql_config: not found", "default-libmysqlclient-dev"),
        ("error: command 'gcc' failed: No such file or directory", "[gcc, libc6-dev]"),
        ("error: command 'x86_64-linux-gnu-gcc' failed: No such file or directory", "[gcc, libc6-dev]"),
        ("psycopg/psycopg.h:35:10: fatal error: Python.h: No such file or directory", "python3-dev"),
        ("c/_cffi_backend.c:15:10: fatal error: ffi.h: No such file or directory", "libffi-dev"),
        ("fatal error: odd/thing.h: No such file", "odd/thing.h"),
        ("ERROR: No matching distribution found for flsk==1.0", "flsk==1.0"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "distrust the index"),
        ("OSError: [Errno 28] No space left on device", "docker system prune"),
        ("E: Unable to locate package libpq9", "doesn't find libpq9"),
        ("ERROR: Cannot find command 'git' - do you have 'git' installed", "build: [git]"),
        ("/bin/sh: 1: npm: not found", "needs npm"),
    ],
)
def test_cause_in_the_log_has_its_remedy(line: str, advice: str) -> None:
    stage = FailedStage("[build 3/5] RUN x", "process did not complete successfully: exit code: 1", ("before", line))

    error = build_failed("shop:1", stage, "failed to solve")

    assert advice in error.hint
    assert error.details == f"before\n{line}"
    assert error.message == "Building shop:1 failed in [build 3/5] RUN x: exit code 1"


def test_missing_network_wins_over_the_distribution_that_was_not_found_because_of_it() -> None:
    log = (
        "WARNING: Retrying: NewConnectionError: Failed to establish a new connection",
        "ERROR: No matching distribution found for flask",
    )

    error = build_failed("shop:1", FailedStage("RUN pip install", "exit code: 1", log), "")

    assert "can't reach a server" in error.hint


def test_traceback_of_a_build_step_is_explained() -> None:
    log = (
        "Traceback (most recent call last):",
        '  File "/app/shop/settings.py", line 12, in <module>',
        '    SECRET_KEY = os.environ["SECRET_KEY"]',
        '  File "<frozen os>", line 685, in __getitem__',
        "KeyError: 'SECRET_KEY'",
    )

    error = build_failed("shop:1", FailedStage("RUN python manage.py collectstatic", "exit code: 1", log), "")

    assert "SECRET_KEY" in error.hint
    assert "build: {variables" in error.hint


def test_only_the_end_of_a_long_log_is_shown_but_all_of_it_is_searched() -> None:
    log = ("Error: pg_config executable not found.", *(str(number) for number in range(100)))

    error = build_failed("shop:1", FailedStage("RUN x", "exit code: 1", log), "")

    assert error.details.splitlines() == [str(number) for number in range(80, 100)]
    assert "libpq-dev" in error.hint


def test_file_that_is_not_in_the_context_is_named() -> None:
    stage = FailedStage("[2/2] COPY nope.txt /", '"/nope.txt" not found: not found', ())

    error = build_failed("shop:1", stage, "failed to compute cache key")

    assert error.hint.startswith("nope.txt isn't in the build context")


def test_failure_before_any_step_is_the_engines_own_word() -> None:
    error = build_failed("shop:1", None, "dockerfile parse error line 1: unknown instruction: FRUM")

    assert "unknown instruction: FRUM" in error.message
    assert "newer engine" in error.hint


@pytest.mark.parametrize(
    ("image", "login"),
    [("registry.example.com/base:1", "docker login registry.example.com"), ("docker.io/team/base:1", "docker login`")],
)
def test_base_that_may_not_be_read_asks_for_a_login_at_its_registry(image: str, login: str) -> None:
    stage = FailedStage(f"[internal] load metadata for {image}", "unexpected status code 401 Unauthorized", ())

    error = build_failed("shop:1", stage, "")

    assert image in error.hint
    assert login in error.hint


def test_base_whose_registry_cannot_be_reached_is_not_a_matter_of_login() -> None:
    stage = FailedStage("[internal] load metadata for r.io/base:1", "dial tcp: lookup r.io: no such host", ())

    assert "docker login r.io`" not in build_failed("shop:1", stage, "").hint


@pytest.mark.parametrize("word", ["x", "/a.b-c+d", "a: ", "404  Not Found [", "'a' ", "Preparing metadata "])
def test_long_log_of_long_lines_is_read_in_no_time(word: str) -> None:
    stage = FailedStage("RUN x", "exit code: 1", (word * (3000 // len(word)),) * 400)
    began = time.perf_counter()

    build_failed("shop:1", stage, "")

    assert time.perf_counter() - began < 10
