"""Was a promise kept? What a proof's container said, judged: a Proof, or the reason in words."""

import json
from collections.abc import Mapping
from typing import Any

from kubeship.errors import VerificationFailed
from kubeship.images.containers import SECONDS, Ended
from kubeship.images.proof import MARKER
from kubeship.model.image import Answer, Promise, Proof, Trial
from kubeship.model.python_errors import PythonError, meaning, read_traceback

SHOWN_LINES = 12


def judge(promise: Promise, ended: Ended) -> Proof:
    """The proof of a promise. Raises VerificationFailed that says what is wrong and what to do."""
    facts = _facts(ended.output)
    if facts is None:
        raise _no_answer(promise, ended)
    if facts.get("traceback"):
        raise _raised(promise, facts)
    if facts["step"] == "attribute":
        raise _no_such_name(promise, facts)
    if not _keeps(promise, facts):
        raise _other_interface(promise, facts)
    return Proof(promise.process, promise.entrypoint, facts["found"], round(facts["seconds"], 3))


def answered(trial: Trial, ended: Ended) -> Answer:
    """What came of a start; the last lines of the process's own output stand for what it didn't say."""
    facts = _facts(ended.output)
    if facts is None:
        return Answer(trial.process, healthy=False, outcome="the trial was ended from outside", log=_tail(ended.output))
    return Answer(
        process=trial.process,
        healthy=facts["healthy"],
        outcome=facts["outcome"],
        seconds=facts["seconds"],
        memory=facts["memory"],
        log=_tail(facts["log"]),
    )


def _facts(output: str) -> Mapping[str, Any] | None:
    """The last answer: the project can't know MARKER's line before it is written, and can't write after it."""
    lines = [line for line in output.splitlines() if line.startswith(MARKER)]
    try:
        return dict(json.loads(lines[-1].removeprefix(MARKER))) if lines else None
    except ValueError:
        return None


def _keeps(promise: Promise, facts: Mapping[str, Any]) -> bool:
    if promise.interface in ("wsgi", "asgi"):
        return bool(facts["interface"] == promise.interface)
    return True


def _no_answer(promise: Promise, ended: Ended) -> VerificationFailed:
    tail = _tail(ended.output)
    if ended.exit_code is None:
        return VerificationFailed(
            f"{_subject(promise)} did not finish loading within {SECONDS} seconds inside the image.",
            hint="something at import time waits, most likely for a server (a proof has no network): move it into a "
            "function that runs after start. Where it stood is shown above"
            if tail
            else "it said nothing, not even where it stood: the engine's machine may be too busy; try again",
            details=tail,
        )
    if ended.out_of_memory:
        return VerificationFailed(
            f"{_subject(promise)} ran out of memory while loading inside the image.",
            hint="load models and data when they are first needed, or give the engine more memory",
            details=tail,
        )
    signal = f" (signal {ended.exit_code - 128})" if ended.exit_code > 128 else ""
    return VerificationFailed(
        f"{_subject(promise)} ended the process while loading inside the image: exit code {ended.exit_code}{signal}.",
        hint="a module must not end the process when it is imported: look for os._exit(), exec or a native crash",
        details=tail,
    )


def _raised(promise: Promise, facts: Mapping[str, Any]) -> VerificationFailed:
    text = str(facts["traceback"])
    details = _tail(text)
    module = promise.entrypoint.partition(":")[0]
    if facts.get("module_missing"):
        there = ", ".join(facts.get("files") or ()) or "no Python files"
        return VerificationFailed(
            f"{_subject(promise)} doesn't load inside the image: there is no module {module} "
            f"({facts['directory']} holds: {there}).",
            hint=f"correct `processes.{promise.process}.entrypoint` or `import_root` in kubeship.yaml, or check that "
            ".dockerignore doesn't exclude the module"
            if facts.get("files")
            else f"processes start in {facts['directory']}: end the Dockerfile with a WORKDIR that is the folder it "
            "copies the code to, and check that .dockerignore doesn't exclude that",
            details=details,
        )
    exception, message = facts["exception"]
    error = read_traceback(text) or PythonError(exception, message, where="", text=text)
    doing = "its factory fails" if facts["step"] == "call" else "it doesn't load"
    if known := meaning(error):
        return VerificationFailed(
            f"{_subject(promise)} fails inside the image: it {known.cause}.",
            hint=known.remedy,
            details=details,
        )
    if facts["step"] == "call" and exception == "TypeError" and not error.where:
        return VerificationFailed(
            f"{_subject(promise)} fails inside the image: its factory can't be called so: {message}.",
            hint=f'give it literal arguments (`entrypoint: {module}:create_app("production")`), or name a factory '
            "without required ones",
            details=details,
        )
    where = f" at {error.where}" if error.where else ""
    return VerificationFailed(
        f"{_subject(promise)} fails inside the image: {doing}, because of {error}{where}.",
        hint=f"run `python -c 'import {module}'` with the same variables to see it on your machine, and correct it",
        details=details,
    )


def _no_such_name(promise: Promise, facts: Mapping[str, Any]) -> VerificationFailed:
    module, _, name = promise.entrypoint.partition(":")
    candidates = ", ".join(facts.get("candidates") or ())
    has = f"; it has {candidates}" if candidates else ""
    return VerificationFailed(
        f"{_subject(promise)} doesn't exist inside the image: {module} has no {name.partition('(')[0]}{has}.",
        hint=f"correct `processes.{promise.process}.entrypoint` in kubeship.yaml",
    )


def _other_interface(promise: Promise, facts: Mapping[str, Any]) -> VerificationFailed:
    wanted = promise.interface.upper()
    key = f"`processes.{promise.process}"
    if facts["interface"]:
        found = f"it is an {facts['interface'].upper()} application ({facts['found']})"
        hint = f"set {key}.interface: {facts['interface']}` and a server that speaks it, or name another entrypoint"
    elif facts["factory"]:
        found = f"it is a function ({facts['found']}) that takes no request: a factory"
        hint = f"write {key}.entrypoint: {promise.entrypoint}()` with parentheses"
    else:
        found = f"it is a {facts['found']}, which can't be called as one"
        hint = f"correct {key}.entrypoint` in kubeship.yaml: it must name the application object"
    return VerificationFailed(
        f"{_subject(promise)} is not the {wanted} application that was promised: {found}.", hint=hint
    )


def _subject(promise: Promise) -> str:
    return f"{promise.entrypoint}, the entrypoint of {promise.process},"


def _tail(text: str) -> str:
    return "\n".join(text.rstrip().splitlines()[-SHOWN_LINES:])
