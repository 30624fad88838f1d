"""What does JSON say of a revision?"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypedDict

from kubeship.model.changes import Change, Changes
from kubeship.model.revision import Outcome, Revision


class RevisionDocument(TypedDict):
    """One deploy of one app in one namespace."""

    number: int
    app: str
    environment: str
    outcome: Outcome
    image: str
    """`repository@sha256:...`."""
    digest: str
    """Of the image."""
    source: str
    """The git revision, or the content hash, that the image was built from; empty for `--image`."""
    commit: str
    """The git revision of the checkout, with `-dirty` where files differ from it; empty without git."""
    config_hash: str
    """SHA-256 of all that is applied but the image."""
    holder: str
    """Who deployed: `user@host:pid`."""
    message: str
    """Why it failed, or `rollback to 3`."""
    started: datetime
    finished: datetime | None
    """null while it runs, and where it was killed."""
    seconds: float | None
    """From start to end."""


class ReleaseStepDocument(TypedDict):
    """A release step of a revision."""

    name: str
    """Of its Job."""
    command: Sequence[str]
    rollback: str
    """`safe`, `never`, or the command that undoes it."""


class RevisionInFull(RevisionDocument):
    """A revision of `history` that was asked for by its number."""

    compared_with: int | None
    """The newest before it whose objects were left in the cluster; null when there is none."""
    changes: Sequence[Change]
    """All of its objects but release Jobs, and those that it deleted, against that one."""
    release: Sequence[ReleaseStepDocument]
    """In their order."""


class Step(Protocol):
    """A release step; workflows.history has it."""

    @property
    def name(self) -> str: ...
    @property
    def command(self) -> tuple[str, ...]: ...
    @property
    def rollback(self) -> str: ...


class InFull(Protocol):
    """One revision and what it changed; workflows.history has it."""

    @property
    def revision(self) -> Revision: ...
    @property
    def before(self) -> Revision | None: ...
    @property
    def changes(self) -> Changes: ...
    @property
    def release(self) -> Iterable[Step]: ...


def revision_document(revision: Revision) -> RevisionDocument:
    """A revision without its objects."""
    return RevisionDocument(
        number=revision.number,
        app=revision.app,
        environment=revision.environment,
        outcome=revision.outcome,
        image=revision.image,
        digest=revision.digest,
        source=revision.source,
        commit=revision.commit,
        config_hash=revision.config_hash,
        holder=revision.holder,
        message=revision.message,
        started=revision.started,
        finished=revision.finished,
        seconds=revision.seconds,
    )


def revision_in_full(found: InFull) -> RevisionInFull:
    """A revision with what it changed."""
    return RevisionInFull(
        **revision_document(found.revision),
        compared_with=found.before.number if found.before else None,
        changes=found.changes.items,
        release=[
            ReleaseStepDocument(name=step.name, command=step.command, rollback=step.rollback) for step in found.release
        ],
    )
