"""Is only deleted what is kubeship's, and waited until it is gone?"""

from typing import Any

import pytest
from cluster_fakes import FakeApi, Heard, always, config_map, deployment, lost

from kubeship.cluster.prune import LONGEST, delete, prune
from kubeship.errors import LeaseHeld, MissingPrecondition
from kubeship.model.objects import Object, ObjectRef, ref


def managed(item: Object, manager: str = "kubeship", operation: str = "Apply") -> Object:
    entries = [{"manager": manager, "operation": operation}]
    return {**item, "metadata": {**item["metadata"], "managedFields": entries}}


def test_own_objects_go_last_applied_first() -> None:
    api = FakeApi(managed(config_map("a")), managed(deployment("web")))

    went = prune(api, [ref(config_map("a")), ref(deployment("web"))], always, Heard())

    assert [str(name) for name in went] == ["Deployment/web", "ConfigMap/a"]
    assert api.called("delete") == ["delete Deployment/web Background", "delete ConfigMap/a Background"]


@pytest.mark.parametrize(("manager", "operation"), [("helm", "Apply"), ("kubeship", "Update")])
def test_object_of_somebody_else_stays_and_is_named(manager: str, operation: str) -> None:
    api, heard = FakeApi(managed(config_map("a"), manager, operation)), Heard()

    went = prune(api, [ref(config_map("a"))], always, heard)

    assert went == ()
    assert "ConfigMap/a isn't kubeship's any more" in heard.text


def test_data_stays_with_a_word() -> None:
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "media"}}
    api, heard = FakeApi(managed(claim)), Heard()

    went = prune(api, [ref(claim)], always, heard)

    assert went == ()
    assert "kubectl delete persistentvolumeclaim media" in heard.text


def test_what_is_gone_or_going_is_no_news() -> None:
    going = managed(config_map("going"))
    going["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    api = FakeApi(going)

    assert prune(api, [ref(config_map("gone")), ref(going)], always, Heard()) == ()


def test_nothing_goes_without_the_lease() -> None:
    api = FakeApi(managed(config_map("a")))

    with pytest.raises(LeaseHeld):
        prune(api, [ref(config_map("a"))], lost(LeaseHeld("lost", hint="again")), Heard())

    assert api.called("delete") == []


class SlowApi(FakeApi):
    """Deletes after a number of looks; never, when that is None."""

    looks: int | None = 3
    successor: Object | None = None

    def delete(self, target: ObjectRef, *, propagation: str, uid: str = "") -> None:
        self.calls.append(f"delete {target} {propagation}")

    def get(self, wanted: ObjectRef) -> Object | None:
        if self.looks is not None and len(self.calls) >= self.looks:
            self.live.pop(self._place(wanted), None)
            if self.successor:
                self.store(self.successor)
        return super().get(wanted)


def test_what_an_interrupted_delete_left_going_is_waited_for() -> None:
    going = managed(deployment("web"))
    going["metadata"].update(deletionTimestamp="2026-01-01T00:00:00Z", uid="old")
    api = SlowApi(going)

    went = prune(api, [ref(going)], always, Heard(), wait=True, sleep=lambda _: None)

    assert went == (ref(going),)
    assert api.called("delete") == []
    assert api.live.get(api._place(ref(going))) is None


class Clock:
    """Time passes while one sleeps."""

    now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def __call__(self) -> float:
        return self.now


def deleted(api: FakeApi, **_: Any) -> Clock:
    clock = Clock()
    delete(api, ref(config_map("a")), sleep=clock.sleep, clock=clock)
    return clock


def test_deletion_returns_when_it_is_gone() -> None:
    api = SlowApi(config_map("a"))

    clock = deleted(api)

    assert api.called("delete") == ["delete ConfigMap/a Foreground"]
    assert 0 < clock.now < 1


def test_successor_of_the_same_name_is_another_object() -> None:
    api = SlowApi(config_map("a"))
    api.successor = {**config_map("a"), "metadata": {"name": "a", "uid": "new"}}

    deleted(api)

    assert api.get(ref(config_map("a"))) is not None


def test_deletion_that_hangs_names_the_finalizer() -> None:
    api = SlowApi({**config_map("a"), "metadata": {"name": "a", "finalizers": ["example.com/wait"]}})
    api.looks = None

    with pytest.raises(MissingPrecondition, match=r"after it was deleted \(finalizers: example.com/wait\)") as raised:
        deleted(api)

    assert f"{LONGEST:.0f} s" in raised.value.message


def test_what_is_gone_already_is_fine() -> None:
    api = FakeApi()

    delete(api, ref(config_map("a")))

    assert api.called("delete") == []
