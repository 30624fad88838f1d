"""Are records read as they were written, and only as many kept as are needed?"""

import base64
import gzip
import json
import random
import string
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cluster_fakes import FakeApi, always, config_map, deployment, lost

from kubeship.cluster.revisions import KEPT, decode, delete_records, encode, findings, record, revisions, surplus
from kubeship.errors import InvalidInput, LeaseHeld, MissingPrecondition
from kubeship.model.revision import Outcome, Revision


def revision(number: int, outcome: Outcome = Outcome.SUCCEEDED) -> Revision:
    return Revision(
        number=number,
        app="shop",
        environment="production",
        outcome=outcome,
        image="registry/shop@sha256:1",
        objects=(deployment("web"), config_map("settings", A="ä")),
        started=datetime(2026, 1, 1, tzinfo=UTC),
        finished=datetime(2026, 1, 1, 0, 1, tzinfo=UTC),
        holder="ann@laptop",
        source="abc123",
        message="rollback to 3",
    )


def test_record_comes_back_as_it_was() -> None:
    assert decode(encode(revision(7))) == revision(7)


def test_running_one_has_no_end() -> None:
    running = replace(revision(1, Outcome.STARTED), finished=None)

    assert decode(encode(running)).finished is None


def test_same_revision_is_the_same_bytes() -> None:
    assert encode(revision(1)) == encode(revision(1))


def test_too_many_objects_are_refused_before_the_server_does() -> None:
    noise = random.Random(1)
    text = "".join(noise.choices(string.printable, k=2_000_000))

    with pytest.raises(InvalidInput, match="doesn't fit into a ConfigMap"):
        encode(replace(revision(1), objects=(config_map("big", text=text),)))


def test_too_many_objects_are_found_before_anything_is_built() -> None:
    noise = "".join(random.Random(1).choices(string.printable, k=1_500_000))

    (finding,) = findings([config_map("large", a=noise)])

    assert "doesn't fit into a ConfigMap" in finding.problem
    assert list(findings([config_map("large", a="x" * 1_500_000)])) == []


def test_newest_comes_first_and_other_apps_stay_out() -> None:
    api = FakeApi(encode(revision(9)), encode(revision(10)), encode(replace(revision(11), app="other")))

    assert [found.number for found in revisions(api, "shop")] == [10, 9]


def test_ending_is_written_over_the_beginning() -> None:
    api = FakeApi()

    record(api, revision(1, Outcome.STARTED), always)
    record(api, revision(1, Outcome.FAILED), always)

    assert [found.outcome for found in revisions(api, "shop")] == [Outcome.FAILED]


def test_old_records_go_but_the_last_good_one_stays() -> None:
    outcomes = [(1, Outcome.SUCCEEDED), (2, Outcome.SUCCEEDED)]
    outcomes += [(number, Outcome.FAILED) for number in range(3, 3 + KEPT)]

    assert surplus(outcomes) == (1,)


def test_old_records_go_when_newer_ones_succeeded() -> None:
    api = FakeApi(*(encode(revision(number)) for number in range(1, KEPT + 1)))

    record(api, revision(KEPT + 1), always)

    assert [found.number for found in revisions(api, "shop")] == list(range(KEPT + 1, 1, -1))


def test_old_records_go_when_a_deploy_ends_and_not_while_its_new_version_is_waited_for() -> None:
    api = FakeApi(*(encode(revision(number)) for number in range(1, KEPT + 1)))

    record(api, revision(KEPT + 1, Outcome.STARTED), always)
    begun = len(revisions(api, "shop"))
    record(api, revision(KEPT + 1, Outcome.FAILED), always)

    assert (begun, len(revisions(api, "shop"))) == (KEPT + 1, KEPT)


def test_nothing_is_recorded_without_the_lease() -> None:
    api = FakeApi()

    with pytest.raises(LeaseHeld):
        record(api, revision(1), lost(LeaseHeld("lost", hint="again")))

    assert revisions(api, "shop") == ()


def packed(objects: object) -> dict[str, dict[str, str]]:
    text = base64.b64encode(gzip.compress(json.dumps(objects).encode())).decode()
    return {"binaryData": {"objects.json.gz": text}}


@pytest.mark.parametrize(
    "damage",
    [{"data": {}}, {"binaryData": {"objects.json.gz": "AAAA"}}, packed([{"kind": "Job"}]), packed(["x"]), packed(7)],
)
def test_damaged_record_is_named(damage: dict[str, dict[str, str]]) -> None:
    api = FakeApi({**encode(revision(3)), **damage})

    with pytest.raises(MissingPrecondition, match="ConfigMap/kubeship-shop-3") as raised:
        revisions(api, "shop")

    assert "kubectl delete configmap kubeship-shop-3 --namespace shop" in raised.value.hint


def test_record_of_a_newer_kubeship_says_so() -> None:
    item = encode(revision(3))
    item["data"]["revision.json"] = item["data"]["revision.json"].replace("kubeship.revision/1", "kubeship.revision/2")

    with pytest.raises(MissingPrecondition, match="it is of schema kubeship") as raised:
        decode(item)

    assert "delete" not in raised.value.hint


def test_records_of_an_app_are_deleted_alone() -> None:
    api = FakeApi(encode(revision(1)), encode(replace(revision(1), app="other")), config_map("theirs"))

    delete_records(api, "shop")

    assert revisions(api, "shop") == ()
    assert len(revisions(api, "other")) == 1
