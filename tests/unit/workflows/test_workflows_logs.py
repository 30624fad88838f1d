"""Are the right logs shown, in the order of time?"""

import re
from pathlib import Path

import pytest

from kubeship.errors import InvalidInput
from kubeship.model.logs import LogEntry
from kubeship.model.objects import Object
from kubeship.workflows.logs import LogsRequest, follow_logs, logs, parse_pattern
from tests.unit.rollout.builders import pod
from tests.unit.workflows.conftest import healthy
from tests.unit.workflows.test_workflows_deploy import ship
from tests.unit.workflows.world import MemoryCluster

LINES = (LogEntry("1", "shop-web-a", "web", "GET /"), LogEntry("2", "shop-web-b", "web", "ERROR no database"))


@pytest.fixture
def cluster(project: Path) -> MemoryCluster:
    def pods(item: Object) -> tuple[Object, ...]:
        return (pod(name="shop-web-a"), pod(name="shop-web-b")) if item["kind"] == "Deployment" else ()

    made = MemoryCluster(settle=healthy, said=LINES)
    ship(project, made)
    made.pods = pods
    return made


def test_all_pods_are_heard_in_the_order_of_time(cluster: MemoryCluster) -> None:
    assert logs(LogsRequest("shop"), cluster) == LINES


def test_only_lines_that_match(cluster: MemoryCluster) -> None:
    request = LogsRequest("shop", ("web",), pattern=re.compile("ERR"))

    assert [entry.text for entry in logs(request, cluster)] == ["ERROR no database"]


def test_another_container_has_said_nothing(cluster: MemoryCluster) -> None:
    assert logs(LogsRequest("shop", container="proxy"), cluster) == ()


def test_following_ends_with_the_app(cluster: MemoryCluster) -> None:
    heard: list[LogEntry] = []

    def deleted_meanwhile(entry: LogEntry) -> None:
        heard.append(entry)
        cluster.live.clear()

    follow_logs(LogsRequest("shop"), cluster, deleted_meanwhile)

    assert set(heard) <= set(LINES)
    assert heard


def test_an_unknown_process_names_those_there_are(cluster: MemoryCluster) -> None:
    with pytest.raises(InvalidInput, match=r"shop has no process beat; it has .*web"):
        logs(LogsRequest("shop", ("beat",)), cluster)


def test_a_broken_pattern_is_no_traceback() -> None:
    with pytest.raises(InvalidInput, match="no regular expression"):
        parse_pattern("(")
