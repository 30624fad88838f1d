"""What does the JSON document of each command hold? `--json` prints these, and docs/events.schema.json is their schema.

`inspect` prints a document of its own, of docs/inspection.schema.json.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from kubeship.model.changes import Change, Changes
from kubeship.model.finding import Finding
from kubeship.model.image import Answer, Proof
from kubeship.model.objects import ObjectRef
from kubeship.model.status import ProcessStatus
from kubeship.model.verdict import Diagnosis
from kubeship.ui.revision_document import RevisionDocument, RevisionInFull


class FileDocument(TypedDict):
    """A file of the project."""

    path: str
    action: str
    """create, replace, delete, keep (edited by hand, nothing new), conflict (edited by hand, see `<file>.new`),
    unchanged."""


class FilesResult(TypedDict):
    """What happened to the project's files; with `--check`, what would happen."""

    files: Sequence[FileDocument]


class ReasonDocument(TypedDict):
    """Why a value is what it is."""

    key: str
    """A path in kubeship.yaml."""
    value: Any
    why: str


class ExplainResult(TypedDict):
    """The values at a key and below it."""

    reasons: Sequence[ReasonDocument]


class SizeDocument(TypedDict):
    """What a part of the image weighs."""

    kind: str
    """base, system packages, dependencies, source, other."""
    size: int
    """Bytes, unpacked."""
    lines: Sequence[int]
    """Of the Dockerfile."""


class BuildResult(TypedDict):
    """The image that was built."""

    reference: str
    """`repository@sha256:...` when it was pushed, otherwise its tag."""
    id: str
    """`sha256:...`, the configuration's digest."""
    size: int
    """Bytes, unpacked."""
    sizes: Sequence[SizeDocument]
    source: str
    """The git revision, or the content hash, that is its tag."""
    builder: str
    """docker, direct."""
    verified: bool
    """Whether its entrypoints were proved inside it."""
    timings: Mapping[str, float]
    """Seconds: start_up, work and its parts, whole."""
    proofs: Sequence[Proof]
    answers: Sequence[Answer]


class VerifyResult(TypedDict):
    """What an image was proved to do."""

    image: str
    proofs: Sequence[Proof]
    answers: Sequence[Answer]
    written: Sequence[str]
    """Keys of kubeship.yaml that got what was measured."""


class CheckResult(TypedDict):
    """What stands in the way of a deploy."""

    ready: bool
    findings: Sequence[Finding]


class DriftDocument(TypedDict):
    """A field that somebody changed without kubeship since the last deploy."""

    ref: ObjectRef
    path: str
    found: Any
    """What stands there; null where it is absent. Values of Secrets are masked, here and in `applied`."""
    applied: Any
    """What a deploy puts back; null where the files say nothing, and `found` stays."""
    manager: str
    """Who wrote it, as far as the server knows."""
    since: str
    """RFC 3339, or empty."""


class DiffResult(TypedDict):
    """What a deploy would change."""

    changes: Sequence[Change]
    """Of the objects that would change, or are in conflict."""
    drift: Sequence[DriftDocument]


class HistoryResult(TypedDict):
    """The revisions, newest first; one, where one was asked for."""

    revisions: Sequence[RevisionDocument | RevisionInFull]


class DeployResult(TypedDict):
    """The revision that serves."""

    revision: RevisionDocument
    addresses: Sequence[str]
    """Where the app answers."""


class RollbackResult(TypedDict):
    """The revision that serves again, under a number of its own."""

    revision: RevisionDocument


class StatusResult(TypedDict):
    """How the app does."""

    healthy: bool
    revision: RevisionDocument
    processes: Sequence[ProcessStatus]
    problems: Sequence[str]
    """What is missing, a sentence each."""
    diagnoses: Sequence[Diagnosis]
    """Why, as far as it can be told."""
    addresses: Sequence[str]


class LogsResult(TypedDict):
    """How many lines were printed."""

    lines: int


class DeleteResult(TypedDict):
    """What was deleted."""

    deleted: Sequence[ObjectRef]


RESULTS: Mapping[str, type] = {
    "build": BuildResult,
    "check": CheckResult,
    "delete": DeleteResult,
    "deploy": DeployResult,
    "diff": DiffResult,
    "explain": ExplainResult,
    "history": HistoryResult,
    "init": FilesResult,
    "logs": LogsResult,
    "render": FilesResult,
    "rollback": RollbackResult,
    "status": StatusResult,
    "update": FilesResult,
    "verify": VerifyResult,
}
"""By command."""
LINES = frozenset({"build", "deploy", "logs", "rollback"})
"""Commands whose result is the last of JSON lines."""


def drift_documents(changes: Changes) -> list[DriftDocument]:
    """Every drift with its object."""
    return [
        DriftDocument(
            ref=target,
            path=drift.path,
            found=drift.found,
            applied=drift.applied,
            manager=drift.manager,
            since=drift.since,
        )
        for target, drift in changes.drifts
    ]
