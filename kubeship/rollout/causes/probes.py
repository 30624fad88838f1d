"""Does a probe fail? What it asked, what it was answered, and what the program says itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kubeship.model.objects import Object
from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.access_log import answered
from kubeship.rollout.causes.answers import NEVER_RUN, NO_SUCH_PORT, REDIRECTED_TO_TLS, answer_means
from kubeship.rollout.causes.behind import Behind, behind
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.crashes import CERTAIN_ENDS, FROM_OUTSIDE, LAST_LINES, crashed, crashes_for_certain
from kubeship.rollout.causes.questions import OWN_HOST, another_host, budget, by_tls, probe_port, question
from kubeship.rollout.events import last_seen, occurrences
from kubeship.rollout.listening import LOOPBACK, Elsewhere, elsewhere, not_alone, said
from kubeship.rollout.pods import ContainerSnapshot, seconds_between

WORTH_A_WORD = 5
"""So many probes may go without any answer before it is mentioned: nothing listens yet while a program starts."""

CERTAIN_ATTEMPTS = 3
"""So many times a probe's command couldn't be run: what isn't in the image won't come."""


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
    return _not_yet(container, "startup", answer)


def liveness_probe_failed(container: ContainerSnapshot) -> Conclusion | None:
    """The kubelet killed it for failing its liveness probe; certain by the rule for crashes."""
    if container.ready or not crashed(container):
        return None
    ended_from_outside = container.last_end.get("exitCode") in FROM_OUTSIDE and _answer(container, "liveness")
    if not _killed(container, "liveness") and not ended_from_outside:
        return None
    certain = crashes_for_certain(container) or _killed_again(container)
    return _conclusion(container, "liveness", _answer(container, "liveness"), "it is killed again and again", certain)


def liveness_probe_failing(container: ContainerSnapshot) -> Conclusion | None:
    """It counts as ready, and the kubelet is about to kill it; certain when it has done so twice."""
    failures = liveness_failures(container) if container.ready else ()
    answer = _answer(container, "liveness") if failures else None
    if answer is None or (answer.status is None and occurrences(failures) < SEVERAL):
        return None
    again = _killed_again(container)
    rule = "it is killed again and again" if again else "its liveness probe fails, though it counts as ready"
    return _conclusion(container, "liveness", answer, rule, certain=again)


SEVERAL = 2
"""One that went without an answer may have come before the program listened."""


def liveness_failures(container: ContainerSnapshot) -> tuple[Object, ...]:
    """Of the instance that runs, oldest first."""
    since = str(container.running.get("startedAt") or "")
    events = container.said("Unhealthy", r"^Liveness probe failed") if since else ()
    return tuple(event for event in events if last_seen(event) >= since)


def readiness_probe_failed(container: ContainerSnapshot) -> Conclusion | None:
    """It runs but isn't ready; not certain, since it may wait for something that comes."""
    if container.ready or not container.running or not container.spec.get("readinessProbe"):
        return None
    answer = _answer(container, "readiness")
    if answer is None or (container.spec.get("startupProbe") and not container.status.get("started")):
        return None
    return _not_yet(container, "readiness", answer)


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


def _not_yet(container: ContainerSnapshot, kind: str, answer: _Answer) -> Conclusion | None:
    if NEVER_RUN.search(answer.text):
        certain = answer.count >= CERTAIN_ATTEMPTS
        return _conclusion(container, kind, answer, f"the probe's command can't be run, {answer.count} times", certain)
    if NO_SUCH_PORT.search(answer.text):
        certain = answer.count >= CERTAIN_ATTEMPTS
        return _conclusion(container, kind, answer, "the probe names a port that the container doesn't have", certain)
    if answer.status is None and answer.count < WORTH_A_WORD:
        return None
    return _conclusion(container, kind, answer, f"its {kind} probe has not passed yet", certain=False)


def _killed(container: ContainerSnapshot, probe: str) -> bool:
    return bool(container.said("Killing", rf"failed {probe} probe"))


def _killed_again(container: ContainerSnapshot) -> bool:
    """As with crashes, once is never; between two of them it may count as ready again."""
    return occurrences(container.said("Killing", "failed liveness probe")) >= CERTAIN_ENDS


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
    """The newest answer; a status rather than a silence that was rarer, as the last one before the end often is."""
    events = container.said("Unhealthy", f"(?i)^{probe} probe (failed|errored)")
    if not events:
        return None
    answers = tuple(each for each in events if "statuscode: " in each["message"])
    silences = tuple(each for each in events if SILENCE.search(each["message"]))
    telling = events
    if answers and occurrences(answers) >= occurrences(silences):
        telling = answers
    elif 2 * occurrences(silences) > occurrences(events):
        telling = silences
    text = re.sub(r"(?i)^\w+ probe (failed|errored[^:]*): ?", "", telling[-1]["message"]).strip()
    return _Answer(text.rpartition("\n")[2], occurrences(events))  # a command's last line says what its traceback means


