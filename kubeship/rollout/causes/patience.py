"""Has a probe not decided yet, by the manifest's own numbers, though nothing looks bad?"""

from kubeship.model.objects import Object
from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.questions import question
from kubeship.rollout.events import last_seen
from kubeship.rollout.pods import ContainerSnapshot, seconds_between

WORTH_A_WORD = 15
"""Seconds."""


def probe_not_due(container: ContainerSnapshot) -> Conclusion | None:
    """It runs, and its probe waits, or wants more passes; never certain, since time helps."""
    startup = container.spec.get("startupProbe")
    kind = "startup" if startup and not container.status.get("started") else "readiness"
    probe = startup if kind == "startup" else container.spec.get("readinessProbe")
    lasted = seconds_between(str(container.running.get("startedAt") or ""), container.taken)
    if container.ready or not probe or not container.running or lasted < WORTH_A_WORD:
        return None
    why = _numbers(container, probe, kind, lasted)
    if why is None:
        return None
    return Conclusion(
        Diagnosis(
            cause=f"{container.name}'s {kind} probe ({question(container, probe)}) {why}",
            evidence=f"{container.name} has run for {lasted:.0f} s, and isn't ready",
            remedy="lower that number in the manifest (a startupProbe with a short period needs no delay), or raise "
            "`rollout: {timeout: ...}` in kubeship.yaml",
            rule="its time isn't over yet",
        ),
        certain=False,
    )


def _numbers(container: ContainerSnapshot, probe: Object, kind: str, lasted: float) -> str | None:
    delay, period = probe.get("initialDelaySeconds") or 0, probe.get("periodSeconds") or 10
    passes = probe.get("successThreshold") or 1
    if lasted < delay:
        return f"is asked for the first time {delay} s after its start (initialDelaySeconds)"
    if passes > 1 and passes * period >= WORTH_A_WORD and lasted < delay + (passes + 1) * period:
        return f"has to pass {passes} times in a row (successThreshold), once in {period} s"
    failed = container.said("Unhealthy", f"(?i)^{kind} probe (?:failed|errored)")
    if failed and WORTH_A_WORD <= seconds_between(last_seen(failed[-1]), container.taken) < period:
        return f"has failed, and is asked again only every {period} s (periodSeconds)"
    return None
