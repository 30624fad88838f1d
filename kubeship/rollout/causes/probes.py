"""Does a probe fail? What it asked, what it was answered, and what the program says itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import shorten

from kubeship.model.objects import Object
from kubeship.model.python_errors import meaning, read_traceback
from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.crashes import LAST_LINES, crashed, crashes_for_certain
from kubeship.rollout.listening import Elsewhere, elsewhere
from kubeship.rollout.pods import ContainerSnapshot, occurrences, seconds_between

WORTH_A_WORD = 5
"""So many probes may go without any answer before it is mentioned: nothing listens yet while a program starts."""

KILLED = frozenset({137, 143})
"""Exit codes of SIGKILL and SIGTERM: who sent it stands in an event that the kubelet may have kept to itself."""

COMMAND_WIDTH = 40
"""Characters of a probe's command that are enough to know it by."""


def startup_probe_failed(container: ContainerSnapshot) -> Conclusion | None:
    """Certain as soon as the kubelet has killed it for that: the whole budget passed, and each start gets the same."""
    probe = container.spec.get("startupProbe")
    if not probe or container.ready or container.status.get("started"):
        return None
    answer = _answer(container, "startup")
    if _killed(container, "startup") or _outlived(container, probe):
        rule = f"the startup budget of {budget(probe)} s passed"
        return _conclusion(container, "startup", answer, rule, certain=True)
    if answer is None or crashed(container):
        return None
    if answer.status is None and answer.count < WORTH_A_WORD:
        return None
    return _conclusion(container, "startup", answer, "its startup probe has not passed yet", certain=False)


def liveness_probe_failed(container: ContainerSnapshot) -> Conclusion | None:
    """The kubelet killed it for failing its liveness probe; certain by the rule for crashes."""
    if container.ready or not crashed(container):
        return None
    ended_from_outside = container.last_end.get("exitCode") in KILLED and _answer(container, "liveness")
    if not _killed(container, "liveness") and not ended_from_outside:
        return None
    certain = crashes_for_certain(container)
    return _conclusion(container, "liveness", _answer(container, "liveness"), "it is killed again and again", certain)


def readiness_probe_failed(container: ContainerSnapshot) -> Conclusion | None:
    """It runs but isn't ready; never certain, since it may wait for something that comes."""
    if container.ready or not container.running or not container.spec.get("readinessProbe"):
        return None
    answer = _answer(container, "readiness")
    if answer is None or (container.spec.get("startupProbe") and not container.status.get("started")):
        return None
    if answer.status is None and answer.count < WORTH_A_WORD:
        return None
    return _conclusion(container, "readiness", answer, "its readiness probe has not passed yet", certain=False)


def budget(probe: Object) -> int:
    """Seconds that a probe gives before the kubelet acts."""
    return int(
        probe.get("initialDelaySeconds", 0) + (probe.get("failureThreshold") or 3) * (probe.get("periodSeconds") or 10)
    )


@dataclass(frozen=True)
class _Answer:
    """The newest failure of a probe, as the kubelet tells it in an Unhealthy event."""

    text: str
    """`HTTP probe failed with statuscode: 404`."""
    count: int

    @property
    def status(self) -> int | None:
        found = re.search(r"statuscode: (\d+)", self.text)
        return int(found[1]) if found else None


@dataclass(frozen=True)
class _Meaning:
    pattern: str
    cause: str
    remedy: str


_HEALTH = "set `health: {path: ...}` of the process in kubeship.yaml"

MEANINGS = (
    _Meaning(
        r"statuscode: 400",
        "answers 400: it refuses the probe's Host header",
        "add the host to Django's ALLOWED_HOSTS, or name it under `hosts:` of the process, so that the probe sends it",
    ),
    _Meaning(
        r"statuscode: 40[13]",
        "wants a login ({status})",
        f"{_HEALTH} to a route that needs none",
    ),
    _Meaning(r"statuscode: 404", "answers 404: there is no such route", f"{_HEALTH} to a route that the app has"),
    _Meaning(r"statuscode: 405", "answers 405: the route doesn't take GET", f"{_HEALTH} to a route that takes GET"),
    _Meaning(
        r"statuscode: 5\d\d",
        "answers {status}",
        "read its log, and correct what fails there; a health route should not need what may be missing at the start",
    ),
    _Meaning(r"statuscode: \d+", "answers {status}", f"{_HEALTH} to a route that answers 200"),
    _Meaning(
        r'Get "https://[^"]*": .*(?:connection refused|tls: )|server gave HTTP response to HTTPS client',
        "redirects the probe to https, where nothing listens",
        "let the probe send `X-Forwarded-Proto: https` and tell the app to believe it (Django: "
        "SECURE_PROXY_SSL_HEADER), or exempt the health route (SECURE_REDIRECT_EXEMPT)",
    ),
    _Meaning(
        r"stopped after 10 redirects",
        "redirects the probe in a circle",
        f"{_HEALTH} to a route that answers 200 itself",
    ),
    _Meaning(
        r"[Cc]onnection refused",
        "nothing listens there (connection refused)",
        "let the program listen on 0.0.0.0 and on that port, or correct `port:` of the process in kubeship.yaml",
    ),
    _Meaning(
        r"deadline exceeded|i/o timeout|Client\.Timeout|timed out",
        "doesn't answer in time",
        "look for what blocks it: a database that isn't reached, too few workers, too little CPU",
    ),
    _Meaning(
        r"EOF|[Cc]onnection reset|malformed HTTP|broken pipe|BadStatusLine|RemoteDisconnected",
        "closes the connection without an answer",
        "check that the port speaks HTTP, and read its log",
    ),
)
"""pkg/probe/http, pkg/probe/tcp, Go's net/http and Python's http.client; the first that matches counts. The kubelet
follows redirects to the same host, and takes one to another host for a success (RedirectChecker)."""

