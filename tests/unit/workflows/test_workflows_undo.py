"""Is what a release step did undone by its own command before an older version runs again, and only then?"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kubeship.errors import InvalidInput, ReleaseFailed, RolloutBroken, RolloutRolledBack
from kubeship.model.events import Emit
from kubeship.model.objects import RELEASE_ANNOTATION, ROLLBACK_ANNOTATION, Object, ObjectRef
from kubeship.model.revision import Outcome, Revision
from kubeship.workflows.delete import delete
from kubeship.workflows.ports import Held, Lease
from kubeship.workflows.rollback import RollbackRequest, rollback
from kubeship.workflows.undo import Done, undoing
from kubeship.workflows.undo_job import undo_job, undo_ref
from tests.unit.workflows.conftest import broken, crashing, healthy, never, running
from tests.unit.workflows.test_workflows_deploy import IMAGE, OTHER, ship
from tests.unit.workflows.world import MemoryCluster

REQUEST = RollbackRequest("shop", "me@here:1", timeout=5)
THIRD = f"registry.test/shop@sha256:{'c' * 64}"
UNDO = "flask db downgrade"


def step(name: str, way: str = UNDO) -> Object:
    annotations = {RELEASE_ANNOTATION: "1", ROLLBACK_ANNOTATION: way, "team": "shop"}
    spec = {"containers": [{"name": "release", "command": ["flask", "db", "upgrade"], "args": ["-v"]}]}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "annotations": annotations},
        "spec": {"backoffLimit": 0, "template": {"spec": spec}},
    }


def revision(number: int, *objects: Object, outcome: Outcome = Outcome.SUCCEEDED, message: str = "") -> Revision:
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    return Revision(number, "shop", "production", outcome, "image", objects, moment, message=message)


def names(steps: tuple[Done, ...]) -> list[str]:
    return [done.job["metadata"]["name"] for done in steps]


def undoable(project: Path, way: str = UNDO) -> None:
    job = project / "deploy/production/release-job.yaml"
    job.write_text(job.read_text().replace("rollback: safe", f"rollback: {way}"))


def failing(item: Object) -> Object:
    return healthy(item) if IMAGE in str(item) or item["kind"] == "Job" else broken(item)


def test_steps_since_the_target_are_undone_the_last_one_first() -> None:
    old = revision(1, step("a"))
    records = (revision(3, step("c")), revision(2, step("a"), step("b")), old)

    found = undoing(records, old)

    assert names(found.steps) == ["c", "b"]
    assert [done.kept for done in found.steps] == [True, False]


def test_step_that_failed_or_was_undone_is_left_alone() -> None:
    old = revision(1, step("a"))
    stopped = revision(2, step("b"), outcome=Outcome.STOPPED)
    undone = revision(3, step("c"), outcome=Outcome.ROLLED_BACK)

    assert undoing((undone, stopped, old), old).steps == ()


def test_what_an_earlier_rollback_undid_is_not_undone_again() -> None:
    first = revision(1, step("a"))
    back = revision(3, step("a"), message="rollback to 1")
    records = (revision(4, step("d")), back, revision(2, step("b")), first)

    assert names(undoing(records, first).steps) == ["d"]


def test_steps_are_told_apart_by_how_they_can_be_undone() -> None:
    found = undoing((revision(2, step("b", "never"), step("c", "safe")), revision(1)), revision(1))

    assert found.final == ("b",)
    assert found.steps == ()


def test_undoing_job_is_the_step_with_another_command() -> None:
    job = undo_job(step("shop-release-0123456789"))

    assert job["metadata"]["name"] == "shop-release-0123456789-undo"
    assert job["metadata"]["annotations"] == {"team": "shop"}
    assert job["spec"]["template"]["spec"]["containers"] == [
        {"name": "release", "command": ["flask", "db", "downgrade"]}
    ]


def test_failed_rollout_undoes_its_step_before_the_old_version_is_applied(project: Path) -> None:
    undoable(project)
    cluster = MemoryCluster(settle=healthy, pods=crashing)
    ship(project, cluster)
    cluster.settle = failing
    cluster.calls.clear()

    with pytest.raises(RolloutRolledBack):
        ship(project, cluster, image=OTHER)

    jobs = [call for call in cluster.calls if "Job/" in call or call == "apply Deployment/shop-web"]
    assert [call.split("/")[0] + call[-5:] for call in jobs if "-undo" in call or "Deployment" in call] == [
        "apply Deployment" + "p-web",
        "apply Job-undo",
        "apply Deployment" + "p-web",
        "prune Job-undo",
    ]
    assert not any(target.name.endswith("-undo") for target in cluster.live)


def test_step_that_was_undone_runs_again_with_the_next_deploy_of_the_same(project: Path) -> None:
    undoable(project)
    cluster = MemoryCluster(settle=healthy, pods=crashing)
    ship(project, cluster)
    cluster.settle = failing
    with pytest.raises(RolloutRolledBack):
        ship(project, cluster, image=OTHER)
    cluster.settle = healthy
    cluster.calls.clear()

    ship(project, cluster, image=OTHER)

    assert [call.split("/")[0] for call in cluster.calls if call.startswith("apply Job")] == ["apply Job"]


def test_undoing_that_fails_leaves_the_workloads_and_says_so(project: Path) -> None:
    undoable(project)
    cluster = MemoryCluster(settle=healthy, pods=crashing)
    ship(project, cluster)
    cluster.settle = lambda item: broken(item) if "-undo" in item["metadata"]["name"] else failing(item)

    with pytest.raises(RolloutBroken, match="undoing release step shop-release-") as raised:
        ship(project, cluster, image=OTHER)

    assert "nothing until then" in raised.value.message
    assert cluster.records[2].outcome is Outcome.FAILED


def test_rollback_by_hand_undoes_too_and_forth_again_runs_the_step(project: Path) -> None:
    undoable(project)
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster)
    ship(project, cluster, image=OTHER)
    cluster.calls.clear()

    rollback(REQUEST, cluster, never)
    back = [call for call in cluster.calls if call.startswith("apply Job")]
    cluster.calls.clear()
    rollback(replace(REQUEST, revision=2), cluster, never)
    forth = [call for call in cluster.calls if call.startswith("apply Job")]

    assert [call.endswith("-undo") for call in back] == [True]
    assert [call.endswith("-undo") for call in forth] == [False]


def test_step_that_can_not_be_undone_is_crossed_only_on_demand(project: Path) -> None:
    undoable(project, "never")
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster)
    ship(project, cluster, image=OTHER)

    with pytest.raises(InvalidInput, match="can't be undone") as raised:
        rollback(REQUEST, cluster, never)
    done = rollback(replace(REQUEST, revision=1), cluster, never)

    assert "kubeship rollback 1" in raised.value.hint
    assert done.outcome is Outcome.SUCCEEDED


def test_object_that_is_refused_does_not_keep_the_others_of_the_good_revision_back(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster)
    cluster.refused = frozenset({"shop-web"})

    with pytest.raises(RolloutBroken) as raised:
        ship(project, cluster, image=OTHER)

    assert "Deployment/shop-web: the server refused Deployment/shop-web" in raised.value.message
    assert "ServiceAccount/shop" not in raised.value.message


class Killed(BaseException):
    """Nothing is done after it."""


class Deadly(MemoryCluster):
    """Kills kubeship after a write."""

    last = ""
    """How the call begins that is the last one."""

    def _survive(self) -> None:
        if self.last and self.calls[-1].startswith(self.last):
            self.last = ""
            raise Killed

    def apply(self, objects: Iterable[Object], lease: Lease, emit: Emit) -> None:
        for item in objects:
            super().apply([item], lease, emit)
            self._survive()

    def record(self, revision: Revision, lease: Lease) -> None:
        super().record(revision, lease)
        self._survive()

    def delete(self, target: ObjectRef) -> None:
        super().delete(target)
        self._survive()


@pytest.mark.parametrize("last", ["apply Job", "delete Job", "apply Deployment", "record 3 succeeded"])
def test_step_is_undone_once_wherever_the_rollback_is_killed(project: Path, last: str) -> None:
    undoable(project)
    cluster = Deadly(settle=healthy)
    ship(project, cluster)
    ship(project, cluster, image=OTHER)
    cluster.calls.clear()
    cluster.last = last

    with pytest.raises(Killed):
        rollback(REQUEST, cluster, never)
    rollback(replace(REQUEST, revision=1), cluster, never)

    undone = [call for call in cluster.calls if call.startswith("apply Job") and call.endswith("-undo")]
    assert len(undone) == 1
    assert not any(target.name.endswith("-undo") for target in cluster.live)


def test_step_whose_undoing_was_killed_runs_again_with_the_next_deploy_of_the_same(project: Path) -> None:
    undoable(project)
    cluster = Deadly(settle=healthy)
    ship(project, cluster)
    ship(project, cluster, image=OTHER)
    cluster.last = "apply Job"
    with pytest.raises(Killed):
        rollback(REQUEST, cluster, never)
    cluster.calls.clear()

    ship(project, cluster, image=OTHER)

    assert [call.split("/")[0] for call in cluster.calls if call.startswith("apply Job")] == ["apply Job"]
    assert not any(target.name.endswith("-undo") for target in cluster.live)


def test_undoing_that_a_killed_rollback_has_left_running_is_waited_for(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undoable(project)
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster)
    ship(project, cluster, image=OTHER)
    step_of_two = next(item for item in cluster.records[2].objects if item["kind"] == "Job")
    cluster.live[undo_ref(step_of_two)] = running(undo_job(step_of_two))
    monkeypatch.setattr(Held, "watch", never)

    with pytest.raises(ReleaseFailed, match=r"the undoing of a release step \(.*-undo\) still runs"):
        ship(project, cluster, image=THIRD)


def test_delete_takes_what_has_undone_a_step_along(project: Path) -> None:
    undoable(project)
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster)
    step_of_one = next(item for item in cluster.records[1].objects if item["kind"] == "Job")
    cluster.live[undo_ref(step_of_one)] = healthy(undo_job(step_of_one))

    delete("shop", "me@here:1", cluster, never)

    assert cluster.live == {}
