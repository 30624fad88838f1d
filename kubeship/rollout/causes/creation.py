"""Does the API server refuse to create the pods?"""

import math
import re
from dataclasses import dataclass

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.rows import matching
from kubeship.rollout.events import about, events_of, first_seen, last_seen
from kubeship.rollout.ownership import newest_pods, newest_replica_set
from kubeship.rollout.pods import condition, seconds_between
from kubeship.rollout.surge import room_may_come

AT_ONCE = 0.0
"""The pod itself is refused, and every further one will be."""
CERTAIN_AFTER = 10.0
"""Seconds that creating fails before it counts: a ServiceAccount or a PriorityClass may come up a moment later, and a
quota frees when pods of others have gone."""
WEBHOOK_AFTER = 30.0
"""Seconds in which a webhook's own pods are usually replaced."""
NEVER = math.inf
"""The API server has trouble of its own, which passes."""


@dataclass(frozen=True)
class _Refusal:
    pattern: str
    cause: str
    remedy: str
    after: float = CERTAIN_AFTER
    """Seconds of it that make it certain."""
    makes_room: bool = False
    """Whether pods that are still to go, the rollout's own among them, may heal it."""


_RESOURCES = "`resources:` of the process in kubeship.yaml"

REFUSALS = (
    _Refusal(
        r"violates PodSecurity \"(?P<what>[^\"]+)\"",
        "the namespace's Pod Security level {what} forbids its pods",
        "set what the evidence names in the manifest, or remove the edit that took it out",
        AT_ONCE,
    ),
    _Refusal(
        r"unable to validate against any security context constraint",
        "none of the security context constraints (SCC) that its ServiceAccount may use allows its pods",
        "change what the evidence names in the manifest, or have an SCC granted to the ServiceAccount",
        AT_ONCE,
    ),
    _Refusal(
        r"admission webhook \"(?P<what>[^\"]+)\" denied the request",
        "the admission webhook {what} denies its pods",
        "change what the webhook's message asks for",
        AT_ONCE,
    ),
    _Refusal(
        r"ValidatingAdmissionPolicy '(?P<what>[^']+)' with binding '[^']+' denied request",
        "the admission policy {what} denies its pods",
        "change what the policy's message asks for",
        AT_ONCE,
    ),
    _Refusal(
        r"(?:maximum|minimum) (?P<what>[\w.-]+) usage per (?:Container|Pod|PersistentVolumeClaim) is",
        "its {what} lies outside of the namespace's LimitRange",
        f"adapt {_RESOURCES} (kubectl describe limitrange)",
        AT_ONCE,
    ),
    _Refusal(
        r"(?P<what>[\w.-]+) max limit to request ratio per (?:Container|Pod) is",
        "its limit of {what} is too far above its request for the namespace's LimitRange",
        f"adapt {_RESOURCES} (kubectl describe limitrange)",
        AT_ONCE,
    ),
    _Refusal(
        r"failed quota: (?P<what>[\w.-]+): must specify",
        "the quota {what} wants requests and limits that its containers don't have",
        f"set {_RESOURCES}",
        AT_ONCE,
    ),
    _Refusal(
        r"exceeded quota: (?P<what>[\w.-]+)",
        "the namespace's quota {what} leaves no room for its pods",
        "lower `replicas:` or `resources:`, or have the quota raised (kubectl describe quota)",
        makes_room=True,
    ),
    _Refusal(
        r"serviceaccount \"(?P<what>[^\"]+)\" not found",
        "its ServiceAccount {what} doesn't exist",
        "create the ServiceAccount, or correct serviceAccountName in the manifest",
    ),
    _Refusal(
        r"failed calling webhook \"(?P<what>[^\"]+)\".*x509: ",
        "the API server doesn't trust the certificate of the admission webhook {what}",
        "have its caBundle and its certificate renewed by who runs it (cert-manager's cainjector, or its own job)",
        WEBHOOK_AFTER,
    ),
    _Refusal(
        r"failed calling webhook \"(?P<what>[^\"]+)\"",
        "the admission webhook {what} doesn't answer",
        "repair the webhook's own pods, or ask who runs it",
        WEBHOOK_AFTER,
    ),
    _Refusal(
        r"[Pp]riority ?[Cc]lass(?: with name)? (?P<what>[\w.-]+) was found|PriorityClass (?P<other>\S+)",
        "its PriorityClass {what} doesn't exist",
        "correct priorityClassName in the manifest",
    ),
    _Refusal(
        r"RuntimeClass \"(?P<what>[^\"]+)\" not found|runtimeclass\S* \"(?P<other>[^\"]+)\" not found",
        "its RuntimeClass {what} doesn't exist",
        "correct runtimeClassName in the manifest (kubectl get runtimeclass)",
    ),
    _Refusal(
        r"is being terminated",
        "its namespace is being deleted",
        "wait until the namespace is gone, create it again, then deploy",
        AT_ONCE,
    ),
    _Refusal(
        r"must be less than or equal to (?P<what>[\w.-]+) limit",
        "they ask for more {what} than the limit that the namespace's LimitRange gives to who names none",
        f"set the limit of {{what}} in {_RESOURCES}, or lower the request (kubectl describe limitrange)",
        AT_ONCE,
    ),
    _Refusal(
        r"metadata\.labels: Invalid value: .* must be no more than 63",
        "its name is too long for the labels that its controller gives to its pods",
        "give it a name of at most 52 characters",
        AT_ONCE,
    ),
    _Refusal(
        r"^Pod \"[^\"]*\" is invalid: (?P<what>[^:]+):",
        "after the cluster's admission has changed them, their {what} is invalid",
        "look which webhook or LimitRange changes pods of the namespace, and change the manifest so that both fit",
    ),
    _Refusal(
        r"etcdserver|too many requests|unable to handle the request|timed out|[Tt]imeout|connection refused|EOF",
        "the API server is overloaded or not well",
        "wait, or ask who runs the cluster",
        NEVER,
    ),
)
"""What admission says, in order; the first that matches counts."""