_UNKNOWN = _Meaning("", "fails", "run the probe's command in the container, and read the log")


def _killed(container: ContainerSnapshot, probe: str) -> bool:
    return bool(container.said("Killing", rf"failed {probe} probe"))


def _outlived(container: ContainerSnapshot, probe: Object) -> bool:
    """Whether the last instance ended when its startup budget was used up.

    The event that tells so is often lost: after 25 events about one pod the kubelet keeps all but one in five minutes
    to itself (client-go, tools/record, EventSourceObjectSpamFilter), and each failed probe is one. A program that
    ends with 1 has given up by itself: Python's code for an exception.
    """
    ended = container.last_end
    if not ended or container.restarts == 0 or ended.get("exitCode") == 1:
        return False
    lifetime = seconds_between(ended.get("startedAt") or "", ended.get("finishedAt") or "")
    return lifetime >= budget(probe) - (probe.get("periodSeconds") or 10)


def _answer(container: ContainerSnapshot, probe: str) -> _Answer | None:
    events = container.said("Unhealthy", f"(?i)^{probe} probe (failed|errored)")
    if not events:
        return None
    text = re.sub(r"(?i)^\w+ probe (failed|errored[^:]*): ?", "", events[-1]["message"]).strip()
    return _Answer(text.rpartition("\n")[2], occurrences(events))  # a command's last line says what its traceback means


def _conclusion(
    container: ContainerSnapshot, kind: str, answer: _Answer | None, rule: str, certain: bool
) -> Conclusion:
    probe = container.spec.get(f"{kind}Probe") or {}
    text = answer.text if answer else ""
    known = next((m for m in MEANINGS if re.search(m.pattern, text)), _UNKNOWN)
    status = str(answer.status) if answer else ""
    cause, remedy = known.cause.format(status=status), known.remedy
    evidence = f"{kind.capitalize()} probe failed: {text}" if text else f"it was killed after {budget(probe)} s"
    if place := _elsewhere(container, probe, text):
        cause, remedy, evidence = f"{cause}; {place.cause}", place.remedy, f"{evidence}; {place.evidence}"
    for more in (_killed_workers(container), _exception(container, answer)):
        if more:
            cause, remedy = f"{cause}; {more[0]}", more[1]
    return Conclusion(
        Diagnosis(
            cause=f"{container.name}'s {kind} probe ({_question(container, probe)}): {cause}",
            evidence=evidence,
            remedy=remedy,
            log="\n".join(_words(container).splitlines()[-LAST_LINES:]),
            rule=rule,
        ),
        certain,
    )


def _question(container: ContainerSnapshot, probe: Object) -> str:
    """`GET /healthz on port 8000`."""
    if get := probe.get("httpGet"):
        return f"GET {get.get('path', '/')} on port {_port(container, get)}"
    if tcp := probe.get("tcpSocket"):
        return f"connect to port {_port(container, tcp)}"
    if grpc := probe.get("grpc"):
        return f"gRPC on port {grpc.get('port')}"
    return shorten(" ".join((probe.get("exec") or {}).get("command") or ()), COMMAND_WIDTH, placeholder=" ...")


def _port(container: ContainerSnapshot, target: Object) -> str:
    """The number, also where the probe names the port."""
    named = {port.get("name"): port["containerPort"] for port in container.spec.get("ports") or ()}
    return str(named.get(target.get("port"), target.get("port")))


def _elsewhere(container: ContainerSnapshot, probe: Object, text: str) -> Elsewhere | None:
    """The connection is refused because something else is listened on."""
    ready = container.spec.get("readinessProbe") or {}
    # A command names no port; what asks whether it is ready does.
    target = next((each[key] for each in (probe, ready) for key in ("httpGet", "tcpSocket") if each.get(key)), None)
    if not target or "refused" not in text or '"https:' in text:
        return None
    port = _port(container, target)
    return elsewhere(int(port), _words(container), container.sockets) if port.isdigit() else None


def _killed_workers(container: ContainerSnapshot) -> tuple[str, str] | None:
    """gunicorn outlives a worker that the kernel kills (gunicorn/arbiter.py, reap_workers): only its log tells."""
    if "was sent SIGKILL! Perhaps out of memory?" not in _words(container):
        return None
    return (
        "the server's workers are killed, as when they use more than the memory limit",
        "raise `resources: {memory: ...}` of the process in kubeship.yaml, or lower `workers:`",
    )


def _exception(container: ContainerSnapshot, answer: _Answer | None) -> tuple[str, str] | None:
    """The exception behind an answer of 500, or behind the server's silence: a worker that fails to boot."""
    if answer and answer.status and answer.status < 500:
        return None
    error = next((e for log in _logs(container) if (e := read_traceback(log))), None)
    if error is None:
        return None
    known = meaning(error)
    if known:
        return f"the program {known.cause}", known.remedy
    where = f" ({error.where})" if error.where else ""
    return f"{error}{where}", f"correct {error.where or 'the program'}, then deploy again"


def _words(container: ContainerSnapshot) -> str:
    return next(_logs(container), "")


def _logs(container: ContainerSnapshot) -> Iterator[str]:
    return (log for log in (container.current_log, container.previous_log) if log)
