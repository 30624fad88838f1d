"""Is it known that a ready container's liveness probe passes, or may the kubelet still kill it for that?"""

from kubeship.rollout.causes.probes import liveness_failures
from kubeship.rollout.causes.questions import budget, same_question
from kubeship.rollout.events import last_seen
from kubeship.rollout.pods import ContainerSnapshot, PodSnapshot, condition, seconds_between

ANSWERED = 2.0
"""Seconds that the kubelet may take to tell of a probe that failed."""
FIRST_ASKED = 20.0
"""Seconds within which a liveness probe is asked for the first time, or isn't waited for."""
LONGEST = 60.0
"""Seconds that an instance is watched whose predecessor was killed."""


def in_doubt(pod: PodSnapshot) -> bool:
    """Whether one of its containers counts as ready, and its liveness probe fails or hasn't been asked yet.

    The kubelet tells of probes that fail and never of those that pass, so one that was due and of which it says
    nothing has passed.
    """
    return any(_in_doubt(container, pod) for container in pod.containers)


def _in_doubt(container: ContainerSnapshot, pod: PodSnapshot) -> bool:
    probe = container.spec.get("livenessProbe")
    if not probe:
        return False
    period, started = probe.get("periodSeconds") or 10, str(container.running.get("startedAt") or "")
    again = period + (probe.get("timeoutSeconds") or 1) + ANSWERED
    if killed := container.said("Killing", "failed liveness probe"):
        ends = not started or last_seen(killed[-1]) >= started
        return ends or seconds_between(started, pod.taken) < min(budget(probe) + again, LONGEST)
    if not container.running or not container.ready:
        return False
    answered = any(same_question(probe, container.spec.get(f"{kind}Probe")) for kind in OTHERS)
    ready = str(condition(pod.pod, "Ready").get("lastTransitionTime") or "")
    failures = [event for event in liveness_failures(container) if not answered or last_seen(event) > ready]
    if failures:
        return seconds_between(last_seen(failures[-1]), pod.taken) < again
    due = (probe.get("initialDelaySeconds") or 0) + period
    if answered or due > FIRST_ASKED:
        return False
    if container.spec.get("startupProbe"):  # it is asked only after that has passed
        started = max(started, ready)
    return seconds_between(started, pod.taken) < due + ANSWERED


OTHERS = ("startup", "readiness")