_UNKNOWN = _Refusal("", "the API server refuses them", "change what the evidence names")

_FRAME = re.compile(
    r"^(\(combined from similar events\): )?"
    r"(Error creating: |[Cc]reate (?:Pod \S+|Claim \S+ (?:for )?Pod \S+) in (Stateful|Daemon)Set \S+ failed error: )"
)
"""What the controllers put before the API server's words."""


def pods_refused(workload: Object, snapshot: Snapshot) -> Conclusion | None:
    """FailedCreate while pods of the newest version are missing.

    Certain at once when the pod itself is refused, otherwise after some seconds; a quota that pods of the rollout still
    use is not certain at all, since they may make room.
    """
    creator = newest_replica_set(workload, snapshot) if workload["kind"] == "Deployment" else workload
    if creator is None:
        return _replica_set_refused(workload, snapshot)
    pods = newest_pods(workload, snapshot)
    failing = condition(creator, "ReplicaFailure")
    fails = failing.get("status") == "True" and failing.get("reason") == "FailedCreate"
    refusals = _since(pods, about(events_of(creator, snapshot.events), "FailedCreate"))
    if pods and not _goes_on(workload, fails=fails, refusals=refusals):
        return None
    if refusals:
        message = str(refusals[-1]["message"])
        begun = max(min(map(first_seen, refusals)), _newest(pods))
        lasted = seconds_between(begun, max(map(last_seen, refusals)))
    elif fails:
        message = str(failing.get("message", ""))
        # The condition outlives the refusal by a moment: a pod that has come since begins the count anew.
        lasted = seconds_between(max(str(failing.get("lastTransitionTime") or ""), _newest(pods)), snapshot.taken)
    else:
        return None
    missing = "doesn't get all of its pods" if pods else "gets no pods"
    refused = _Refused(_FRAME.sub("", message), lasted)
    return _conclusion(f"{workload['metadata']['name']} {missing}", refused, snapshot)


def _goes_on(workload: Object, *, fails: bool, refusals: tuple[Object, ...]) -> bool:
    """Whether more pods are refused although some were made; a ReplicaSet says so, until it has made them all."""
    match workload["kind"]:
        case "Job":
            return False
        case "Deployment":
            return fails
        case _:
            return bool(refusals)


def _since(pods: tuple[Object, ...], refusals: tuple[Object, ...]) -> tuple[Object, ...]:
    """Without what was refused before the newest pod was created after all."""
    return tuple(event for event in refusals if last_seen(event) > _newest(pods))


def _newest(pods: tuple[Object, ...]) -> str:
    """When the newest was created; an event stands for what was refused before that as well."""
    return max((pod["metadata"].get("creationTimestamp", "") for pod in pods), default="")


def _replica_set_refused(deployment: Object, snapshot: Snapshot) -> Conclusion | None:
    """The Deployment can't even make its ReplicaSet: a quota on those, or a webhook. Only events tell it at once."""
    failures = about(events_of(deployment, snapshot.events), "ReplicaSetCreateError")
    if not failures:
        return None
    lasted = seconds_between(min(map(first_seen, failures)), snapshot.taken)
    refused = _Refused(str(failures[-1].get("message", "")), lasted)
    return _conclusion(f"{deployment['metadata']['name']} gets no ReplicaSet", refused, snapshot, of="it")


@dataclass(frozen=True)
class _Refused:
    said: str
    lasted: float
    """Seconds."""


def _conclusion(missing: str, refused: _Refused, snapshot: Snapshot, of: str = "its pods") -> Conclusion:
    """`missing`: who lacks what; `of`: what the cause speaks of."""
    refusal, what = matching(REFUSALS, refused.said, _UNKNOWN)
    rule = "the pod itself is refused" if refusal.after == AT_ONCE else f"creating failed for {refused.lasted:.0f} s"
    certain = refused.lasted >= refusal.after and not (refusal.makes_room and room_may_come(snapshot))
    return Conclusion(
        Diagnosis(
            cause=f"{missing}: {' '.join(refusal.cause.format(what=what).split())}".replace("its pods", of),
            evidence=refused.said,
            remedy=refusal.remedy.format(what=what),
            rule=rule,
        ),
        certain=certain,
    )