SLOW = (
    "if it is only slow to start, start fewer workers, or raise `resources: {cpu: ...}` or `start_seconds:` of the "
    "process in kubeship.yaml; otherwise look in its log for what its workers wait for"
)
SILENCE = re.compile(r"deadline exceeded|[Tt]imeout|timed out|EOF|reset")
"""Of a server that is there; a connection that is refused says no more than that it was not, at first or at the end."""


def _conclusion(
    container: ContainerSnapshot, kind: str, answer: _Answer | None, rule: str, certain: bool
) -> Conclusion:
    probe = container.spec.get(f"{kind}Probe") or {}
    answer = answer or _logged(container, probe)
    text = answer.text if answer else ""
    known = answer_means(text, tls=by_tls(probe))
    port = probe_port(container.spec, probe)
    symptom, remedy = known.cause.format(status=answer.status if answer else "", port=port), known.remedy
    asked = f"{kind} probe ({question(container, probe)})"
    cause = f"{container.name}'s {asked}: {symptom}"
    evidence = f"{kind.capitalize()} probe failed: {text}" if text else f"it was killed after {budget(probe)} s"
    if host := another_host(probe):
        here = "which for the kubelet is the node" if host in LOOPBACK else "not the pod"
        asks = Diagnosis(f"{container.name}'s {asked} asks {host}, {here}: {symptom}", evidence, OWN_HOST, rule=rule)
        return Conclusion(asks, certain)
    place, log = _elsewhere(container, probe, text), ""
    if place:
        cause, remedy, evidence = f"{cause}; {place.cause}", place.remedy, f"{evidence}; {place.evidence}"
    elif kind == "startup" and "refused" in text and (line := _says_so(container, port)):
        cause, remedy, evidence = f"{cause}, though its log says that it listens", SLOW, f"{evidence}; {line}"
    if kind == "liveness" and (place.nowhere if place else _never_listened(container, text)):
        cause = f"{cause}: it had not come that far in the time that its liveness probe gives"
        remedy = "let a startupProbe wait for its start (the liveness probe begins after that), and see why it is slow"
    definite = place is not None and not place.nowhere and not place.shared
    if not definite and (reason := _behind(container, answer)):
        cause, remedy = f"{container.name} {reason.cause}; its {asked}: {symptom}", reason.remedy
        evidence, log = f"{reason.evidence}; {evidence}" if reason.evidence else evidence, reason.log
    return Conclusion(
        Diagnosis(
            cause=cause,
            evidence=evidence,
            remedy=remedy,
            log=log or "\n".join(_words(container).splitlines()[-LAST_LINES:]),
            rule=rule,
        ),
        certain,
    )


def _behind(container: ContainerSnapshot, answer: _Answer | None) -> Behind | None:
    """Why it answers so, by its own words; an answer below 500 is meant."""
    if answer and answer.status and answer.status < 500:
        return None
    return next((why for log in _logs(container) if (why := behind(log))), None)


def _logged(container: ContainerSnapshot, probe: Object) -> _Answer | None:
    """What the program says that it answered, where the kubelet has told nothing yet: a busy one is minutes behind."""
    get = probe.get("httpGet")
    found = answered(_words(container), get.get("path", "/")) if get else None
    if found is None or found.status < 400:
        return None
    return _Answer(f"its own log says with statuscode: {found.status}: {found.line}", 1)


def _elsewhere(container: ContainerSnapshot, probe: Object, text: str) -> Elsewhere | None:
    """The connection is refused because something else is listened on."""
    ready = container.spec.get("readinessProbe") or {}
    # A command names no port; what asks whether it is ready does.
    asking = next((each for each in (probe, ready) if each.get("httpGet") or each.get("tcpSocket")), None)
    redirected = REDIRECTED_TO_TLS.search(text) and not by_tls(probe)
    if not asking or (text and "refused" not in text) or redirected:
        return None
    port = probe_port(container.spec, asking)
    found = elsewhere(int(port), _words(container), container.sockets) if port.isdigit() else None
    return not_alone(container.name, int(port), found) if found and container.neighbours else found


def _says_so(container: ContainerSnapshot, port: str) -> str:
    """The line in which the program says that it listens on the port: it does so later than it says, or too late."""
    place = said(_words(container))
    return place.line if place and str(place.port) == port and place.reachable else ""


def _never_listened(container: ContainerSnapshot, text: str) -> bool:
    """By what the kubelet tells: it was refused, and no startup probe holds the kubelet back."""
    return "refused" in text and not container.spec.get("startupProbe")


def _words(container: ContainerSnapshot) -> str:
    return next(_logs(container), "")


def _logs(container: ContainerSnapshot) -> Iterator[str]:
    return (log for log in (container.current_log, container.previous_log) if log)
