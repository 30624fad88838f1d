"""Why does a program that runs not answer? What its log tells of workers and exceptions."""

import re
from dataclasses import dataclass

from kubeship.model.python_errors import decisive, in_words, read_traceback
from kubeship.rollout.causes.last_words import reason


@dataclass(frozen=True)
class Behind:
    """What stands behind a probe's failure."""

    cause: str
    """Completes a sentence that begins with the container's name."""
    remedy: str
    evidence: str = ""
    log: str = ""


NO_REASON = frozenset(
    {"BrokenPipeError", "CancelledError", "ClientDisconnect", "ConnectionResetError", "KeyboardInterrupt", "SystemExit"}
)
"""Exceptions that follow from a probe that didn't wait, or from the end that the kubelet asked for."""

_TIMEOUT = re.compile(r"^.*WORKER TIMEOUT \(pid:.*$", re.MULTILINE)
_KILLED = re.compile(
    r"^.*(?:was sent SIGKILL! Perhaps out of memory\?|signal 9 :\(|terminated by signal 9|signal 9 \(SIGKILL\)|"
    r"(?:exit ?code|exited with|ended with|died with|return ?code)\D{0,8}-9\b).*$",
    re.MULTILINE,
)
"""gunicorn/arbiter.py (reap_workers), uwsgi/core/master_checks.c, supervisord, Celery's billiard, and Python's own exit
codes of children: what outlives a worker."""


_DIED = re.compile(r"^.*Child process \[\d+\] died.*$", re.MULTILINE)
DEATHS = 2
"""One worker that ended may have been a hiccup."""


def behind(log: str) -> Behind | None:
    """The reason in one instance's log; None when it holds none."""
    return _workers(log) or _exception(log) or _said(log) or _dying(log)


def _workers(log: str) -> Behind | None:
    if late := _TIMEOUT.search(log):
        stood = read_traceback(log)
        where = stood.where if stood else ""
        place = f" ({where})" if where else ""
        return Behind(
            f"has workers that are ended because they don't answer within gunicorn's timeout{place}",
            f"see what {where or 'its import or request'} waits for",
            late[0].strip(),
            stood.text if stood else "",
        )
    if killed := _KILLED.search(log):
        return Behind(
            "has workers that are killed, as when they use more than the memory limit",
            "raise `resources: {memory: ...}` of the process in kubeship.yaml, or lower `workers:`",
            killed[0].strip(),
        )
    return None


def _dying(log: str) -> Behind | None:
    """Workers that end without a word (uvicorn/supervisors/multiprocess.py)."""
    died = list(_DIED.finditer(log))
    if len(died) < DEATHS:
        return None
    return Behind(
        "has workers that end again and again",
        "see in its log why; uvicorn also ends those that don't answer within five seconds "
        "(--timeout-worker-healthcheck), as when they import slowly: raise `resources: {cpu: ...}`",
        died[-1][0].strip(),
    )


def _exception(log: str) -> Behind | None:
    error = read_traceback(log, NO_REASON)
    if error is None:
        return None
    why = in_words(error)
    return Behind(f"fails: {why.cause}", why.remedy, str(decisive(error)), error.text)


def _said(log: str) -> Behind | None:
    """Words of a worker that can't be loaded, or that looks for its broker again and again."""
    why = reason(log)
    return Behind(f"fails: it {why.cause}", why.remedy, why.evidence) if why else None
