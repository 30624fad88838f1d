"""Does a log arrive whole and once, whatever the connection does?"""

import pytest
from cluster_fakes import FakeApi, Heard

from kubeship.cluster.errors import Refusal, refused, unanswered
from kubeship.cluster.logs import TRIES, container_state, follow, follow_log, last_lines, read
from kubeship.model.events import LogLine
from kubeship.model.logs import LogEntry, LogWindow
from kubeship.model.objects import Object, ObjectRef
from kubeship.model.snapshot import LogRef

DROPPED = unanswered("https://a", OSError("Connection reset"), "following")


def pod(state: Object | None, phase: str = "Running") -> Object:
    statuses = [{"name": "web", "state": state}] if state is not None else []
    status = {"phase": phase, "containerStatuses": statuses}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-1"}, "status": status}


RUNNING, ENDED = pod({"running": {}}), pod({"terminated": {"exitCode": 0}}, "Succeeded")


class Story(FakeApi):
    """A pod that is in another state at each look."""

    def __init__(self, *states: Object | None) -> None:
        super().__init__()
        self.states = list(states)

    def get(self, wanted: ObjectRef) -> Object | None:
        return self.states.pop(0)


def followed(api: FakeApi) -> list[str]:
    heard = Heard()
    follow_log(api, "web-1", "web", heard, "release", sleep=lambda _: None)
    assert all(isinstance(event, LogLine) and event.source == "release" for event in heard.events)
    return [event.line for event in heard.events if isinstance(event, LogLine)]


def test_log_begins_when_the_container_does_and_ends_with_it() -> None:
    api = Story(pod(None, "Pending"), pod({"waiting": {"reason": "ContainerCreating"}}), RUNNING, ENDED)
    api.streams = [["2026-01-01T00:00:01Z one", "2026-01-01T00:00:02Z two"], ["2026-01-01T00:00:02Z two"]]

    assert followed(api) == ["one", "two"]


def test_broken_connection_goes_on_where_it_broke() -> None:
    api = Story(RUNNING, RUNNING, ENDED)
    api.streams = [
        ["2026-01-01T00:00:01.1Z one"],
        DROPPED,
        ["2026-01-01T00:00:01.1Z one", "2026-01-01T00:00:01.12Z two"],
    ]

    assert followed(api) == ["one", "two"]
    assert [query.get("sinceTime") for query in api.queries] == [None, "2026-01-01T00:00:01Z", "2026-01-01T00:00:01Z"]


def test_last_words_are_read_after_the_end() -> None:
    api = Story(RUNNING, ENDED)
    api.streams = [["2026-01-01T00:00:01Z one"], ["2026-01-01T00:00:01Z one", "2026-01-01T00:00:02Z last words"]]

    assert followed(api) == ["one", "last words"]


def test_next_instance_is_not_followed() -> None:
    api = Story(RUNNING, pod({"waiting": {"reason": "CrashLoopBackOff"}}))
    api.streams = [["2026-01-01T00:00:01Z one"]]

    assert followed(api) == ["one"]


@pytest.mark.parametrize("reason", ["ImagePullBackOff", "CreateContainerConfigError"])
def test_container_that_can_not_start_has_no_log(reason: str) -> None:
    api = Story(pod({"waiting": {"reason": reason}}, "Pending"))

    assert followed(api) == []


def test_pod_that_is_gone_ends_it() -> None:
    assert followed(Story(None)) == []


def test_log_that_the_kubelet_dropped_ends_it() -> None:
    api = Story(ENDED)
    api.streams = [refused(400, {"message": "unable to retrieve container logs"}, "following")]

    assert followed(api) == []


def test_last_words_are_asked_for_again_where_the_server_is_in_trouble() -> None:
    api = Story(ENDED, ENDED)
    api.streams = [refused(429, {"message": "too many requests"}, "following"), ["2026-01-01T00:00:01Z last words"]]

    assert followed(api) == ["last words"]


def test_last_words_that_nobody_can_read_are_given_up() -> None:
    api = Story(*[ENDED] * TRIES)
    api.streams = [refused(502, {"message": "no route to the kubelet"}, "following")] * TRIES

    with pytest.raises(Refusal, match="no route to the kubelet"):
        followed(api)


def test_init_containers_are_found_too() -> None:
    status = {"phase": "Pending", "initContainerStatuses": [{"name": "setup", "state": {"running": {}}}]}

    assert container_state({"status": status}, "setup") == "started"


def test_only_logs_that_can_be_had_come_back() -> None:
    api = FakeApi()
    api.logs = {("web-1", "web", True): "Traceback"}
    wanted = [LogRef("web-1", "web", previous=True), LogRef("web-1", "web", previous=False)]

    assert last_lines(api, wanted) == {LogRef("web-1", "web", previous=True): "Traceback"}


def test_newest_crash_stands_for_one_that_the_kubelet_deleted() -> None:
    api = FakeApi()
    deleted = "unable to retrieve container logs for containerd://1"
    api.logs = {("web-1", "web", True): deleted, ("web-1", "web", False): "Traceback", ("web-2", "web", False): deleted}
    previous, current = LogRef("web-1", "web", previous=True), LogRef("web-2", "web", previous=False)

    assert last_lines(api, [previous, current]) == {previous: "Traceback"}


def test_restarts_are_followed_without_a_line_twice() -> None:
    api = Story(RUNNING, pod({"waiting": {"reason": "CrashLoopBackOff"}}), RUNNING, None)
    api.streams = [["2026-01-01T00:00:01Z one"], ["2026-01-01T00:00:01Z one", "2026-01-01T00:00:09Z again"]]
    heard: list[LogEntry] = []

    follow(api, LogRef("web-1", "web", previous=False), heard.append, restarts=True, sleep=lambda _: None)

    assert [entry.text for entry in heard] == ["one", "again"]


def test_logs_of_several_containers_come_in_the_order_of_time() -> None:
    api = FakeApi()
    api.logs = {
        ("web-1", "web", False): "2026-01-01T00:00:01.5Z one\n2026-01-01T00:00:03Z three\n",
        ("web-2", "web", False): "2026-01-01T00:00:01.25Z zero\n2026-01-01T00:00:02Z two\n",
    }
    wanted = [LogRef(name, "web", previous=False) for name in ("web-1", "web-2", "web-3")]

    assert [entry.text for entry in read(api, wanted, LogWindow(lines=2))] == ["zero", "one", "two", "three"]
