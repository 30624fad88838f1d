"""Does the process end by itself? Its traceback, its exit code and its last words say why."""

import re
from dataclasses import dataclass

from kubeship.model.python_errors import meaning, read_traceback
from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.pods import ContainerSnapshot

LAST_LINES = 20
"""Of a log without a traceback, as many as fit on a screen beside the rest."""


def out_of_memory(container: ContainerSnapshot) -> Conclusion | None:
    """The kernel killed it at its memory limit."""
    if not crashed(container) or container.last_end.get("reason") != "OOMKilled":
        return None
    limit = (container.spec.get("resources") or {}).get("limits", {}).get("memory")
    return _conclusion(
        container,
        f"{container.name} needs more memory than its limit{f' of {limit}' if limit else ''}",
        "terminated: OOMKilled, exit code 137",
        "raise `resources: {memory: ...}` of the process in kubeship.yaml, or start fewer workers",
    )


def python_exception(container: ContainerSnapshot) -> Conclusion | None:
    """It died of an exception: Python's own traceback is the best evidence there is."""
    if not crashed(container) or container.last_end.get("exitCode") == 0:
        return None
    error = read_traceback(container.last_words)
    if error is None:
        return None
    known = meaning(error)
    where = f" ({error.where})" if error.where else ""
    return _conclusion(
        container,
        f"{container.name} crashes: it {known.cause}" if known else f"{container.name} crashes: {error}{where}",
        str(error),
        known.remedy if known else f"correct {error.where or 'the program'}, then deploy again",
        log=error.text,
    )


def exits_at_once(container: ContainerSnapshot) -> Conclusion | None:
    """It ends without an error, though a Deployment's containers must keep running."""
    if not crashed(container) or container.last_end.get("exitCode") != 0:
        return None
    return _conclusion(
        container,
        f"{container.name} ends by itself with exit code 0, though it must keep running",
        f"terminated: {container.last_end.get('reason', 'Completed')}, exit code 0",
        "start the server in the foreground, not as a daemon; a command that is meant to end is `kind: cron` or "
        "belongs under `release:` in kubeship.yaml",
    )


def file_refused(container: ContainerSnapshot) -> Conclusion | None:
    """Some program (no Python traceback) said that it may not write somewhere."""
    if not crashed(container):
        return None
    refused = None
    for line in reversed(container.last_words.splitlines()[-LAST_LINES:]):
        if refused := _REFUSED.search(line):
            break
    if refused is None:
        return None
    path, reason = refused["before"] or refused["after"] or "a file", refused["reason"].lower()
    return _conclusion(
        container,
        f"{container.name} crashes: it can't write {path} ({reason})",
        refused.string.strip(),
        "write below /tmp or onto a volume, and log to stdout: the container runs as an ordinary user",
    )


def unexplained_exit(container: ContainerSnapshot) -> Conclusion | None:
    """Whatever else made it end: what the exit code says by convention, and its last words."""
    if not crashed(container):
        return None
    code = int(container.last_end.get("exitCode", 0))
    known = EXIT_CODES.get(code)
    return _conclusion(
        container,
        f"{container.name} crashes: {known.cause}" if known else f"{container.name} crashes with exit code {code}",
        next((line.strip() for line in reversed(container.last_words.splitlines()) if line.strip()), "")
        or f"terminated: {container.last_end.get('reason', 'Error')}, exit code {code}",
        known.remedy if known else "read its last words, correct the program, then deploy again",
    )


@dataclass(frozen=True)
class _ExitCode:
    cause: str
    remedy: str


EXIT_CODES = {
    3: _ExitCode(
        "exit code 3, which is gunicorn's for workers that fail to boot",
        "run `kubeship build`: it imports the entrypoint inside the image",
    ),
    4: _ExitCode(
        "exit code 4, which is gunicorn's for an application that can't be loaded",
        "check the process' `entrypoint:` in kubeship.yaml",
    ),
    126: _ExitCode("its command can't be executed (exit code 126)", "make the command executable in the Dockerfile"),
    127: _ExitCode(
        "its command doesn't exist in the image (exit code 127)",
        "correct the process' `command:`, or add the distribution that brings it to the dependencies",
    ),
    132: _ExitCode(
        "a compiled extension uses instructions that the node's processor doesn't have (exit code 132, SIGILL)",
        "install builds for an older processor, or choose other nodes",
    ),
    134: _ExitCode("a library aborted it (exit code 134, SIGABRT)", "read its last words; often a C extension fails"),
    137: _ExitCode(
        "it was killed (exit code 137, SIGKILL), but not at its own memory limit",
        "look at the node's memory (kubectl describe node), and whether a child process was killed at the limit",
    ),
    139: _ExitCode(
        "a compiled extension crashed (exit code 139, SIGSEGV)",
        "pin the version of the extension that works on your machine; set PYTHONFAULTHANDLER=1 to see where",
    ),
    143: _ExitCode("something asked it to end (exit code 143, SIGTERM)", "look at the pod's events for who did"),
}
"""Shell convention: 126 and 127, 128 + signal (POSIX, 2.8.2); 3 and 4: gunicorn/arbiter.py."""


def crashed(container: ContainerSnapshot) -> bool:
    """Whether its last instance ended and nothing healthy has taken its place."""
    ended = container.last_end
    if not ended or container.ready or ended.get("reason") in NOT_ITS_OWN_END:
        return False
    if ended.get("exitCode") == 0 and not container.must_run:
        return False
    return not (container.running and container.restarts == 0)


def crashes_for_certain(container: ContainerSnapshot) -> bool:
    """It has ended twice in a row.

    The kubelet starts a container again at once when it ends for the first time, and calls it CrashLoopBackOff only
    when the next instance ends too (pkg/kubelet/kuberuntime, doBackOff): one flaky start is none. An instance that
    runs again may yet come up, so it is left to run.
    """
    looping = container.waiting.get("reason") == "CrashLoopBackOff"
    return crashed(container) and (looping or (bool(container.terminated) and container.restarts >= 1))


NOT_ITS_OWN_END = frozenset({"ContainerCannotRun", "ContainerStatusUnknown", "StartError"})
"""Ends that are no crash: it never ran, or the node was lost."""

_REFUSED = re.compile(
    r"(?:(?P<before>/[\w./-]+)['\"]?: )?(?P<reason>Read-only file system|Permission denied|Operation not permitted)"
    r"(?:: ['\"]?(?P<after>/[\w./-]+))?",
    re.IGNORECASE,
)


def _conclusion(container: ContainerSnapshot, cause: str, evidence: str, remedy: str, log: str = "") -> Conclusion:
    ended = container.restarts + (1 if container.terminated or container.waiting else 0)
    tail = "\n".join(container.last_words.splitlines()[-LAST_LINES:])
    rule = f"it ended {ended} times without becoming ready" if ended > 1 else "it ended once"
    return Conclusion(
        Diagnosis(cause=cause, evidence=evidence, remedy=remedy, log=log or tail, rule=rule),
        certain=crashes_for_certain(container),
    )
