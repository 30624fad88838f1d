"""Has the rollout succeeded, failed, or is it under way? And if it failed, why."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kubeship.model.objects import ObjectRef
from kubeship.model.snapshot import LogRef


@dataclass(frozen=True)
class Diagnosis:
    """Why a workload doesn't become healthy."""

    cause: str
    """A sentence: `web crashes at start: it can't import requests`."""
    evidence: str
    """The decisive line, as the cluster or the container said it."""
    remedy: str
    subject: str = ""
    """`Deployment/shop-web`, `Pod/shop-web-abc`."""
    log: str = ""
    """The failing container's last words, if it had any."""
    rule: str = ""
    """What the verdict rests on: `3 pulls failed`, `every pod of the newest ReplicaSet crashes`."""


@dataclass(frozen=True)
class PodState:
    """Pods that stand where they stand for some time: `2 pods pulling the image for 12 s`."""

    who: str
    """`shop-web-abc`, or `2 pods of shop-web`."""
    state: str
    """`pulling the image`."""
    seconds: float

    def __str__(self) -> str:
        """`shop-web-abc: pulling the image for 12 s`."""
        return f"{self.who}: {self.state} for {self.seconds:.0f} s"


@dataclass(frozen=True)
class Waiting:
    """Not there yet, and nothing says that it can't get there."""

    summaries: tuple[str, ...] = ()
    """One line a workload: `shop-web: 1 of 2 updated pods ready`."""
    worries: tuple[Diagnosis, ...] = field(default=())
    """What looks bad but may heal (one failed pull, unschedulable)."""
    states: tuple["PodState", ...] = ()
    """Where the pods that aren't ready stand."""


@dataclass(frozen=True)
class Ready:
    """Every workload runs the wanted version on every replica, and its Service has endpoints."""


@dataclass(frozen=True)
class Failed:
    """It can't succeed any more without a change."""

    diagnoses: tuple[Diagnosis, ...]
    workloads: tuple[ObjectRef, ...] = ()
    history: tuple[str, ...] = ()
    """How each pod spent its time: `shop-web-abc: preparing 1 s, pulling the image 3 s, starting 60 s`."""
    logs: Mapping[LogRef, str] = field(default_factory=dict, repr=False)
    """All that was read of the failing containers, also what the kubelet has thrown away since."""


Verdict = Waiting | Ready | Failed
