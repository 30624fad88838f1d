"""Does no node take the pod?"""

import re

from kubeship.model.objects import claim_names
from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.pods import PodSnapshot, condition, seconds_between

WORTH_A_WORD = 15.0
"""Seconds without a node before it is worth a word: old pods that make room are often still ending."""


UNBOUND = ("ExternalProvisioning", "FailedBinding", "ProvisioningFailed", "VolumeMismatch")
"""What is said of a claim that isn't bound (pkg/controller/volume/events), from what tells least to what tells most."""


UNBOUND_CLAIMS = "unbound immediate PersistentVolumeClaims"


def unschedulable(pod: PodSnapshot) -> Conclusion | None:
    """Never certain: an autoscaler may bring a node, another pod may leave."""
    scheduled = condition(pod.pod, "PodScheduled")
    if scheduled.get("status") != "False" or scheduled.get("reason") != "Unschedulable":
        return None
    if seconds_between(scheduled.get("lastTransitionTime") or "", pod.taken) < WORTH_A_WORD:
        return None
    message = scheduled.get("message", "")
    unbound = [event for reason in UNBOUND for event in pod.of_claims(reason)] if UNBOUND_CLAIMS in message else []
    claim = unbound[-1] if unbound else None
    why = f"; {claim['involvedObject']['name']}: {claim['message']}" if claim else ""
    if UNBOUND_CLAIMS in message and not claim:
        why = f" ({', '.join(claim_names(pod.pod))})"
    return Conclusion(
        Diagnosis(
            cause=f"no node takes the pod: {shortage(message)}{why}",
            evidence=f"{claim['reason']}: {claim['message']}" if claim else message,
            remedy=_remedy(f"{why}{message}"),
            rule=f"unscheduled for more than {WORTH_A_WORD:.0f} s",
        ),
        certain=False,
    )


def shortage(message: str) -> str:
    """The scheduler's reasons without its frame.

    `0/1 nodes are available: 1 Insufficient cpu. no new claims ..., preemption: ...` -> `1 Insufficient cpu`.
    """
    found = re.match(r"\d+/\d+ nodes are available: (?P<reasons>.*?)(?:\. (?:no new claims|preemption)|\.?$)", message)
    return found["reasons"].removesuffix(". not found") if found else message


def _remedy(message: str) -> str:
    """What helps where the pod could go; and against taints, which keep it from other nodes."""
    found = [remedy for pattern, remedy in REMEDIES if re.search(pattern, message)]
    return "; or ".join(dict.fromkeys((found[0], *([TOLERATE] if TOLERATE in found[1:] else []))))


TOLERATE = "add a toleration for the taint (kubectl describe nodes shows them), or nodes without it"


REMEDIES = (
    (
        r"no storage class is set|no persistent volumes available",
        "name a StorageClass in the claim, or make one the cluster's default (kubectl get storageclass), or make a "
        "PersistentVolume that fits",
    ),
    (
        r"external provisioner",
        "look at the provisioner's pods: does the one that the StorageClass names run? kubectl get storageclass",
    ),
    (
        r"storageclass\S* \"[^\"]*\" not found",
        "name a StorageClass that kubectl get storageclass shows in the claim; where PersistentVolumes are made by "
        "hand, make one of that class that is large enough and has the claim's access mode",
    ),
    (
        r"bound to a different claim",
        "let the claim name another volume, or take the claimRef out of that one: kubectl describe pv",
    ),
    (
        r"PersistentVolumeClaim\S* is being deleted|persistentvolumeclaim \"[^\"]*\" is being deleted",
        "somebody has deleted the claim, which goes (with its data) when no pod has it any more: make it anew then",
    ),
    (
        r"ReadWriteOncePod",
        "one pod at a time may have that claim (ReadWriteOncePod): end the other one first, or use ReadWriteOnce",
    ),
    (
        r"didn't find available persistent volumes to bind",
        "make a PersistentVolume that fits the claim (its StorageClass, size, access mode) on a node that the pod may "
        "go to, or name a StorageClass that makes them: kubectl get pv,storageclass",
    ),
    (
        UNBOUND_CLAIMS,
        "kubectl describe pvc: the PersistentVolume (volumeName) or StorageClass that the claim names must be there, "
        "and fit its size and access mode",
    ),
    (
        r"volume node affinity conflict|didn't match PersistentVolume's node affinity",
        "the volume lies in a zone or on a node that the pod may not go to: loosen its nodeSelector, or move the data",
    ),
    (r"[Pp]ersistent[Vv]olume[Cc]laim", "create the claim, or check its StorageClass: kubectl describe pvc"),
    (r"Insufficient (cpu|memory)", "lower `resources:` of the process in kubeship.yaml, or add nodes"),
    (r"Insufficient", "ask for less of what is short, or add nodes that have it"),
    (
        r"didn't have free ports",
        "another pod has that hostPort: use a Service instead of hostPort, or add nodes",
    ),
    (r"were unschedulable", "kubectl uncordon the nodes, or add others"),
    (r"max volume count|exceed max", "add nodes: each takes only so many volumes"),
    (r"resource ?claim|device", "look at the device driver that serves the claim: kubectl describe resourceclaim"),
    (r"Too many pods", "add nodes, or run fewer pods"),
    (
        r"pod anti-affinity",
        "run fewer replicas than there are nodes, add nodes, or make the anti-affinity preferred instead of required",
    ),
    (
        r"pod affinity rules",
        "the pods that it must be near to (podAffinity) aren't there: start them, or correct the labels it looks for",
    ),
    (
        r"topology spread constraints \(missing required label\)",
        "label the nodes with the topologyKey of topologySpreadConstraints, or correct it in the manifest",
    ),
    (
        r"topology spread",
        "add nodes where pods are missing, or set whenUnsatisfiable: ScheduleAnyway in the manifest",
    ),
    (
        r"affinity|selector|didn't match the requested node name",
        "correct nodeSelector or affinity in the manifest, or label a node",
    ),
    (
        r"node\.kubernetes\.io/(?:not-ready|unreachable|network-unavailable|out-of-service)",
        "kubectl get nodes: those that the pod could use aren't Ready",
    ),
    (
        r"node\.kubernetes\.io/\w+-pressure",
        "kubectl describe nodes tells what is short there; free it, or add nodes",
    ),
    (r"taint(?! \{node\.kubernetes\.io/)", TOLERATE),
    (r"", "kubectl describe nodes shows what they offer"),
)
"""Words of the scheduler's plugins (pkg/scheduler/framework/plugins); the first that matches counts."""
