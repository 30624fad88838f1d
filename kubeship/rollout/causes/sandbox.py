"""Can the node not give the pod its network, or is the node itself gone?"""

from dataclasses import dataclass

from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.rows import matching
from kubeship.rollout.events import last_seen, occurrences
from kubeship.rollout.pods import PodSnapshot, condition, seconds_between

CERTAIN_ATTEMPTS = 3
"""What lies in the pod alone fails each time."""
WORTH_A_WORD = 2
"""So many sandboxes may fail before it is mentioned: a network plugin that starts with the node needs a moment."""


@dataclass(frozen=True)
class _Reason:
    pattern: str
    words: str


@dataclass(frozen=True)
class _Own:
    """What lies in the pod's own manifest."""

    pattern: str
    cause: str
    remedy: str


OWN = (
    _Own(  # runc: nothing is left even for what holds its namespaces
        r"memory limit too low|init was OOM-killed",
        "its limit of memory is too low for anything to start",
        "raise `resources: {memory: ...}` of the process in kubeship.yaml; megabytes are Mi, and m is a thousandth "
        "of a byte",
    ),
    _Own(
        r"FQDN .* is too long",
        "its full name, host, subdomain and namespace together, is longer than the 64 characters that Linux takes",
        "shorten hostname or subdomain, or take setHostnameAsFQDN out of the manifest",
    ),
    _Own(
        r"hostUsers: false|user namespaces",
        "the node's container runtime has no user namespaces",
        "take `hostUsers: false` out of the manifest, or choose nodes with a newer runtime",
    ),
)
"""Words of runc and of pkg/kubelet (kubelet_pods.go, userns); the first that matches counts."""

REASONS = (
    _Reason(
        r"no runtime for \"(?P<what>[^\"]+)\" is configured", "the node has no container runtime {what} (RuntimeClass)"
    ),
    _Reason(
        r"no IP addresses available|failed to allocate .*IP|[Ii]nsufficient.*IP|assign an IP",
        "the pod network has no address left",
    ),
    _Reason(r"cni|CNI|network plugin|networkPlugin|setup network", "the node's network plugin fails"),
    _Reason(r"deadline exceeded|timed out", "the node's container runtime doesn't answer in time"),
    _Reason(r"pause|sandbox image|pull", "the node can't pull the image of its sandboxes"),
)
"""containerd's and the CNI plugins' words (internal/cri/server/sandbox_run.go); the first that matches counts."""

_UNKNOWN = _Reason("", "its sandbox can't be made")
_NOT_ITS_OWN = _Own("", "", "")


def sandbox_not_created(pod: PodSnapshot) -> Conclusion | None:
    """FailedCreatePodSandBox; never certain: nodes and their plugins are repaired, or the pod is put elsewhere."""
    failures = pod.said("FailedCreatePodSandBox")
    if occurrences(failures) < WORTH_A_WORD or any(c.running or c.last_end for c in pod.containers):
        return None
    evidence = str(failures[-1]["message"])
    own, _ = matching(OWN, evidence, _NOT_ITS_OWN)
    if own is not _NOT_ITS_OWN:
        return _of_the_manifest(own, evidence, occurrences(failures))
    reason, what = matching(REASONS, evidence, _UNKNOWN)
    return Conclusion(
        Diagnosis(
            cause=f"the pod can't be set up: {reason.words.format(what=what)}",
            evidence=evidence,
            remedy="look at the node's network plugin and container runtime: kubectl describe node "
            f"{pod.pod['spec'].get('nodeName', '')}".strip(),
            rule=f"{occurrences(failures)} attempts failed",
        ),
        certain=False,
    )


def _of_the_manifest(own: _Own, evidence: str, attempts: int) -> Conclusion:
    return Conclusion(
        Diagnosis(
            cause=f"the pod can't be set up: {own.cause}",
            evidence=evidence,
            remedy=own.remedy,
            rule=f"{attempts} attempts failed",
        ),
        certain=attempts >= CERTAIN_ATTEMPTS,
    )


def node_lost(pod: PodSnapshot) -> Conclusion | None:
    """The node doesn't report any more; never certain: it may come back, or the pod is made elsewhere."""
    gone = pod.said("NodeNotReady")
    ready = condition(pod.pod, "Ready")
    if not gone or ready.get("status") != "False":
        return None
    node = pod.pod["spec"].get("nodeName", "")
    lasted = seconds_between(last_seen(gone[-1]), pod.taken)
    return Conclusion(
        Diagnosis(
            cause=f"the node {node} doesn't report any more, so nobody knows how the pod is",
            evidence=f"NodeNotReady: {gone[-1].get('message', '')}",
            remedy=f"kubectl describe node {node}; its pods are made anew elsewhere after five minutes, where there "
            "is room",
            rule=f"the node has been silent for {lasted:.0f} s",
        ),
        certain=False,
    )
