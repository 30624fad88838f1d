"""Does no node take the pod?"""

import re

from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.pods import PodSnapshot, condition, seconds_between

WORTH_A_WORD = 15.0
"""Seconds without a node before it is worth a word: old pods that make room are often still ending."""


def unschedulable(pod: PodSnapshot) -> Conclusion | None:
    """Never certain: an autoscaler may bring a node, another pod may leave."""
    scheduled = condition(pod.pod, "PodScheduled")
    if scheduled.get("status") != "False" or scheduled.get("reason") != "Unschedulable":
        return None
    if seconds_between(scheduled.get("lastTransitionTime") or "", pod.taken) < WORTH_A_WORD:
        return None
    message = scheduled.get("message", "")
    return Conclusion(
        Diagnosis(
            cause=f"no node takes the pod: {shortage(message)}",
            evidence=message,
            remedy=_remedy(message),
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
    return next((remedy for pattern, remedy in REMEDIES if re.search(pattern, message)), REMEDIES[-1][1])


REMEDIES = (
    (r"persistentvolumeclaim", "create the claim, or check its StorageClass: kubectl describe pvc"),
    (r"Insufficient (cpu|memory)", "lower `resources:` of the process in kubeship.yaml, or add nodes"),
    (r"Insufficient", "ask for less of what is short, or add nodes that have it"),
    (r"Too many pods", "add nodes, or run fewer pods"),
    (r"taint", "add a toleration for the taint, or nodes without it"),
    (r"affinity|selector|topology spread", "correct nodeSelector, affinity or spread in the manifest, or label a node"),
    (r"", "kubectl describe nodes shows what they offer"),
)
"""Words of the scheduler's plugins (pkg/scheduler/framework/plugins); the first that matches counts."""
