"""Does the API server refuse to create the pods?"""

import re

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.ownership import newest_pods, newest_replica_set, other_pods
from kubeship.rollout.pods import about, condition, events_of, first_seen, last_seen, seconds_between

CERTAIN_AFTER = 10.0
"""Seconds that creating fails before it counts: a ServiceAccount or a webhook's pod may come up a moment later, and
a quota frees when pods that are ending have gone."""

REFUSALS = (
    (
        r"violates PodSecurity \"(?P<what>[^\"]+)\"",
        "the namespace's Pod Security level {what} forbids its pods",
        "set what the evidence names in the manifest, or remove the edit that took it out",
        True,
    ),
    (
        r"admission webhook \"(?P<what>[^\"]+)\" denied the request",
        "the admission webhook {what} denies its pods",
        "change what the webhook's message asks for",
        True,
    ),
    (
        r"ValidatingAdmissionPolicy '(?P<what>[^']+)' with binding '[^']+' denied request",
        "the admission policy {what} denies its pods",
        "change what the policy's message asks for",
        True,
    ),
    (
        r"(?:maximum|minimum) (?P<what>\w+) usage per (?:Container|Pod) is",
        "its {what} lies outside of the namespace's LimitRange",
        "adapt `resources:` of the process in kubeship.yaml",
        True,
    ),
    (
        r"failed quota: (?P<what>[\w.-]+): must specify",
        "the quota {what} wants requests and limits that its containers don't have",
        "set `resources:` of the process in kubeship.yaml",
        True,
    ),
    (
        r"exceeded quota: (?P<what>[\w.-]+)",
        "the namespace's quota {what} leaves no room for its pods",
        "lower `replicas:` or `resources:`, or have the quota raised (kubectl describe quota)",
        False,
    ),
    (
        r"serviceaccount \"(?P<what>[^\"]+)\" not found",
        "its ServiceAccount {what} doesn't exist",
        "create the ServiceAccount, or correct serviceAccountName in the manifest",
        False,
    ),
    (
        r"failed calling webhook \"(?P<what>[^\"]+)\"",
        "the admission webhook {what} doesn't answer",
        "repair the webhook's own pods, or ask who runs it",
        False,
    ),
    (
        r"priority class|PriorityClass (?P<what>\S+)",
        "its PriorityClass doesn't exist",
        "correct priorityClassName in the manifest",
        False,
    ),
)
"""Pattern, cause, remedy, and whether once is enough because the pod itself is what is refused. In order."""


_FRAME = re.compile(
    r"^(\(combined from similar events\): )?"
    r"(Error creating: |[Cc]reate Pod \S+ in (Stateful|Daemon)Set \S+ failed error: )"
)
"""What the controllers put before the API server's words."""


def pods_refused(workload: Object, snapshot: Snapshot) -> Conclusion | None:
    """FailedCreate while the newest version has no pod.

    Certain at once when the pod itself is refused, otherwise after CERTAIN_AFTER seconds; a quota that old pods of the
    same Deployment still use is not certain at all, since they may make room.
    """
    creator = newest_replica_set(workload, snapshot) if workload["kind"] == "Deployment" else workload
    if creator is None:
        return _replica_set_refused(workload, snapshot)
    refusals = _since(newest_pods(workload, snapshot), about(events_of(creator, snapshot.events), "FailedCreate"))
    if newest_pods(workload, snapshot) and (workload["kind"] in {"Deployment", "Job"} or not refusals):
        return None
    failing = condition(creator, "ReplicaFailure")
    if refusals:
        message = str(refusals[-1]["message"])
        lasted = seconds_between(min(map(first_seen, refusals)), max(map(last_seen, refusals)))
    elif failing.get("status") == "True" and failing.get("reason") == "FailedCreate":
        message = str(failing.get("message", ""))
        lasted = seconds_between(failing.get("lastTransitionTime") or "", snapshot.taken)
    else:
        return None
    cause, remedy, at_once = _explained(message)
    surging = workload["kind"] == "Deployment" and bool(other_pods(workload, snapshot))
    return Conclusion(
        Diagnosis(
            cause=f"{workload['metadata']['name']} gets no pods: {cause}",
            evidence=_FRAME.sub("", message),
            remedy=remedy,
            rule="the pod itself is refused" if at_once else f"creating pods failed for {CERTAIN_AFTER:.0f} s",
        ),
        certain=at_once or (lasted >= CERTAIN_AFTER and not surging),
    )


def _since(pods: tuple[Object, ...], refusals: tuple[Object, ...]) -> tuple[Object, ...]:
    """Without what was refused before the newest pod was created after all."""
    created = max((pod["metadata"].get("creationTimestamp", "") for pod in pods), default="")
    return tuple(event for event in refusals if last_seen(event) > created)


def _replica_set_refused(deployment: Object, snapshot: Snapshot) -> Conclusion | None:
    """The Deployment can't even make its ReplicaSet: a quota on those, or a webhook. Only events tell it at once."""
    failures = about(events_of(deployment, snapshot.events), "ReplicaSetCreateError")
    if not failures:
        return None
    message = str(failures[-1].get("message", ""))
    cause, remedy, at_once = _explained(message)
    lasted = seconds_between(min(map(first_seen, failures)), snapshot.taken)
    return Conclusion(
        Diagnosis(
            cause=f"{deployment['metadata']['name']} gets no ReplicaSet: {cause.replace('its pods', 'it')}",
            evidence=message,
            remedy=remedy,
            rule=f"creating it failed for {CERTAIN_AFTER:.0f} s",
        ),
        certain=at_once or lasted >= CERTAIN_AFTER,
    )


def _explained(message: str) -> tuple[str, str, bool]:
    for pattern, cause, remedy, at_once in REFUSALS:
        if found := re.search(pattern, message):
            return cause.format(what=found.groupdict().get("what") or ""), remedy, at_once
    return "the API server refuses them", "change what the evidence names", False
