"""Are the pods thrown out again? Evicted, or refused by the node that was to run them."""

from dataclasses import dataclass

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.rows import matching
from kubeship.rollout.ownership import lost_pods

CERTAIN_PODS = 3
"""One pod may meet a bad moment of a node; the controller makes another one at once, which fails in the same way."""
HOPELESS_PODS = 20
"""So many in a row are no bad moment, whatever it is that throws them out."""


@dataclass(frozen=True)
class _Loss:
    pattern: str
    """Of `reason: message`."""
    cause: str
    remedy: str
    own: bool = False
    """Whether it lies in the pod alone, so that each further one goes the same way."""


_DISK = "write less, or onto a volume; or raise the limit of ephemeral-storage in the manifest"

LOSSES = (
    _Loss(
        r"Evicted: .*ephemeral.* exceeds the total limit of containers (?P<what>\S+?)\.?$",
        "its containers write more than their limit of ephemeral storage ({what})",
        _DISK,
        own=True,
    ),
    _Loss(
        r"Evicted: Container (?P<what>\S+) exceeded its local ephemeral storage limit",
        "{what} writes more than its limit of ephemeral storage",
        _DISK,
        own=True,
    ),
    _Loss(
        r"Evicted: Usage of EmptyDir volume \"(?P<what>[^\"]+)\" exceeds the limit",
        "the emptyDir volume {what} grows beyond its sizeLimit",
        "write less, or raise the volume's sizeLimit in the manifest",
        own=True,
    ),
    _Loss(
        r"Evicted: The node was low on resource: (?P<what>[\w-]+)",
        "the node is short of {what} and evicts it",
        "free the node's {what}, add nodes, or give the process the resources that it really uses",
    ),
    _Loss(r"^Evicted", "the node evicts it", "kubectl describe node tells what the node is short of"),
    _Loss(
        r"^OutOf(?P<what>[\w.-]+)",
        "the node that it is bound to has not enough {what}",
        "lower `resources:` of the process in kubeship.yaml, or remove nodeName from the manifest",
    ),
    _Loss(
        r"^SysctlForbidden: .*forbidden sysctl: \"(?P<what>[^\"]+)\"",
        "the nodes don't allow to set the sysctl {what}",
        "take it out of the manifest's securityContext, or have the nodes allow it (allowedUnsafeSysctls)",
        own=True,
    ),
    _Loss(
        r"^(?:NodeAffinity|NodeName|NodePorts|NodeUnschedulable|TaintToleration)",
        "the node that it is bound to doesn't match what it asks for",
        "correct nodeName, nodeSelector, affinity or tolerations in the manifest",
    ),
    _Loss(
        r"^(?:AppArmor|PodOSSelectorNodeLabelDoesNotMatch|PodFeatureUnsupported|\w+NotSupported)\b",
        "the node can't run pods of this kind",
        "change what the evidence names in the manifest, or choose other nodes",
        own=True,
    ),
    _Loss(
        r"^TopologyAffinityError",
        "the node can't give it its CPUs, memory and devices close to one another (topology manager)",
        "ask for less, or let the nodes have another topology policy",
    ),
    _Loss(
        r"^UnexpectedAdmissionError",
        "the node can't give it a device that it asks for",
        "look at the device plugin's pods on that node",
    ),
    _Loss(
        r"^(?:Terminated|NodeShutdown|Shutdown)",
        "the node shuts down",
        "wait for the node, or for the pod's replacement elsewhere",
    ),
    _Loss(r"^Preempt", "a more important pod takes its place", "give it a PriorityClass, or add nodes"),
)
"""PodStatus.reason and message, by pkg/kubelet/eviction, pkg/kubelet/lifecycle and pkg/kubelet/sysctl; the first that
matches counts."""

_UNKNOWN = _Loss("", "the node gives it up", "read the evidence, and kubectl describe its node")


def pods_lost(workload: Object, snapshot: Snapshot) -> Conclusion | None:
    """Pods of the newest version that failed as a whole: certain from CERTAIN_PODS on, or from HOPELESS_PODS.

    A Job counts its failed pods itself.
    """
    lost = lost_pods(workload, snapshot)
    if not lost:
        return None
    status = lost[-1]["status"]
    evidence = f"{status['reason']}: {status.get('message', '')}".strip(": ")
    loss, what = matching(LOSSES, evidence, _UNKNOWN)
    return Conclusion(
        Diagnosis(
            cause=f"{workload['metadata']['name']} loses its pods: {loss.cause.format(what=what)}",
            evidence=evidence,
            remedy=loss.remedy.format(what=what),
            rule=f"{len(lost)} {'pod' if len(lost) == 1 else 'pods'} failed in this way",
        ),
        certain=len(lost) >= (CERTAIN_PODS if loss.own else HOPELESS_PODS) and workload["kind"] != "Job",
    )
