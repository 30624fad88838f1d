"""Is a ready container waited for whose liveness probe fails, or wasn't asked yet, and is its failure told?"""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from kubeship.model.objects import Object
from kubeship.model.snapshot import Snapshot
from kubeship.model.verdict import Failed, Ready, Waiting
from kubeship.rollout.remarks import remarks
from kubeship.rollout.suspects import refused
from kubeship.rollout.verdict import judge, out_of_time
from tests.unit.rollout.builders import NOW, POD, STARTED, ended, event, ready_deployment, rollout, status

READY = {"httpGet": {"path": "/ready", "port": 8000}}
LIVE = {"httpGet": {"path": "/live", "port": 8000}, "periodSeconds": 10}
NO_ROUTE = "Liveness probe failed: HTTP probe failed with statuscode: 404"
REFUSED = "Liveness probe failed: dial tcp 10.160.0.78:9000: connect: connection refused"
MISSING = (
    "Liveness probe errored and resulted in unknown state: rpc error: OCI runtime exec failed: exec failed: unable to "
    'start container process: exec: "curl": executable file not found in $PATH: unknown'
)


def ready_since(started: str, *events: Object, last: Object | None = None, **probes: Any) -> Snapshot:
    """All of it counts as ready, at 23:05:00."""
    running = status({"running": {"startedAt": started}}, last, restarts=1 if last else 0, ready=True)
    return rollout(running, *events, spec={"readinessProbe": READY, **probes}, workload=ready_deployment())


@pytest.mark.parametrize(
    ("started", "probes", "ready"),
    [
        ("2026-11-20T23:04:55Z", {"livenessProbe": LIVE}, False),
        ("2026-11-20T23:04:45Z", {"livenessProbe": LIVE}, True),
        ("2026-11-20T23:04:59Z", {"livenessProbe": {**READY, "periodSeconds": 10}}, True),
        ("2026-11-20T23:04:59Z", {"livenessProbe": LIVE, "startupProbe": {**LIVE, "periodSeconds": 1}}, True),
        ("2026-11-20T23:04:59Z", {"livenessProbe": {**LIVE, "initialDelaySeconds": 30}}, True),
        ("2026-11-20T23:04:59Z", {}, True),
    ],
)
def test_a_liveness_probe_that_asks_something_else_is_given_one_turn(started: str, probes: Object, ready: bool) -> None:
    assert isinstance(judge(ready_since(started, **probes)), Ready) is ready


def test_when_time_is_up_before_its_turn_that_is_what_is_waited_for() -> None:
    failed = out_of_time(ready_since("2026-11-20T23:04:55Z", livenessProbe=LIVE), 10)

    assert failed.diagnoses[0].cause == "still waiting for shop-web: ready, unless its liveness probe fails"


def test_failing_liveness_probe_holds_up_and_is_told_before_the_kubelet_kills() -> None:
    failed = event("Unhealthy", NO_ROUTE, last="2026-11-20T23:04:58Z")

    verdict = judge(ready_since(STARTED, failed, livenessProbe=LIVE))

    assert isinstance(verdict, Waiting)
    assert verdict.summaries == ("shop-web: ready, unless its liveness probe fails",)
    assert "liveness probe (GET /live on port 8000): answers 404" in verdict.worries[0].cause


def test_liveness_probe_that_failed_while_it_started_and_not_again_is_well() -> None:
    once = event("Unhealthy", REFUSED, last="2026-11-20T23:04:20Z")

    assert isinstance(judge(ready_since(STARTED, once, livenessProbe=LIVE)), Ready)


def test_successor_of_what_was_killed_is_watched_for_the_budget_of_the_probe() -> None:
    killed = event("Killing", "Container web failed liveness probe, will be restarted", last="2026-11-20T23:04:20Z")
    before, after = "2026-11-20T23:04:10Z", "2026-11-20T23:04:22Z"

    ending = ready_since(before, killed, livenessProbe=LIVE)
    again = ready_since(after, killed, last=ended(137), livenessProbe=LIVE)

    assert isinstance(judge(ending), Waiting)
    assert isinstance(judge(again), Waiting)
    later = datetime.fromisoformat("2026-11-20T23:06:00Z")
    assert isinstance(judge(replace(again, taken=later)), Ready)


def test_program_that_is_ready_again_between_two_kills_has_failed() -> None:
    killed = event("Killing", "Container web failed liveness probe, will be restarted", 2)
    failed = event("Unhealthy", NO_ROUTE, 6, last="2026-11-20T23:04:58Z")

    verdict = judge(ready_since("2026-11-20T23:04:40Z", killed, failed, last=ended(137), livenessProbe=LIVE))

    assert isinstance(verdict, Failed)
    assert "answers 404" in verdict.diagnoses[0].cause
    assert verdict.diagnoses[0].rule == "it is killed again and again"


def test_where_a_ready_program_listens_is_looked_at_when_its_liveness_probe_is_refused() -> None:
    failed = event("Unhealthy", REFUSED)

    assert list(refused(ready_since(STARTED, failed, livenessProbe=LIVE))) == [POD]
    assert not refused(ready_since(STARTED, livenessProbe=LIVE))


def test_liveness_probe_whose_command_is_missing_is_told_though_all_is_ready() -> None:
    errors = event("Unhealthy", MISSING, 3)
    probe = {"exec": {"command": ["curl", "localhost"]}}
    snapshot = ready_since(STARTED, errors, livenessProbe=probe)

    (caution,) = remarks(replace(snapshot, taken=NOW))

    assert "liveness probe can't be run" in caution.message
    assert 'exec: "curl": executable file not found' in caution.message
