"""Which revision does rollback choose, and what does delete take with it?"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kubeship.errors import InvalidInput, LeaseHeld, MissingPrecondition, RolloutBroken
from kubeship.model.changes import Action, Change, Changes, Conflict
from kubeship.model.events import Emit
from kubeship.model.objects import Object, ObjectRef, ref
from kubeship.model.revision import Outcome
from kubeship.model.seen import Seen
from kubeship.workflows.delete import delete
from kubeship.workflows.ports import Lease
from kubeship.workflows.rollback import RollbackRequest, rollback
from tests.unit.workflows.conftest import healthy, never
from tests.unit.workflows.test_workflows_deploy import OTHER, ship
from tests.unit.workflows.world import MemoryCluster, MemoryLease

REQUEST = RollbackRequest("shop", "me@here:1", timeout=5)


def test_the_default_is_the_newest_good_revision_with_other_objects(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    first = ship(project, cluster).revision
    ship(project, cluster, image=OTHER)

    back = rollback(REQUEST, cluster, never)
    forth = rollback(REQUEST, cluster, never)

    assert (back.number, back.image, back.message) == (3, first.image, "rollback to 1")
    assert (forth.number, forth.image) == (4, OTHER)


def test_after_an_automatic_rollback_the_default_is_not_what_runs_already(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    first = ship(project, cluster).revision
    ship(project, cluster, image=OTHER)
    cluster.records[3] = replace(cluster.records[2], number=3, objects=(), outcome=Outcome.ROLLED_BACK)

    back = rollback(REQUEST, cluster, never)

    assert back.image == first.image


def test_release_steps_are_not_run_again(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster)
    ship(project, cluster, image=OTHER)
    cluster.calls.clear()

    rollback(REQUEST, cluster, never)

    assert not any(call.startswith("apply Job") for call in cluster.calls)


def test_what_the_server_refuses_is_a_failed_rollback_and_recorded(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster)
    ship(project, cluster, image=OTHER)
    cluster.refused = frozenset({"shop-web"})

    with pytest.raises(RolloutBroken) as raised:
        rollback(REQUEST, cluster, never)

    assert "the server refused Deployment/shop-web" in raised.value.message
    assert cluster.records[3].outcome is Outcome.FAILED


def test_a_killed_rollback_goes_on_to_the_same_revision(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    first = ship(project, cluster).revision
    ship(project, cluster, image=OTHER)
    back = rollback(REQUEST, cluster, never)
    cluster.records[3] = replace(back, outcome=Outcome.STARTED, finished=None)

    again = rollback(REQUEST, cluster, never)

    assert (again.image, again.message) == (first.image, "rollback to 1")
    assert (cluster.records[3].outcome, cluster.records[3].message) == (Outcome.FAILED, "it was killed")


@pytest.mark.parametrize("number", [None, 7])
def test_what_cannot_be_chosen_is_refused_with_what_can(project: Path, number: int | None) -> None:
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster)

    with pytest.raises(InvalidInput) as raised:
        rollback(RollbackRequest("shop", "me@here:1", 5, number), cluster, never)

    assert "kubeship history" in raised.value.hint


def test_delete_leaves_nothing_and_needs_records(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster)

    gone = delete("shop", "me@here:1", cluster, never)

    assert cluster.live == {}
    assert cluster.records == {}
    assert {target.kind for target in gone} >= {"Deployment", "Ingress", "Job", "Service", "ServiceAccount"}
    with pytest.raises(InvalidInput):
        delete("shop", "me@here:1", cluster, never)


def test_delete_that_was_killed_before_it_deleted_the_lease_goes_on(project: Path) -> None:
    cluster, said = MemoryCluster(settle=healthy, leased=True), list[object]()

    assert delete("shop", "me@here:1", cluster, said.append) == ()
    assert not cluster.leased
    assert "shop has no revision records" in str(said)


class Slow(MemoryCluster):
    """Loses the lease while pods come to their end."""

    def prune(
        self, candidates: Iterable[ObjectRef], lease: Lease, emit: Emit, *, wait: bool = False
    ) -> tuple[ObjectRef, ...]:
        assert isinstance(lease, MemoryLease)
        lease.lost = True
        return ()


def test_delete_that_lost_its_lease_leaves_the_records_of_the_next_one(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster)
    slow = Slow(records=cluster.records, leased=True)

    with pytest.raises(LeaseHeld):
        delete("shop", "me@here:1", slow, never)

    assert (list(slow.records), slow.leased) == ([1], True)


class Contested(MemoryCluster):
    """Somebody has scaled the Deployment."""

    def compare(self, objects: Sequence[Object], applied: Iterable[Object] = (), seen: Seen | None = None) -> Changes:
        conflict = Conflict("spec.replicas", "kubectl", theirs=5, ours=2)
        return Changes(tuple(Change(ref(item), Action.UPDATE, conflicts=(conflict,)) for item in objects[:1]))


def test_field_of_somebody_else_stops_a_rollback_before_anything_is_undone(project: Path) -> None:
    cluster = MemoryCluster(settle=healthy)
    ship(project, cluster)
    ship(project, cluster, image=OTHER)
    contested = Contested(settle=healthy, live=cluster.live, records=cluster.records)

    with pytest.raises(MissingPrecondition, match="nothing was changed") as raised:
        rollback(REQUEST, contested, never)

    assert contested.calls == []
    assert "kubeship rollback 1 --take-over " in raised.value.hint
