"""Is it understood, in whatever words, that a variable isn't set?"""

import pytest

from kubeship.model.python_errors import Meaning, meaning, read_traceback
from kubeship.model.variable_errors import not_set


@pytest.mark.parametrize(
    "said",
    [
        "[entrypoint] required env var STRIPE_KEY missing",
        "Missing required environment variables: STRIPE_KEY",
        "docker-entrypoint.sh: STRIPE_KEY must be set",
        "ENV STRIPE_KEY is empty, exiting",
        "Error: Environment variable STRIPE_KEY not found.",
        "The `STRIPE_KEY` setting is missing",
        "STRIPE_KEY isn't set",
        "config: STRIPE_KEY required",
        "You need to set the STRIPE_KEY environment variable",
        "Please set STRIPE_KEY",
    ],
)
def test_variable_that_is_missing_in_a_programs_own_words_is_named(said: str) -> None:
    found = not_set(said)

    assert found
    assert found.cause == "needs STRIPE_KEY, which is not set"
    assert found.remedy.startswith("set STRIPE_KEY under `variables:`")


@pytest.mark.parametrize(
    "said",
    [
        "TLS is required",
        "ORDER_42 not found",
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed",
        "environment variable DEBUG_LEVEL=3 loaded",
        "GET /API_KEY 404 Not Found",
        "ERROR: tenant missing in environment",
    ],
)
def test_other_words_in_capitals_are_no_variables(said: str) -> None:
    assert not_set(said) is None


def test_several_and_alternatives_are_told_as_such() -> None:
    several, either = not_set("Missing env vars: REDIS_URL, PORT"), not_set("Either 'DB_URL' or 'DB_HOST' must be set.")

    assert several
    assert several.cause == "needs REDIS_URL and PORT, which are not set"
    assert either
    assert either.cause == "needs DB_URL or DB_HOST, which is not set"


@pytest.mark.parametrize(
    ("line", "said", "cause"),
    [
        ("check()", "RuntimeError: STRIPE_KEY must be set", "needs STRIPE_KEY, which is not set (app.py:3)"),
        (
            'assert "STRIPE_KEY" in os.environ',
            "AssertionError: no key",
            "needs the environment variable STRIPE_KEY, which is not set (app.py:3)",
        ),
        (
            'assert os.environ.get("STRIPE_KEY")',
            "AssertionError",
            "needs the environment variable STRIPE_KEY, which is not set (app.py:3)",
        ),
    ],
)
def test_projects_own_check_of_a_variable_is_understood(line: str, said: str, cause: str) -> None:
    error = read_traceback(
        f'Traceback (most recent call last):\n  File "/app/app.py", line 3, in <module>\n    {line}\n{said}\n'
    )
    known: Meaning | None = meaning(error) if error else None

    assert known
    assert known.cause == cause
