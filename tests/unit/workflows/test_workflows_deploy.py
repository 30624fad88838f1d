"""Does deploy take its steps in order, once, and undo what can't become healthy?"""

from collections.abc import Iterable
from pathlib import Path

import pytest

from kubeship.errors import (
    InvalidInput,
    LeaseHeld,
    MissingPrecondition,
    ReleaseFailed,
    RolloutBroken,
    RolloutRolledBack,
)
from kubeship.model.events import Caution, Emit, Event, RolloutProgress
from kubeship.model.finding import Finding
from kubeship.model.objects import Object, ref
from kubeship.model.revision import Outcome, Revision
from kubeship.workflows.app import load_app
from kubeship.workflows.builders import Builders
from kubeship.workflows.check import check
from kubeship.workflows.deploy import Deployed, DeployRequest, deploy
from kubeship.workflows.ports import DirectBuilder, Lease
from tests.unit.workflows.conftest import broken, crashing, healthy, never, running
from tests.unit.workflows.world import DIGEST, MemoryCluster, MemoryEngine

IMAGE = f"registry.test/shop@{DIGEST}"
OTHER = f"registry.test/shop@sha256:{'b' * 64}"


def ship(project: Path, cluster: MemoryCluster, engine: MemoryEngine | None = None, **asked: object) -> Deployed:
    request = DeployRequest(project, None, "me@here:1", **asked)  # type: ignore[arg-type]
    return deploy(request, Builders(lambda: engine or MemoryEngine(), no_direct), lambda app: cluster, never)


def no_direct(repository: str, emit: Emit) -> DirectBuilder:
    raise AssertionError("there is an engine")


def test_the_release_step_runs_before_any_workload_and_the_record_frames_everything(project: Path) -> None:
    cluster, engine = MemoryCluster(settle=healthy), MemoryEngine()

    done = ship(project, cluster, engine)

    assert [call.partition(" ")[0] for call in engine.calls] == ["build", "verify", "push"]
    kinds = [call.split("/")[0] for call in cluster.calls if call.startswith(("apply", "record"))]
    assert kinds[:2] == ["record 1 started", "apply Job"]
    assert kinds[-1] == "record 1 succeeded"
    rendered = {f"apply {item['kind']}" for item in load_app(project, None).manifests()}
    assert set(kinds[2:-1]) == rendered - {"apply Job"}
    assert done.addresses == ("http://shop.test",)
    assert cluster.held_by == ""


def test_a_second_deploy_of_the_same_changes_nothing(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster)
    cluster.calls.clear()

    again = ship(project, cluster)

    assert again.revision.number == 1
    assert cluster.calls == ["preflight", "compare"]


