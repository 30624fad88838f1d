"""Is the picture of a rollout complete, current, and of our workloads alone?"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cluster_fakes import FakeApi, Heard, deployment, forbidden

from kubeship.cluster.errors import Refusal, unanswered
from kubeship.cluster.observe import Observation, picture
from kubeship.cluster.watch import Expired, Watched
from kubeship.model.objects import Object

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def owned(kind: str, name: str, owner: str) -> Object:
    return {"kind": kind, "metadata": {"name": name, "uid": name, "ownerReferences": [{"uid": owner}]}}


def named(kind: str, name: str, **labels: str) -> Object:
    return {"kind": kind, "metadata": {"name": name, "uid": name, "labels": labels}}


def about(name: str, uid: str) -> Object:
    return {"kind": "Event", "metadata": {"name": name, "uid": name}, "involvedObject": {"uid": uid}}


def line(kind: str, item: Object, version: str = "9") -> str:
    return json.dumps({"type": kind, "object": {**item, "metadata": {**item["metadata"], "resourceVersion": version}}})


def test_pods_belong_by_the_chain_of_their_owners() -> None:
    live = {
        "Deployment": [named("Deployment", "web"), named("Deployment", "theirs")],
        "ReplicaSet": [owned("ReplicaSet", "web-1", "web"), owned("ReplicaSet", "theirs-1", "theirs")],
        "Pod": [owned("Pod", "web-1-a", "web-1"), owned("Pod", "theirs-1-a", "theirs-1"), named("Pod", "alone")],
    }

    found = picture(live, {("Deployment", "web")}, (), NOW)

    assert [item["metadata"]["name"] for item in (*found.workloads, *found.replica_sets, *found.pods)] == [
        "web",
        "web-1",
        "web-1-a",
    ]


def test_pods_of_jobs_have_no_replica_set_between() -> None:
    live = {"Job": [named("Job", "migrate")], "Pod": [owned("Pod", "migrate-x", "migrate")]}

    found = picture(live, {("Job", "migrate")}, (), NOW)

    assert [item["metadata"]["name"] for item in found.pods] == ["migrate-x"]


def test_events_and_slices_are_of_our_objects() -> None:
    service = {"kubernetes.io/service-name": "web"}
    live = {
        "Deployment": [named("Deployment", "web")],
        "EndpointSlice": [named("EndpointSlice", "web-x", **service), named("EndpointSlice", "theirs")],
        "Event": [about("ours", "web"), about("other", "elsewhere")],
    }

    found = picture(live, {("Deployment", "web")}, {"web"}, NOW)

    assert [item["metadata"]["name"] for item in found.endpoint_slices] == ["web-x"]
    assert [item["metadata"]["name"] for item in found.events] == ["ours"]


def watched(api: FakeApi, changes: list[int]) -> Watched:
    return Watched(api, "v1", "Pod", lambda: changes.append(1))


def test_watch_events_change_the_picture() -> None:
    changes: list[int] = []
    pods = watched(FakeApi(), changes)

    pods.receive(line("ADDED", named("Pod", "a")))
    pods.receive(line("ADDED", named("Pod", "b")))
    pods.receive(line("DELETED", named("Pod", "a")))

    assert [item["metadata"]["name"] for item in pods.items()] == ["b"]
    assert len(changes) == 3


def test_same_event_twice_is_one_object() -> None:
    pods = watched(FakeApi(), [])

    pods.receive(line("ADDED", named("Pod", "a")))
    pods.receive(line("ADDED", named("Pod", "a")))

    assert len(pods.items()) == 1


def test_bookmark_wakes_nobody() -> None:
    changes: list[int] = []

    watched(FakeApi(), changes).receive(line("BOOKMARK", {"metadata": {}}))

    assert changes == []


def test_forgotten_version_means_listing_again() -> None:
    with pytest.raises(Expired):
        watched(FakeApi(), []).receive(json.dumps({"type": "ERROR", "object": {"code": 410, "message": "too old"}}))


def test_torn_line_is_an_error_that_the_watch_survives() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        watched(FakeApi(), []).receive('{"type": "ADDED", "object": ')


def test_expired_watch_goes_on_with_a_new_list() -> None:
    api = FakeApi(deployment("web"))
    expired = json.dumps({"type": "ERROR", "object": {"code": 410, "message": "too old"}})
    late = line("MODIFIED", {**named("Pod", "late"), "metadata": {"name": "late", "uid": "late"}})
    api.streams = [[expired], [late]]
    arrived: list[int] = []
    pods = Watched(api, "v1", "Pod", lambda: arrived.append(1))

    pods.start()
    wait_until(lambda: bool(pods.items()))
    pods.stop()
    pods.join(2)

    assert len(api.called("list")) == 2


def test_event_that_something_in_between_swallowed_is_made_good_by_the_next_list() -> None:
    api = FakeApi()
    api.streams = [[]] * 50
    pods = watched(api, [])

    pods.start()
    api.store({"apiVersion": "v1", **named("Pod", "unheard-of")})
    wait_until(lambda: bool(pods.items()))
    pods.stop()
    pods.join(2)

    assert [item["metadata"]["name"] for item in pods.items()] == ["unheard-of"]


def test_credentials_that_expire_meanwhile_end_it_with_their_sentence() -> None:
    api = FakeApi()
    api.streams = [forbidden()]
    changes: list[int] = []
    pods = watched(api, changes)

    pods.start()
    wait_until(lambda: len(changes) == 2)

    with pytest.raises(Refusal, match="may not get secrets"):
        pods.items()


def test_events_that_may_not_be_seen_are_done_without() -> None:
    api, heard = FakeApi(), Heard()
    api.refuse("list Event", forbidden())
    api.streams = [[]] * 50
    observation = Observation(api, [deployment("web")], heard)

    observation.start()
    found = observation.snapshot()
    observation.stop()

    assert found.events == ()
    assert "only events tell" in heard.text


def test_pods_that_may_not_be_seen_stop_it_at_once() -> None:
    api = FakeApi()
    api.refuse("list Pod", forbidden())
    api.streams = [[]] * 50
    observation = Observation(api, [deployment("web")], Heard())

    with pytest.raises(Refusal):
        observation.start()
    observation.stop()


def broken() -> Refusal:
    return unanswered("https://a", OSError("Connection refused"), "watching Pod objects")


def test_what_was_seen_before_the_server_went_away_is_no_picture() -> None:
    api = FakeApi(deployment("web"))
    api.streams = [broken(), [], [], []]
    pods = watched(api, [])
    pods.start()
    wait_until(lambda: pods.trouble(time.monotonic()) is not None)

    api.store({"apiVersion": "v1", **named("Pod", "made-meanwhile")})
    wait_until(lambda: pods.trouble(time.monotonic()) is None)
    pods.stop()
    pods.join(2)

    assert [item["metadata"]["name"] for item in pods.items()] == ["made-meanwhile"]


def test_a_server_that_stays_away_is_told_and_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubeship.cluster.observe.HICCUP", 0.05)
    monkeypatch.setattr("kubeship.cluster.observe.LONGEST_OUTAGE", 0.05)
    api, heard = FakeApi(), Heard()
    api.streams = [broken() for _ in range(50)]
    observation = Observation(api, [deployment("web")], heard)
    observation.start()
    wait_until(lambda: len(api.called("watch")) == 4)
    api.refuse("list Pod", *[broken() for _ in range(50)])

    with pytest.raises(Refusal, match="nothing listens there"):
        while True:
            observation.snapshot()
    observation.stop()

    assert "waiting until it can be seen again" in heard.text


def test_only_kinds_that_matter_are_watched() -> None:
    api = FakeApi()
    api.streams = [[]] * 50
    observation = Observation(api, [deployment("web"), {**deployment("x"), "kind": "Gizmo"}], Heard())

    observation.start()
    observation.stop()

    assert sorted(api.called("list")) == ["list Deployment", "list Event", "list Pod", "list ReplicaSet"]


def wait_until(true: Callable[[], bool]) -> None:
    """Threads are real here; a watch begins once a second at most."""
    until = time.monotonic() + 2.5
    while not true() and time.monotonic() < until:
        time.sleep(0.01)
    assert true()


def test_a_workload_that_is_not_there_is_gone_but_not_a_job_that_ends_by_itself() -> None:
    api = FakeApi()
    api.streams = [[]] * 50
    passing = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "once"}}
    observation = Observation(api, [deployment("web"), {**passing, "spec": {"ttlSecondsAfterFinished": 60}}], Heard())

    observation.start()
    found = observation.snapshot()
    observation.stop()

    assert [str(name) for name in found.gone] == ["Deployment/web"]
