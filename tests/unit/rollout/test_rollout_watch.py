"""Does watching end as soon as it is certain, with the last words, and never later than its timeout?"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from kubeship.model.events import Caution, Event, RolloutProgress
from kubeship.model.snapshot import LogRef, Snapshot, Surroundings
from kubeship.model.verdict import Failed, Ready
from kubeship.rollout.suspects import look, suspects
from kubeship.rollout.watch import watch
from tests.unit.rollout.builders import (
    CREATING,
    NOW,
    POD,
    RUNNING,
    crash_looping,
    ended,
    event,
    job,
    ready_deployment,
    rollout,
    status,
)

CURRENT = LogRef(POD, "web", previous=False)
LISTENS = "  0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000 1000 0 1\n"
PREVIOUS = LogRef(POD, "web", previous=True)


@dataclass
class Recording:
    """An observer that plays pictures one after the other; each wait takes its time."""

    pictures: list[Snapshot]
    log: str = ""
    now: float = 0.0
    asked: list[LogRef] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)
    kernel: str = ""
    around: tuple[Surroundings, ...] = (Surroundings(NOW),)

    def snapshot(self) -> Snapshot:
        return self.pictures[0]

    def wait(self, seconds: float) -> None:
        self.now += seconds
        if len(self.pictures) > 1:
            del self.pictures[0]

    def logs(self, wanted: Collection[LogRef]) -> dict[LogRef, str]:
        self.asked += wanted
        return dict.fromkeys(wanted, self.log)

    def sockets(self, pods: Collection[str]) -> dict[str, str]:
        self.looked += pods
        return dict.fromkeys(pods, self.kernel)

    def surroundings(self) -> Surroundings:
        return self.around[min(int(self.now), len(self.around) - 1)]

    def masking(self) -> Callable[[str], str]:
        return lambda text: text.replace("canary", "[redacted]")


def watched(observer: Recording, timeout: float = 60) -> tuple[Ready | Failed, list[Event]]:
    events: list[Event] = []
    verdict = watch(observer, timeout, events.append, clock=lambda: observer.now)
    return verdict, events


def test_progress_is_told_when_it_changes_and_ends_with_ready() -> None:
    starting = rollout(status(CREATING))
    ready = Snapshot(NOW, workloads=(ready_deployment(),))

    verdict, events = watched(Recording([starting, starting, starting, ready]))

    assert verdict == Ready()
    assert [event.summaries for event in events if isinstance(event, RolloutProgress)] == [
        ("shop-web: 1 of 2 pods updated",),
        ("shop-web: ready",),
    ]


def test_crash_ends_the_watch_at_once_with_its_log() -> None:
    observer = Recording([rollout(status(CREATING)), rollout(crash_looping(1))], log="last words")

    verdict, _ = watched(observer)

    assert isinstance(verdict, Failed)
    assert verdict.diagnoses[0].log == "last words"
    assert observer.now == 1.0


def test_log_that_was_read_is_kept_though_the_container_was_started_again() -> None:
    observer = Recording([rollout(crash_looping(1))], log="ModuleNotFoundError: No module named 'nope'\n")

    verdict, _ = watched(observer)

    assert isinstance(verdict, Failed)
    assert verdict.logs[CURRENT] == observer.log


def test_one_look_holds_the_last_words_of_who_crashed_and_asks_nobody_who_is_well() -> None:
    crashing = Recording([rollout(crash_looping(1))], log="last words")
    well = Recording([rollout(status(RUNNING, ready=True))])

    assert look(crashing).logs[CURRENT] == "last words"
    assert not look(well).logs
    assert not well.asked
    assert not well.looked


def test_log_of_a_worry_is_fetched_once_for_each_instance() -> None:
    restarted = rollout(status(RUNNING, ended(1), restarts=1))
    observer = Recording([restarted, restarted, restarted, Snapshot(NOW, workloads=(ready_deployment(),))])

    watched(observer)

    assert sorted(observer.asked) == [CURRENT, PREVIOUS]


def test_time_that_is_up_ends_in_what_is_missing() -> None:
    observer = Recording([rollout(status(CREATING))])

    verdict, _ = watched(observer, timeout=2.5)

    assert isinstance(verdict, Failed)
    assert verdict.diagnoses[0].cause == "still waiting for shop-web: 1 of 2 pods updated"
    assert observer.now == 2.5


def test_interrupt_passes_through() -> None:
    class Interrupted(Recording):
        def wait(self, seconds: float) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watched(Interrupted([rollout(status(CREATING))]))


def test_both_instances_of_a_restarted_container_are_suspects() -> None:
    assert suspects(rollout(status(RUNNING, ended(1), restarts=1))) == (CURRENT, PREVIOUS)


def test_container_whose_probe_fails_is_a_suspect() -> None:
    failing = event("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 500")

    assert suspects(rollout(status(RUNNING), failing)) == (CURRENT,)


def test_healthy_starting_and_deleted_containers_are_no_suspects() -> None:
    deleted = rollout(crash_looping(1))
    deleted.pods[0]["metadata"]["deletionTimestamp"] = "2026-11-20T23:04:00Z"

    assert suspects(rollout(status(RUNNING, ended(1), restarts=3, ready=True))) == ()
    assert suspects(rollout(status(RUNNING))) == ()
    assert suspects(deleted) == ()


def test_container_that_never_ran_has_no_log_to_ask_for() -> None:
    assert suspects(replace(rollout(crash_looping(128, "StartError")))) == ()


def test_it_is_told_every_ten_seconds_where_everything_stands() -> None:
    observer = Recording([rollout(status(CREATING))])

    _, events = watched(observer, timeout=25)

    assert [event.states for event in events if isinstance(event, RolloutProgress)] == [
        ("shop-web-74b4c47b76-4fgfr: waiting for a node for 69 s",)
    ] * 3


def test_pod_that_refuses_connections_is_looked_into() -> None:
    probe = {"startupProbe": {"httpGet": {"path": "/", "port": 8000}, "failureThreshold": 30, "periodSeconds": 2}}
    refused = event("Unhealthy", "Startup probe failed: connect: connection refused", 6)
    observer = Recording([rollout(status(RUNNING), refused, spec=probe)], kernel=LISTENS)

    verdict, _ = watched(observer, timeout=5)

    assert isinstance(verdict, Failed)
    assert "127.0.0.1 only" in verdict.diagnoses[0].cause
    assert observer.looked == [POD]


def test_verdict_holds_no_value_of_a_secret() -> None:
    verdict, _ = watched(Recording([rollout(crash_looping(1))], log="password: canary"))

    assert isinstance(verdict, Failed)
    assert "canary" not in repr(verdict)


def test_new_ingress_is_waited_for_and_then_told() -> None:
    made = {"metadata": {"name": "shop", "creationTimestamp": "2026-11-20T23:05:00Z"}, "spec": {}, "status": {}}
    address = {"loadBalancer": {"ingress": [{"ip": "10.0.0.1"}]}}
    other = {"metadata": {"name": "blog", "namespace": "blog"}, "spec": {}, "status": address}
    around = tuple(Surroundings(NOW + timedelta(seconds=each * 4), (made,), (other,)) for each in range(4))
    observer = Recording([Snapshot(NOW, workloads=(ready_deployment(),))], around=around)

    verdict, events = watched(observer)

    assert verdict == Ready()
    assert [event.message.partition(":")[0] for event in events if isinstance(event, Caution)] == [
        "Ingress shop isn't picked up"
    ]
    assert observer.now == 3


def test_last_words_of_a_job_that_still_runs_are_its_evidence() -> None:
    snapshot = rollout(status(RUNNING, ready=True), workload=job())
    pods = tuple({**p, "metadata": {**p["metadata"], "ownerReferences": [{"uid": "job"}]}} for p in snapshot.pods)

    verdict, _ = watched(Recording([replace(snapshot, pods=pods)], log="Applying shop.0002\n"), timeout=2)

    assert isinstance(verdict, Failed)
    assert verdict.diagnoses[0].cause == "Job shop-release still runs after 69 s"
    assert verdict.diagnoses[0].evidence == "Applying shop.0002"
    assert "lock" in verdict.diagnoses[0].remedy


def test_worry_holds_no_value_of_a_secret() -> None:
    probe = {"readinessProbe": {"exec": {"command": ["check"]}}}
    failing = event("Unhealthy", "Readiness probe failed: canary", 6)

    _, events = watched(Recording([rollout(status(RUNNING), failing, spec=probe)]), timeout=5)

    worries = [worry for each in events if isinstance(each, RolloutProgress) for worry in each.worries]
    assert worries
    assert "canary" not in repr(worries)
