"""Does the published schema say what is printed, and does all that is printed fit it?"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from kubeship.errors import KubeshipError, LeaseHeld
from kubeship.model.changes import Action, Change, Changes, Conflict, Drift, FieldChange
from kubeship.model.events import (
    BuildStage,
    Caution,
    Compared,
    Event,
    LeaseAwaited,
    LogLine,
    Note,
    Pruned,
    PushProgress,
    ReleaseStepEnded,
    RevisionRecorded,
    RollingBack,
    RolloutFailed,
    RolloutProgress,
    Step,
)
from kubeship.model.logs import LogEntry
from kubeship.model.objects import ObjectRef
from kubeship.model.revision import Outcome, Revision
from kubeship.model.verdict import Diagnosis
from kubeship.ui.document import event_line, failure, result
from kubeship.ui.documents import RESULTS
from kubeship.ui.json_schema import json_schema
from kubeship.ui.revision_document import revision_document
from tests.printed import PUBLISHED, complaints

WEB = ObjectRef("apps/v1", "Deployment", "shop", "web")
CRASH = Diagnosis("it crashes", "KeyError: 'A'", "set A", subject="Deployment/web", log="...", rule="its second end")
CHANGE = Change(
    WEB,
    Action.UPDATE,
    fields=(FieldChange("spec.replicas", 2, {"any": [1.5, None]}),),
    conflicts=(Conflict("spec.paused", "kubectl", "2026-01-01T00:00:00Z", theirs=True, ours=None),),
    drift=(Drift("spec.x", 7, None, "kubectl", "2026-01-01T00:00:00Z"),),
)
EVENTS: tuple[Event | LogEntry, ...] = (
    Step("Building"),
    Note("a decision"),
    Caution("look", "there"),
    BuildStage("[build 1/2] RUN pip", "done", 1.5),
    LogLine("web", "line"),
    PushProgress(1, 2),
    Compared(Changes((CHANGE,))),
    LeaseAwaited("bob is deploying", "bob@ci:1", "2026-01-01T00:00:00Z", 60.0),
    RevisionRecorded(7, "shop", "production", Outcome.STARTED, "shop@sha256:a", "4f2a", "4f2a", "me@here:1", ""),
    ReleaseStepEnded("migrate", "succeeded"),
    RolloutProgress(("web: 1 of 2",), (CRASH,), ("web: pulling for 3 s",)),
    RolloutFailed(7, (CRASH,), (WEB,), ("web: 3 s",), ".kubeship/runs/production-7"),
    RollingBack(7, 6),
    Pruned((WEB,)),
    LogEntry("2026-01-01T00:00:00.000000000Z", "web-1", "web", "hello"),
)


def test_the_published_schema_is_what_the_code_prints() -> None:
    published = json.loads(PUBLISHED.read_text())

    assert published == json_schema(), "make golden writes it anew"
    Draft202012Validator.check_schema(published)


def test_every_field_says_what_it_is_or_is_plain_by_its_name() -> None:
    described = [part.get("description") for part in json_schema()["$defs"].values()]

    assert all(described)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_event_fits(event: Event | LogEntry) -> None:
    line = event_line(event, lambda: datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC))

    assert line.count("\n") == 1
    assert complaints(json.loads(line)) == []
    assert json.loads(line)["time"] == "2026-01-01T12:00:00.123+00:00"


def test_there_is_a_sample_of_every_event() -> None:
    assert {type(event) for event in EVENTS} == {*get_args(Event), LogEntry}


def test_a_result_as_a_line_and_an_error_fit() -> None:
    revision = Revision(7, "shop", "production", Outcome.SUCCEEDED, "shop@sha256:a", (), datetime.now(UTC))
    document = {"revision": revision_document(revision), "addresses": ("https://shop.test",)}

    assert complaints(json.loads(result("deploy", document, lines=True))) == []
    assert complaints(json.loads(result("deploy", failure(LeaseHeld("held", hint="wait")), lines=True))) == []
    assert complaints(json.loads(result("check", failure(KubeshipError("bad", hint="wait")), lines=False))) == []


def test_what_is_not_documented_does_not_fit() -> None:
    line: dict[str, Any] = json.loads(event_line(Step("Building")))

    assert complaints({**line, "colour": "red"})
    assert complaints({**line, "event": "unknown"})
    assert complaints({"schema": "kubeship.logs/1", "lines": 2})  # a line without its time


def test_a_consumer_bears_fields_that_it_does_not_know() -> None:
    schema = Draft202012Validator(json.loads(Path(PUBLISHED).read_text()))
    line: dict[str, Any] = json.loads(event_line(Step("Building")))

    assert schema.is_valid({**line, "colour": "red"})
    assert not schema.is_valid({**line, "title": 7})


def test_every_command_with_json_has_its_document() -> None:
    assert {f"result-{command}" for command in RESULTS} <= json_schema()["$defs"].keys()
