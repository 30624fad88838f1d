"""Does the process end by itself? Its traceback, its exit code and its last words say why."""

import re

from kubeship.model.python_errors import PythonError, decisive, fault_place, in_words, read_traceback
from kubeship.model.python_traceback import REPORTS_ONLY
from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.exit_codes import LAST_WORDS, NOT_EXECUTABLE, SIGKILLED, exit_code
from kubeship.rollout.causes.last_words import Reason, decisive_line, reason, said_later
from kubeship.rollout.causes.of_the_pod import added, in_memory
from kubeship.rollout.pods import ContainerSnapshot

LAST_LINES = 20
"""Of a log without a traceback, as many as fit on a screen beside the rest."""


RELEASE = re.compile(r"release(-\d+)?")
"""Containers of release steps, by the name that kubeship gives them."""


def out_of_memory(container: ContainerSnapshot) -> Conclusion | None:
    """The kernel killed it at its memory limit.

    One end that is called so is enough: containerd tells of an exit before it knows why, and so now and then calls the
    next one `Error` (containerd#8180).
    """
    ends = container.ends if container.last_end.get("exitCode") == SIGKILLED else container.ends[:1]
    if not crashed(container) or "OOMKilled" not in [end.get("reason") for end in ends]:
        return None
    limit = (container.spec.get("resources") or {}).get("limits", {}).get("memory")
    more = f"; {counted}" if (counted := in_memory(container)) else ""
    return _conclusion(
        container,
        f"{container.name} needs more memory than its limit{f' of {limit}' if limit else ''}{more}",
        "terminated: OOMKilled, exit code 137",
        "raise `resources: {memory: ...}` of the web process in kubeship.yaml, which is the release steps' too"
        if RELEASE.fullmatch(container.name)
        else "raise `resources: {memory: ...}` of the process in kubeship.yaml, or start fewer workers",
    )


def ended_by_itself(container: ContainerSnapshot) -> Conclusion | None:
    """The best explanation of why it ended: its traceback, words that are known, its exit code."""
    explanations = (explain(container) for explain in (python_exception, said_why, exits_at_once, unexplained_exit))
    return next((each for each in explanations if each), None) if crashed(container) else None


def python_exception(container: ContainerSnapshot) -> Conclusion | None:
    """It died of an exception: Python's own traceback is the best evidence there is."""
    error = _exception(container)
    if error is None:
        return None
    why = in_words(error)
    later = said_later(error.followed_by)
    return _conclusion(
        container,
        f"{container.name} crashes: {why.cause}{f'; after that it says: {later}' if later else ''}",
        str(decisive(error)),
        why.remedy,
        log=error.text,
        heals=why.heals,
    )


def said_why(container: ContainerSnapshot) -> Conclusion | None:
    """No traceback, but words that are known: a server that can't listen, a worker without a broker, a shell."""
    why = _reason(container)
    if why is None:
        return None
    later = f"; after that it says: {why.later}" if why.later else ""
    return _conclusion(
        container, f"{container.name} crashes: it {why.cause}{later}", why.evidence, why.remedy, heals=why.heals
    )


def exits_at_once(container: ContainerSnapshot) -> Conclusion | None:
    """It ends without an error, though a Deployment's containers must keep running."""
    if container.last_end.get("exitCode") != 0:
        return None
    return _conclusion(
        container,
        f"{container.name} ends by itself with exit code 0, though it must keep running",
        f"terminated: {container.last_end.get('reason', 'Completed')}, exit code 0",
        "start the server in the foreground, not as a daemon; a command that is meant to end is `kind: cron` or "
        "belongs under `release:` in kubeship.yaml",
    )


def unexplained_exit(container: ContainerSnapshot) -> Conclusion:
    """Whatever else made it end: what the exit code says by convention, and its last words."""
    code = int(container.last_end.get("exitCode", 0))
    known = exit_code(code, container.last_words)
    line = decisive_line(container.last_words)
    cause = f"crashes: {known.cause}" if known else f"crashes with exit code {code}{f': {line}' if line else ''}"
    place = fault_place(container.last_words)
    return _conclusion(
        container,
        f"{container.name} {cause}{f' ({place})' if place else ''}",
        line or f"terminated: {container.last_end.get('reason', 'Error')}, exit code {code}",
        known.remedy if known else LAST_WORDS if line else SAID_NOTHING,
    )


