"""Is a broken promise told in words that say what to do?"""

import json
from typing import Any

import pytest

from kubeship.errors import VerificationFailed
from kubeship.images.containers import Ended
from kubeship.images.judgement import judge
from kubeship.images.proof import MARKER
from kubeship.model.image import Promise, Proof

WSGI = Promise("web", "app:app", "wsgi")


def test_kept_promise_is_a_proof_whatever_the_project_prints() -> None:
    output = (
        f"noise\n{MARKER}not json\n{answer(step='done', found='flask.app.Flask', interface='wsgi', seconds=0.1234)}"
    )

    proof = judge(WSGI, Ended(0, output))

    assert proof == Proof("web", "app:app", "flask.app.Flask", 0.123)


def test_asgi_application_promised_as_wsgi_is_named() -> None:
    output = answer(step="done", found="fastapi.applications.FastAPI", interface="asgi", factory=False, seconds=1)

    error = failure(Ended(0, output))

    assert "it is an ASGI application (fastapi.applications.FastAPI)" in error.message
    assert "processes.web.interface: asgi" in error.hint


def test_process_without_interface_only_has_to_load() -> None:
    promise = Promise("worker", "tasks:main", "none")
    output = answer(step="done", found="function", interface="", seconds=1)

    proof = judge(promise, Ended(0, output))

    assert proof.found == "function"


def test_folder_without_code_is_the_dockerfiles_matter() -> None:
    missing = {"traceback": "ModuleNotFoundError: No module named 'app'\n", "module_missing": True, "directory": "/"}

    empty = failure(Ended(0, answer(step="import", files=[], **missing)))
    other = failure(Ended(0, answer(step="import", files=["shop.py"], **missing)))

    assert "WORKDIR" in empty.hint
    assert "processes.web.entrypoint" in other.hint


def test_unexplained_exception_shows_where_and_the_tracebacks_end() -> None:
    frames = "".join(f'  File "/app/m{number}.py", line {number}, in f\n    f()\n' for number in range(1, 21))
    text = f"Traceback (most recent call last):\n{frames}ValueError: no\n"
    output = answer(step="call", traceback=text, exception=["ValueError", "no"], files=[])

    error = failure(Ended(0, output))

    assert "its factory fails, because of ValueError: no at m20.py:20" in error.message
    assert error.details.endswith("ValueError: no")
    assert len(error.details.splitlines()) == 12


def test_factory_that_needs_arguments_is_told_from_one_that_fails() -> None:
    said = "create_app() missing 1 required positional argument: 'config'"
    output = answer(step="call", traceback=f"TypeError: {said}\n", exception=["TypeError", said])

    error = failure(Ended(0, output))

    assert said in error.message
    assert "literal arguments" in error.hint


@pytest.mark.parametrize(("output", "hint"), [("Timeout (0:00:55)!\n", "is shown above"), ("", "try again")])
def test_where_a_proof_stood_is_referred_to_only_if_it_said_so(output: str, hint: str) -> None:
    assert failure(Ended(None, output)).hint.endswith(hint)


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        (Ended(None, "Timeout (0:00:55)!\n"), "did not finish loading within 60 seconds"),
        (Ended(137, "", out_of_memory=True), "ran out of memory"),
        (Ended(139, ""), "exit code 139 (signal 11)"),
        (Ended(3, ""), "exit code 3."),
    ],
)
def test_process_that_ends_without_an_answer_says_how_it_ended(ended: Ended, words: str) -> None:
    error = failure(ended)

    assert words in error.message


def answer(**facts: Any) -> str:
    return f"{MARKER}{json.dumps(facts)}\n"


def failure(ended: Ended) -> VerificationFailed:
    with pytest.raises(VerificationFailed) as caught:
        judge(WSGI, ended)
    return caught.value