def test_a_run_that_was_killed_is_resumed_as_the_same_revision_without_the_release_step_again(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    first = ship(project, cluster).revision
    cluster.records[1] = first.__class__(**{**first.__dict__, "outcome": Outcome.STARTED, "finished": None})
    cluster.calls.clear()

    again = ship(project, cluster)

    assert again.revision.number == 1
    assert again.revision.outcome is Outcome.SUCCEEDED
    assert not any(call.startswith("apply Job") for call in cluster.calls)


def test_a_killed_run_of_something_else_is_closed_as_failed(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    first = ship(project, cluster).revision
    cluster.records[1] = first.__class__(**{**first.__dict__, "outcome": Outcome.STARTED, "finished": None})

    second = ship(project, cluster, image=OTHER).revision

    assert second.number == 2
    assert cluster.records[1].outcome is Outcome.FAILED
    assert "killed" in cluster.records[1].message


def test_a_failed_release_step_changes_no_workload_and_runs_again_next_time(project: Path) -> None:
    cluster = MemoryCluster(settle=broken)

    with pytest.raises(ReleaseFailed):
        ship(project, cluster)
    failed = [call for call in cluster.calls if call.startswith("apply")]
    cluster.settle = healthy
    ship(project, cluster)

    assert [call.split("/")[0] for call in failed] == ["apply Job"]
    assert any(call.startswith("delete Job") for call in cluster.calls)
    assert cluster.records[1].outcome is Outcome.STOPPED
    assert cluster.records[2].outcome is Outcome.SUCCEEDED


def workloads_broken(item: Object) -> Object:
    return healthy(item) if item["kind"] == "Job" else broken(item)


def test_a_rollout_that_fails_is_rolled_back_to_the_last_good_revision(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy, pods=crashing)
    ship(project, cluster)
    good = {ref: item for ref, item in cluster.live.items() if ref.kind == "Deployment"}
    cluster.settle = lambda item: healthy(item) if IMAGE in str(item) else workloads_broken(item)

    with pytest.raises(RolloutRolledBack) as raised:
        ship(project, cluster, image=OTHER)

    assert "revision 1 serves again" in raised.value.message
    assert {ref: item for ref, item in cluster.live.items() if ref.kind == "Deployment"} == good
    assert cluster.records[2].outcome is Outcome.ROLLED_BACK
    assert list((project / ".kubeship/runs").iterdir())


@pytest.mark.parametrize("earlier", [True, False])
def test_without_a_way_back_the_error_says_so(project: Path, earlier: bool) -> None:
    cluster = MemoryCluster(settle=healthy, pods=crashing)
    if earlier:
        ship(project, cluster)
    cluster.settle = workloads_broken

    with pytest.raises(RolloutBroken) as raised:
        ship(project, cluster, image=OTHER, roll_back=not earlier)

    assert ("--no-rollback" if earlier else "no earlier revision") in raised.value.message


@pytest.mark.parametrize(
    ("image", "error", "words"),
    [(OTHER, RolloutBroken, "rollback: never"), (IMAGE, RolloutRolledBack, "revision 1 serves again")],
    ids=["a step that has run now", "a step that ran for the good revision already"],
)
def test_a_step_that_cannot_be_undone_stands_in_the_way_where_it_has_run(
    project: Path, image: str, error: type[Exception], words: str
) -> None:
    job = project / "deploy/production/release-job.yaml"
    job.write_text(job.read_text().replace("rollback: safe", "rollback: never"))
    cluster = MemoryCluster(settle=healthy, pods=crashing)
    ship(project, cluster, image=IMAGE)
    deployment = project / "deploy/production/web-deployment.yaml"
    deployment.write_text(deployment.read_text().replace("replicas: 2", "replicas: 3"))
    cluster.settle = lambda item: workloads_broken(item) if item.get("spec", {}).get("replicas") == 3 else healthy(item)

    with pytest.raises(error, match=words):
        ship(project, cluster, image=image)


def test_an_object_that_the_server_refuses_midway_is_rolled_back(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster)
    cluster.refused = frozenset({"shop-web"})

    with pytest.raises(RolloutBroken) as raised:
        ship(project, cluster, image=OTHER)

    assert "the server refused" in raised.value.message


def test_everything_that_is_missing_is_named_at_once_and_nothing_is_built(project: Path) -> None:
    engine = MemoryEngine()
    findings = (Finding("no namespace", "make one", subject="namespace"), Finding("no Secret", "make it"))
    cluster = MemoryCluster(findings=findings)

    with pytest.raises(MissingPrecondition) as raised:
        ship(project, cluster, engine, create_namespace=True)

    assert "no Secret" in raised.value.details
    assert "no namespace" not in raised.value.details
    assert engine.calls == []
    assert cluster.calls == ["preflight"]


def test_an_image_that_the_nodes_can_not_pull_stops_after_its_push(project: Path) -> None:
    cluster = MemoryCluster(unpullable=(Finding("the nodes can't pull it", "make a pull secret"),))

    with pytest.raises(MissingPrecondition) as raised:
        ship(project, cluster)

    assert "the nodes can't pull it" in raised.value.details
    assert cluster.calls == ["preflight"]


def test_what_is_only_worth_a_word_is_said_once(project: Path) -> None:
    known, new = (Finding(problem, "look", fatal=False) for problem in ("known before", "known since the push"))
    cluster = MemoryCluster(settle=healthy, findings=(known,), unpullable=(known, new))
    heard: list[Event] = []

    builders = Builders(MemoryEngine, no_direct)
    deploy(DeployRequest(project, None, "me@here:1"), builders, lambda app: cluster, heard.append)

    cautions = [event.message for event in heard if isinstance(event, Caution)]
    assert [cautions.count(finding.problem) for finding in (known, new)] == [1, 1]


def test_a_lease_that_somebody_holds_stops_before_the_cluster_is_touched(project: Path) -> None:
    cluster = MemoryCluster(held_by="you@there:2")

    with pytest.raises(LeaseHeld):
        ship(project, cluster)

    assert cluster.calls == ["preflight"]


class Damaged(MemoryCluster):
    """A record that can't be read."""

    def revisions(self, app: str) -> tuple[Revision, ...]:
        raise MissingPrecondition("the record can't be read", hint="delete it")


def test_a_record_that_can_not_be_read_stops_it_before_the_build(project: Path) -> None:
    engine = MemoryEngine()

    with pytest.raises(MissingPrecondition, match="can't be read"):
        ship(project, Damaged(), engine)

    assert engine.calls == []


def test_check_names_a_record_that_can_not_be_read(project: Path) -> None:
    builders = Builders(MemoryEngine, no_direct)

    found = check(load_app(project, None), builders, lambda app: Damaged(), never)

    assert [finding.remedy for finding in found if finding.fatal] == ["delete it"]


class Away(MemoryCluster):
    """A server that goes away once the record is made."""

    def apply(self, objects: Iterable[Object], lease: Lease, emit: Emit) -> None:
        raise MissingPrecondition("can't reach the server", hint="check the network")


def test_a_server_that_goes_away_midway_leaves_word_of_what_stays_and_how_to_go_on(project: Path) -> None:
    cluster, heard = Away(), list[Event]()
    builders = Builders(MemoryEngine, no_direct)

    with pytest.raises(MissingPrecondition, match="can't reach the server"):
        deploy(DeployRequest(project, None, "me@here:1"), builders, lambda app: cluster, heard.append)

    told = [event for event in heard if isinstance(event, Caution)]
    assert "revision 1 is not finished" in told[-1].message
    assert "kubeship deploy again" in told[-1].hint
    assert cluster.records[1].outcome is Outcome.STARTED


def test_what_an_earlier_revision_had_and_this_one_has_not_is_pruned(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster)
    (project / "deploy/production/web-ingress.yaml").unlink()

    ship(project, cluster)

    assert not any(ref.kind == "Ingress" for ref in cluster.live)


def test_a_stale_render_is_refused_when_frozen_and_made_good_otherwise(project: Path) -> None:
    path = project / "kubeship.yaml"
    path.write_text(path.read_text() + "variables: {GREETING: hi}\n")
    cluster = MemoryCluster(settle=healthy)

    with pytest.raises(InvalidInput):
        ship(project, cluster, frozen=True)
    ship(project, cluster)

    assert "GREETING" in str(cluster.live)


def test_a_given_image_needs_no_engine(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    request = DeployRequest(project, None, "me@here:1", image=OTHER)

    def no_engine() -> MemoryEngine:
        raise AssertionError("nobody should ask for an engine")

    done = deploy(request, Builders(no_engine, no_direct), lambda app: cluster, never)

    assert done.revision.image == OTHER


def test_a_release_step_of_a_killed_run_is_waited_for_before_another_starts(project: Path) -> None:
    cluster = MemoryCluster(settle=running)
    request = DeployRequest(project, None, "me@here:1", image=OTHER)
    with pytest.raises(KeyboardInterrupt):
        deploy(request, Builders(MemoryEngine, no_direct), lambda app: cluster, interrupt_when_watching)
    (job,) = (item for item in cluster.live.values() if item["kind"] == "Job")
    said: list[str] = []

    def ends_when_waited_for(event: object) -> None:
        said.append(str(event))
        if "Waiting for release step" in said[-1]:
            cluster.settle = healthy
            cluster.live[ref(job)] = healthy(job)

    builders = Builders(MemoryEngine, no_direct)
    deploy(DeployRequest(project, None, "me@here:1"), builders, lambda app: cluster, ends_when_waited_for)

    waited = next(number for number, line in enumerate(said) if "Waiting for release step" in line)
    ran = next(number for number, line in enumerate(said) if "Running release step" in line)
    assert waited < ran


def interrupt_when_watching(event: object) -> None:
    if isinstance(event, RolloutProgress):
        raise KeyboardInterrupt
