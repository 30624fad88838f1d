"""Are the pod's volumes not there: not attached, not mounted, or made from a Secret or ConfigMap that is missing?"""

import re
from dataclasses import dataclass

from kubeship.model.objects import claim_names
from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.configuration import PASSING, obstacle_in
from kubeship.rollout.causes.rows import matching
from kubeship.rollout.events import occurrences
from kubeship.rollout.pods import PodSnapshot, condition, seconds_between

CERTAIN_MOUNTS = 6
"""The kubelet tries to mount again after 0.5, 1, 2, 4, 8 seconds (pkg/util/goroutinemap/exponentialbackoff)."""
WORTH_A_WORD = 20.0
"""Seconds without a volume: attaching a disk takes some ten in a cloud, and a failure is told after two minutes."""


@dataclass(frozen=True)
class _Trouble:
    pattern: str
    cause: str
    remedy: str


TROUBLES = (
    _Trouble(
        r"Multi-Attach error|already exclusively attached|still attached to node|is in use by another|used by VM",
        "another node still holds it",
        "wait until the pod there has ended, or its node is back (kubectl get volumeattachments); several nodes at a "
        "time need access ReadWriteMany",
    ),
    _Trouble(
        r"external-attacher of (?P<what>\S+) CSI driver|driver name (?P<other>\S+) not found|"
        r"does not contain driver (?P<third>\S+)",
        "the CSI driver {what} isn't on the node, or doesn't answer",
        "look at the driver's pods: kubectl get csinodes,volumeattachments, and kubectl get pods -A",
    ),
    _Trouble(
        r"hostPath type check failed: (?P<what>.+)|path \"(?P<other>[^\"]+)\" does not exist",
        "the node hasn't got what it is made of ({what})",
        "create it on the nodes, or bind the claim to another PersistentVolume",
    ),
    _Trouble(
        r"unknown filesystem type '(?P<what>[^']+)'|you might need a /sbin/mount\.(?P<other>\w+)|"
        r"executable file not found",
        "the node can't mount this kind of volume {what}",
        "install its mount program on the nodes (nfs-common, cifs-utils), or use another StorageClass",
    ),
    _Trouble(
        r"access denied by server|[Pp]ermission denied",
        "the storage's server refuses the node",
        "let the server export it to the nodes; the evidence names the address",
    ),
    _Trouble(
        r"[Cc]onnection (?:refused|timed out)|[Nn]o route to host|unreachable|[Nn]ame or service not known",
        "the storage's server can't be reached from the node",
        "look whether the server that the evidence names answers from the nodes",
    ),
    _Trouble(
        r"[Ss]ecret[Pp]rovider[Cc]lass(?:es)?\S* \"?(?P<what>[\w.-]+)\"? not found|secrets store objects",
        "the secrets store doesn't hand out what it names {what}",
        "look at the SecretProviderClass, at the names in it, and at what its ServiceAccount may read there",
    ),
    _Trouble(
        r"[Ss]tale (?:NFS )?file handle|[Ii]nput/output error|[Tt]ransport endpoint is not connected",
        "the storage under it has failed",
        "look at the storage and its driver's pods; kubectl describe pv names it",
    ),
    _Trouble(
        r"(?:plugin|driver) has been disabled|no volume plugin matched",
        "the cluster doesn't have this kind of volume any more",
        "use another kind in the manifest (instead of gitRepo, an init container that clones into an emptyDir)",
    ),
    _Trouble(
        r"wrong fs type|bad superblock|fsck|[Ss]tructure needs cleaning",
        "its file system is damaged, or of another kind than it says",
        "have it checked before it is written to again; kubectl describe pv names it",
    ),
)
"""Words of mount(8), the kubelet's plugins and the attach controller (pkg/volume); the first that matches counts."""

_UNKNOWN = _Trouble(
    "",
    "it can't be attached or mounted",
    "read the evidence, and look at what the volume is made of: kubectl describe pod; of a claim, kubectl describe pvc",
)


def volume_not_mounted(pod: PodSnapshot) -> Conclusion | None:
    """FailedMount, FailedAttachVolume: certain when what the volume names is missing again and again."""
    said = (*pod.said("FailedAttachVolume"), *pod.said("FailedMount"), *pod.said("FailedMapVolume"))
    failures = [event for event in said if not _passing(event["message"])]
    if not failures or _has_run(pod):
        return None
    missing = [event for event in failures if obstacle_in(event["message"])]
    evidence = str((missing or failures)[-1]["message"])
    volume = re.search(r'for volume "([^"]+)"', evidence)
    name = f"volume {volume[1]}" if volume else "a volume"
    cause, remedy = _explained(name, evidence)
    return Conclusion(
        Diagnosis(
            cause=cause,
            evidence=evidence,
            remedy=remedy,
            rule=f"{CERTAIN_MOUNTS} attempts to mount it failed"
            if missing
            else f"{occurrences(failures)} attempts failed",
        ),
        certain=occurrences(missing) >= CERTAIN_MOUNTS,
    )


def volumes_awaited(pod: PodSnapshot) -> Conclusion | None:
    """The kubelet waits for claims to be attached, and says nothing yet. Never certain."""
    claims = claim_names(pod.pod)
    lasted = seconds_between(pod.pod.get("status", {}).get("startTime") or "", pod.taken)
    sandbox = condition(pod.pod, "PodReadyToStartContainers").get("status") == "True"
    if not claims or lasted < WORTH_A_WORD or sandbox or _has_run(pod) or pod.said("Pulling") or pod.said("Pulled"):
        return None
    node, names = pod.pod["spec"].get("nodeName", ""), ", ".join(claims)
    return Conclusion(
        Diagnosis(
            cause=f"the pod waits for its volumes ({names}) to be attached to {node}",
            evidence=f"Pod {pod.name}: on its node for {lasted:.0f} s, and no container could be made",
            remedy=f"kubectl describe pvc {claims[0]}; kubectl get volumeattachments; look at the driver's pods",
            rule=f"it has waited for {lasted:.0f} s",
        ),
        certain=False,
    )


def _explained(name: str, evidence: str) -> tuple[str, str]:
    if found := obstacle_in(evidence):
        obstacle, words = found
        return obstacle.cause.format(container=name, **words), obstacle.remedy.format(**words)
    trouble, what = matching(TROUBLES, evidence, _UNKNOWN)
    return f"{name} isn't mounted: {trouble.cause.format(what=what)}".strip(), trouble.remedy


def _passing(message: str) -> bool:
    """The kubelet's copy isn't there yet; that somebody else's time ran out says more than that."""
    return bool(PASSING.search(message)) and not any(re.search(each.pattern, message) for each in TROUBLES)


def _has_run(pod: PodSnapshot) -> bool:
    return any(container.running or container.last_end for container in pod.containers)
