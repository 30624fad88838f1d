"""What was deployed, when, by whom, and how did it end? One record a deploy, kept in the cluster."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from kubeship.model.objects import Object


class Outcome(StrEnum):
    """How a deploy ended, or that it didn't."""

    STARTED = "started"
    """Running, or killed."""
    SUCCEEDED = "succeeded"
    STOPPED = "stopped"
    """Failed before any workload was changed."""
    ROLLED_BACK = "rolled-back"
    """Failed, and the last good revision serves again."""
    FAILED = "failed"
    """Failed, and its workloads are still there."""


@dataclass(frozen=True)
class Revision:
    """One deploy of one app in one namespace."""

    number: int
    """From 1, counted up by the cluster."""
    app: str
    environment: str
    outcome: Outcome
    image: str
    """`repository@sha256:...`."""
    objects: tuple[Object, ...]
    """Everything that was to be applied, release Jobs included, with the image in place."""
    started: datetime
    finished: datetime | None = None
    holder: str = ""
    """Who ran it: `user@host:pid`."""
    source: str = ""
    """The git revision, or the content hash, that the image was built from."""
    message: str = ""
    """Why it failed, or `rollback to 3`."""

    @property
    def applied(self) -> bool:
        """Whether its workloads are what the cluster should have, as far as nothing newer was applied."""
        return self.outcome not in {Outcome.STOPPED, Outcome.ROLLED_BACK}

    def succeeded_with(self, objects: tuple[Object, ...]) -> bool:
        """Whether exactly this set of objects was applied and became healthy."""
        return self.outcome is Outcome.SUCCEEDED and self.objects == objects

    def ended(self, outcome: Outcome, message: str = "") -> "Revision":
        """The record of a deploy that ends now."""
        return replace(self, outcome=outcome, message=message or self.message, finished=datetime.now(UTC))
