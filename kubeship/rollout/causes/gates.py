"""Does the pod wait for somebody's word, though nothing is wrong with it? A scheduler, a gate, its node."""

from kubeship.model.objects import Object
from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.pods import PodSnapshot, condition, seconds_between

WORTH_A_WORD = 15.0
"""Seconds; each of them answers within one where it is well."""


def not_scheduled(pod: PodSnapshot) -> Conclusion | None:
    """No scheduler has said a word: none looks at it, it is gated (KEP-3521), or a volume is being made for it.

    Never certain.
    """
    scheduled = condition(pod.pod, "PodScheduled")
    lasted = seconds_between(pod.pod["metadata"].get("creationTimestamp") or "", pod.taken)
    if pod.pod["spec"].get("nodeName") or lasted < WORTH_A_WORD or _begun(pod.pod.get("status", {})):
        return None
    if scheduled.get("reason") == "SchedulingGated":
        gates = ", ".join(gate["name"] for gate in pod.pod["spec"].get("schedulingGates") or ())
        return _waits(
            f"the pod waits for its scheduling gates {gates}, which nobody has removed",
            f"SchedulingGated: {scheduled.get('message', '')}",
            "look at the controller that removes them (a queue such as Kueue), or take schedulingGates out of the "
            "manifest",
            lasted,
        )
    if scheduled:
        return None
    if claims := pod.pod["spec"].get("resourceClaims"):
        return _device_awaited(pod, claims, lasted)
    if making := [*pod.of_claims("ProvisioningFailed"), *pod.of_claims("ExternalProvisioning")]:
        claim, said = making[0]["involvedObject"]["name"], str(making[0].get("message", ""))
        return _waits(
            f"the pod waits for the volume of its claim {claim}, which its provisioner hasn't made yet",
            f"{making[0]['reason']}: {said}",
            f"look at the provisioner's pods; kubectl describe pvc {claim}; kubectl get storageclass",
            lasted,
        )
    name = pod.pod["spec"].get("schedulerName") or "default-scheduler"
    return _waits(
        f"no scheduler has looked at the pod: it waits for {name}",
        f"schedulerName: {name}, and no condition PodScheduled",
        "correct schedulerName in the manifest, or look whether that scheduler runs: kubectl get pods -A",
        lasted,
    )


def _device_awaited(pod: PodSnapshot, claims: list[Object], lasted: float) -> Conclusion:
    """The scheduler doesn't look at a pod before its ResourceClaims are there (KEP-4381, PreEnqueue)."""
    names = ", ".join(
        str(c.get("resourceClaimName") or c.get("resourceClaimTemplateName") or c["name"]) for c in claims
    )
    failed = pod.said("FailedResourceClaimCreation")
    return _waits(
        f"the pod waits for its resource claims ({names})",
        f"FailedResourceClaimCreation: {failed[-1].get('message', '')}" if failed else "no condition PodScheduled yet",
        "create what resourceClaims names, or correct it in the manifest: "
        "kubectl get resourceclaims,resourceclaimtemplates,deviceclasses",
        lasted,
    )


def not_taken_up(pod: PodSnapshot) -> Conclusion | None:
    """It has a node, whose kubelet has written nothing about it. Never certain: nodes come back."""
    scheduled = condition(pod.pod, "PodScheduled")
    node = pod.pod["spec"].get("nodeName", "")
    since = scheduled.get("lastTransitionTime") or pod.pod["metadata"].get("creationTimestamp") or ""
    lasted = seconds_between(since, pod.taken)
    if not node or lasted < WORTH_A_WORD or _begun(pod.pod.get("status", {})):
        return None
    if not scheduled:
        return _waits(
            f"the node {node}, to which the manifest binds the pod, hasn't begun with it",
            f"nodeName: {node}, and nothing from there",
            f"kubectl get node {node}: does it exist? Better name nodes by nodeSelector than by nodeName",
            lasted,
        )
    return _waits(
        f"the node {node} hasn't begun with the pod: its kubelet is silent",
        f"Scheduled to {node}, and nothing from there since",
        f"kubectl describe node {node}: is it Ready? kubectl delete pod {pod.name} puts it onto another one",
        lasted,
    )


def readiness_gate_closed(pod: PodSnapshot) -> Conclusion | None:
    """All containers are ready; a condition that somebody else sets (KEP-580) isn't there. Never certain."""
    ready, containers = condition(pod.pod, "Ready"), condition(pod.pod, "ContainersReady")
    lasted = seconds_between(containers.get("lastTransitionTime") or "", pod.taken)
    if containers.get("status") != "True" or ready.get("reason") != "ReadinessGatesNotReady" or lasted < WORTH_A_WORD:
        return None
    wanted = [gate["conditionType"] for gate in pod.pod["spec"].get("readinessGates") or ()]
    closed = ", ".join(kind for kind in wanted if condition(pod.pod, kind).get("status") != "True")
    return _waits(
        f"the pod's containers are ready, and it waits for its readiness gate {closed}",
        f"ReadinessGatesNotReady: {ready.get('message', '')}",
        "look at the controller that sets it (most often a load balancer's), and at the pod's place in its targets",
        lasted,
    )


def _waits(cause: str, evidence: str, remedy: str, lasted: float) -> Conclusion:
    return Conclusion(Diagnosis(cause, evidence, remedy, rule=f"it has waited for {lasted:.0f} s"), certain=False)


def _begun(status: Object) -> bool:
    kinds = {each.get("type") for each in status.get("conditions") or ()} - {"PodScheduled", "DisruptionTarget"}
    return bool(status.get("startTime") or status.get("containerStatuses") or kinds)
