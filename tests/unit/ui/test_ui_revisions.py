"""How does the history of an app read?"""

from datetime import UTC, datetime, timedelta
from io import StringIO

from rich.console import Console

from kubeship.model.objects import Object
from kubeship.model.revision import Outcome, Revision
from kubeship.ui.revision_document import revision_in_full
from kubeship.ui.revisions import show_history, show_revision
from kubeship.workflows.history import in_full

STARTED = datetime(2026, 1, 1, 12, tzinfo=UTC)
NOW = STARTED + timedelta(hours=3)


def workload(name: str, image: str, **spec: object) -> Object:
    template = {"spec": {"containers": [{"name": "web", "image": image}]}}
    metadata = {"name": name, "namespace": "shop"}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {**spec, "template": template}}


def revision(number: int, *objects: Object, outcome: Outcome = Outcome.SUCCEEDED, message: str = "") -> Revision:
    return Revision(
        number=number,
        app="shop",
        environment="production",
        outcome=outcome,
        image=f"registry.test/shop@sha256:{str(number) * 64}",
        objects=objects,
        started=STARTED,
        finished=STARTED + timedelta(seconds=12),
        holder="ann@laptop:4711",
        source="4f2a1c9d0e1b",
        message=message,
        commit="4f2a1c9d0e1b",
    )


RECORDS = (
    revision(3, workload("web", "c", replicas=3), workload("new", "c")),
    revision(2, workload("web", "b"), outcome=Outcome.ROLLED_BACK, message="it crashes"),
    revision(1, workload("web", "a", replicas=2), workload("old", "a")),
)


def printed() -> Console:
    return Console(file=StringIO(), width=200)


def text(console: Console) -> str:
    return str(console.file.getvalue())  # type: ignore[attr-defined]  # the StringIO above


def test_each_revision_has_who_when_source_digest_configuration_duration_and_result() -> None:
    console = printed()
    show_history(RECORDS, console, NOW)

    newest = text(console).splitlines()[1].split()
    assert newest[:2] == ["3", "succeeded"]
    for told in ("12", "ann@laptop", "4f2a1c9d0e1b", "333333333333", RECORDS[0].config_hash[:12]):
        assert told in newest
    assert "it crashes" in text(console)


def test_one_revision_is_told_against_the_one_whose_objects_were_there() -> None:
    found = in_full(RECORDS, "shop", 3)
    console = printed()
    show_revision(found, console, NOW)

    assert found.before is not None
    assert found.before.number == 1  # 2 was rolled back
    lines = [line.strip() for line in text(console).splitlines()]
    assert {"+ Deployment/new", "- Deployment/old", "~ Deployment/web", "spec.replicas: 2 → 3"} <= set(lines)
    assert "by        ann@laptop" in lines


def test_the_document_of_one_revision_names_every_object() -> None:
    document = revision_in_full(in_full(RECORDS, "shop", 1))

    assert document["compared_with"] is None
    assert [change.action.value for change in document["changes"]] == ["create", "create"]
