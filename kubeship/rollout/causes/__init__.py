"""Why doesn't a pod become ready? Every known cause, in order of precedence."""

from collections.abc import Callable, Iterator

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.configuration import configuration_refused
from kubeship.rollout.causes.crashes import ended_by_itself, out_of_memory
from kubeship.rollout.causes.creation import pods_refused
from kubeship.rollout.causes.gates import not_scheduled, not_taken_up, readiness_gate_closed
from kubeship.rollout.causes.held_up import (
    kept_by_a_sidecar,
    not_yet_counted,
    older_pods_unwell,
    paused,
    pods_stay,
    pods_taken_away,
)
from kubeship.rollout.causes.images import image_never_pulled, image_not_pulled, invalid_image_name
from kubeship.rollout.causes.lost import pods_lost
from kubeship.rollout.causes.patience import probe_not_due
from kubeship.rollout.causes.placement import unschedulable
from kubeship.rollout.causes.probes import (
    liveness_probe_failed,
    liveness_probe_failing,
    readiness_probe_failed,
    startup_probe_failed,
)
from kubeship.rollout.causes.sandbox import node_lost, sandbox_not_created
from kubeship.rollout.causes.start import not_executed, not_started, start_hook_failed, start_hook_runs
from kubeship.rollout.causes.volumes import volume_not_mounted, volumes_awaited
from kubeship.rollout.pods import ContainerSnapshot, PodSnapshot

WORKLOAD_CAUSES: tuple[Callable[[Object, Snapshot], Conclusion | None], ...] = (
    pods_refused,
    pods_lost,
    paused,
    pods_stay,
    pods_taken_away,
    kept_by_a_sidecar,
    older_pods_unwell,
    not_yet_counted,
)
"""Of a workload, beside its newest pods."""

POD_CAUSES: tuple[Callable[[PodSnapshot], Conclusion | None], ...] = (
    unschedulable,
    not_scheduled,
    node_lost,
    not_taken_up,
    volume_not_mounted,
    sandbox_not_created,
    volumes_awaited,
    readiness_gate_closed,
)
"""Of the pod as a whole."""

CAUSES: tuple[Callable[[ContainerSnapshot], Conclusion | None], ...] = (
    invalid_image_name,
    image_never_pulled,
    image_not_pulled,
    configuration_refused,
    not_started,
    not_executed,
    start_hook_failed,
    start_hook_runs,
    out_of_memory,
    startup_probe_failed,
    liveness_probe_failed,
    ended_by_itself,
    readiness_probe_failed,
    probe_not_due,
)
"""Of one container; a new cause is a function with its test, and a place here."""


def conclude(pod: PodSnapshot) -> Conclusion | None:
    """The first cause that is certain; otherwise the first that is worth a word; None when nothing looks bad."""
    if pod.ready:
        return next((found for c in pod.containers if (found := liveness_probe_failing(c))), None)
    if pod.pod.get("status", {}).get("phase") == "Succeeded":
        return None
    conclusions = list(_conclusions(pod))
    return next((c for c in conclusions if c.certain), conclusions[0] if conclusions else None)


def _conclusions(pod: PodSnapshot) -> Iterator[Conclusion]:
    found = [*(cause(pod) for cause in POD_CAUSES), *(cause(c) for cause in CAUSES for c in pod.containers)]
    return (conclusion for conclusion in found if conclusion)
