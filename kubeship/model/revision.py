"""What was deployed, when, by whom, and how did it end? One record a deploy, kept in the cluster."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from kubeship.model.objects import Object, is_release_step

WITHOUT_VALUES = "kubeship.dev/without-values"
"""Annotation of a Secret as a record keeps it: there it is, and what it holds isn't said."""


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
    commit: str = ""
    """The git revision of the checkout that it was deployed from, `-dirty` where files differ; empty without git."""

    @property
    def digest(self) -> str:
        """`sha256:...` of the image."""
        return self.image.partition("@")[2]

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it runs, and where it was killed."""
        return (self.finished - self.started).total_seconds() if self.finished else None

    @property
    def config_hash(self) -> str:
        """SHA-256 of all that is applied but the image: two revisions that share it differ in their images at most."""
        text = json.dumps([_without_image(item, self.image) for item in recorded(self.objects)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def applied(self) -> bool:
        """Whether its workloads are what the cluster should have, as far as nothing newer was applied."""
        return self.outcome not in {Outcome.STOPPED, Outcome.ROLLED_BACK}

    def succeeded_with(self, objects: tuple[Object, ...]) -> bool:
        """Whether exactly this set of objects was applied and became healthy."""
        return self.outcome is Outcome.SUCCEEDED and self.consists_of(objects)

    def consists_of(self, objects: tuple[Object, ...]) -> bool:
        """Whether it is exactly this set, as far as a record tells: not by the values of Secrets."""
        return recorded(self.objects) == recorded(objects)

    def ended(self, outcome: Outcome, moment: datetime, message: str = "") -> "Revision":
        """The record of a deploy that ended at a moment, by the server's clock."""
        return replace(self, outcome=outcome, message=message or self.message, finished=moment)


def recorded(objects: tuple[Object, ...]) -> tuple[Object, ...]:
    """The objects as a record keeps them: Secrets without their values, which whoever reads ConfigMaps could read."""
    return tuple(
        _without_values(item) if (item["apiVersion"], item["kind"]) == ("v1", "Secret") else item for item in objects
    )


def is_without_values(item: Object) -> bool:
    """Whether it is a Secret out of a record, which can't be applied: its values would be lost."""
    return WITHOUT_VALUES in (item["metadata"].get("annotations") or {})


def _without_values(secret: Object) -> Object:
    metadata = secret["metadata"]
    annotations = {**(metadata.get("annotations") or {}), WITHOUT_VALUES: "true"}
    kept = {key: value for key, value in secret.items() if key not in {"data", "stringData"}}
    return {**kept, "metadata": {**metadata, "annotations": annotations}}


def _without_image(item: Object, image: str) -> Object:
    """The object as it would be with any other image; the name of a release Job ends in a hash of its image."""

    def left_out(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: left_out(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [left_out(inner) for inner in value]
        return "" if value == image else value

    kept: Object = left_out(item)
    if is_release_step(item):
        kept["metadata"] = {**kept["metadata"], "name": kept["metadata"]["name"].rpartition("-")[0]}
    return kept