SAID_NOTHING = (
    "it has said nothing: let it log to stdout or stderr instead of a file (Python: PYTHONUNBUFFERED=1), deploy again, "
    "or start its command by hand in a pod of that image"
)


def crashed(container: ContainerSnapshot) -> bool:
    """Whether its last instance ended and nothing healthy has taken its place."""
    ended = container.last_end
    if not ended or container.ready or ended.get("reason") in NOT_ITS_OWN_END:
        return False
    if ended.get("exitCode") == 0 and not container.must_run:
        return False
    return not (container.running and container.restarts == 0)


CERTAIN_ENDS = 2
"""One flaky start is none: the kubelet starts a container again at once when it ends for the first time, and calls it
CrashLoopBackOff only when the next instance ends too (pkg/kubelet/kuberuntime, doBackOff)."""

CERTAIN_ENDS_OF_WHAT_HEALS = 4
"""A program may wait for its database by ending. The kubelet waits 10 s before the third start and 20 s before the
fourth, so the fourth end comes some 30 s after the first, as the third pull of an image does."""


def crashes_for_certain(container: ContainerSnapshot, *, heals: bool = False) -> bool:
    """It has ended often enough, and none runs: an instance that runs again may yet come up, so it is left to run."""
    wanted = CERTAIN_ENDS_OF_WHAT_HEALS if heals else CERTAIN_ENDS
    looping = container.waiting.get("reason") == "CrashLoopBackOff"
    return crashed(container) and (looping or bool(container.terminated)) and container.restarts + 1 >= wanted


NOT_ITS_OWN_END = frozenset({"ContainerCannotRun", "ContainerStatusUnknown", "StartError"})
"""Ends that are no crash: it never ran, or the node was lost."""

FROM_OUTSIDE = frozenset({SIGKILLED, 143})
"""Exit codes of SIGKILL and SIGTERM. The kubelet adds an instance's failed probes to those of the one before it
(pkg/kubelet/prober/worker.go, resultRun), so the second instance of what crashes may be killed at once."""


def logs_of_ends(container: ContainerSnapshot) -> tuple[str, ...]:
    """What the instance that ended last has said; where somebody else ended it, also what the one before said."""
    before = container.previous_log if container.last_end.get("exitCode") in FROM_OUTSIDE else ""
    return tuple(dict.fromkeys(log for log in (container.last_words, before) if log))


def _exception(container: ContainerSnapshot) -> PythonError | None:
    error = next((e for log in logs_of_ends(container) if (e := read_traceback(log))), None)
    if error is None or container.last_end.get("exitCode") != 0:
        # What is known by its words and came later is why: an exception before that was caught and logged. A thread's
        # own end is none of the program's, unless nothing else was said.
        said = error and (error.followed_by if error.type not in REPORTS_ONLY else container.last_words)
        return None if error and (error.outlived or reason(said or "")) else error
    # Hypercorn ends with 0 though its worker has died. An exception that was followed by other words is not why.
    last = next((line for line in reversed(container.last_words.splitlines()) if re.search(r"\w", line)), "")
    return error if last.startswith((error.type, "  ")) and last.strip() in error.text else None


def _reason(container: ContainerSnapshot) -> Reason | None:
    if container.last_end.get("exitCode") == 0:
        return None
    why = next((why for log in logs_of_ends(container) if (why := reason(_after_threads(log)))), None)
    not_executable = container.last_end.get("exitCode") == NOT_EXECUTABLE and why and "denied" in why.evidence
    return None if not_executable else why


def _after_threads(log: str) -> str:
    """Without what stands up to the traceback of a thread that the program has outlived."""
    error = read_traceback(log)
    return log.rpartition(str(error))[2] if error and error.outlived else log


def _conclusion(
    container: ContainerSnapshot, cause: str, evidence: str, remedy: str, log: str = "", *, heals: bool = False
) -> Conclusion:
    ended = container.restarts + (1 if container.terminated or container.waiting else 0)
    tail = "\n".join(container.last_words.splitlines()[-LAST_LINES:])
    rule = f"it ended {ended} times and didn't stay ready" if ended > 1 else "it ended once"
    if more := added(container, evidence):
        cause, remedy = f"{cause}; {more.why}", f"{remedy}; or {more.remedy}" if more.perhaps else more.remedy
    return Conclusion(
        Diagnosis(cause=cause, evidence=evidence, remedy=remedy, log=log or tail, rule=rule),
        certain=crashes_for_certain(container, heals=heals),
    )
