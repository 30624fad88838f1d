"""Is there one holder at a time, and does a dead one not block for long?"""

from datetime import timedelta

import pytest
from cluster_fakes import FakeApi, Heard

from kubeship.cluster.errors import unanswered
from kubeship.cluster.holders import DURATION, lease_ref
from kubeship.cluster.lease import HeldLease, Patience, acquire, lease
from kubeship.errors import LeaseHeld
from kubeship.model.events import LeaseAwaited
from kubeship.model.objects import Object

HERE, ELSEWHERE = "boot-1 pid:[1]", "boot-2 pid:[1]"
US, THEM = "ann@laptop:10", "bob@ci:20"


def living(_: int) -> bool:
    return True


def dead(_: int) -> bool:
    return False


def live_lease(api: FakeApi) -> Object:
    live = api.get(lease_ref("shop"))
    assert live is not None
    return live


def test_first_one_gets_it() -> None:
    api = FakeApi()

    acquire(api, "shop", US, HERE, living)

    assert live_lease(api)["spec"]["holderIdentity"] == US
    assert live_lease(api)["spec"]["leaseDurationSeconds"] == DURATION


def test_second_one_is_told_who_has_it_and_since_when() -> None:
    api = FakeApi()
    acquire(api, "shop", THEM, ELSEWHERE, living)

    with pytest.raises(LeaseHeld, match=r"bob@ci:20 is deploying shop \(since 2026-01-01T12:00:00"):
        acquire(api, "shop", US, HERE, living)

    assert live_lease(api)["spec"]["holderIdentity"] == THEM


def test_a_namesake_on_another_machine_is_another_holder() -> None:
    api = FakeApi()
    acquire(api, "shop", US, ELSEWHERE, living)

    with pytest.raises(LeaseHeld, match="ann@laptop:10 is deploying"):
        acquire(api, "shop", US, HERE, living)


def test_expired_one_is_taken_over_and_counted() -> None:
    api = FakeApi()
    acquire(api, "shop", THEM, ELSEWHERE, living)
    api.time += timedelta(seconds=DURATION + 1)

    acquire(api, "shop", US, HERE, living)

    assert live_lease(api)["spec"]["holderIdentity"] == US
    assert live_lease(api)["spec"]["leaseTransitions"] == 1


def test_dead_process_of_this_machine_is_taken_over_at_once() -> None:
    api = FakeApi()
    acquire(api, "shop", THEM, HERE, living)

    acquire(api, "shop", US, HERE, dead)

    assert live_lease(api)["spec"]["holderIdentity"] == US


def test_pid_of_another_machine_says_nothing() -> None:
    api = FakeApi()
    acquire(api, "shop", THEM, ELSEWHERE, living)

    with pytest.raises(LeaseHeld):
        acquire(api, "shop", US, HERE, dead)


def test_of_two_that_take_over_at_once_one_wins() -> None:
    api = FakeApi()
    acquire(api, "shop", THEM, ELSEWHERE, living)
    api.time += timedelta(seconds=DURATION + 1)
    rival = RivalApi(api)

    with pytest.raises(LeaseHeld, match="carl@other:30"):
        acquire(rival, "shop", US, HERE, living)


class RivalApi(FakeApi):
    """Somebody else takes the lease between our look and our write."""

    def __init__(self, before: FakeApi) -> None:
        super().__init__()
        self.live, self.time, self.version = before.live, before.time, before.version
        self.came = False

    def replace(self, item: Object) -> Object:
        if not self.came:
            self.came = True
            acquire(self, "shop", "carl@other:30", ELSEWHERE, living)
        return super().replace(item)


def test_created_although_the_answer_was_lost() -> None:
    api = FakeApi()
    acquire(api, "shop", US, HERE, living)

    acquire(api, "shop", US, HERE, living)

    assert live_lease(api)["spec"]["leaseTransitions"] == 0


def test_end_frees_it_even_after_an_error() -> None:
    api = FakeApi()

    with pytest.raises(RuntimeError), lease(api, "shop", US, HERE, living):
        raise RuntimeError

    assert live_lease(api)["spec"]["holderIdentity"] == ""


def test_renewal_moves_its_time() -> None:
    api = FakeApi()
    held = HeldLease(api, acquire(api, "shop", US, HERE, living), US)
    api.time += timedelta(seconds=5)

    held.renew()

    assert live_lease(api)["spec"]["renewTime"] == "2026-01-01T12:00:05.000000Z"
    held.check()


def test_one_that_another_took_stops_every_write_and_is_not_freed() -> None:
    api = FakeApi()
    held = HeldLease(api, acquire(api, "shop", US, HERE, living), US)
    api.time += timedelta(seconds=DURATION + 1)
    acquire(api, "shop", THEM, ELSEWHERE, living)

    held.renew()
    held.release()

    with pytest.raises(LeaseHeld, match="lost to bob@ci:20"):
        held.check()
    assert live_lease(api)["spec"]["holderIdentity"] == THEM


def test_one_that_was_deleted_is_lost() -> None:
    api = FakeApi()
    held = HeldLease(api, acquire(api, "shop", US, HERE, living), US)
    api.delete(lease_ref("shop"), propagation="Background")

    held.renew()

    with pytest.raises(LeaseHeld, match="kubeship-shop was deleted"):
        held.check()


def test_one_that_another_took_and_gave_back_is_lost_all_the_same() -> None:
    api = FakeApi()
    held = HeldLease(api, acquire(api, "shop", US, HERE, living), US)
    api.time += timedelta(seconds=DURATION + 1)
    HeldLease(api, acquire(api, "shop", THEM, ELSEWHERE, living), THEM).release()

    held.renew()

    with pytest.raises(LeaseHeld, match="lost to another deploy, which has ended since"):
        held.check()


def test_somebody_who_only_annotates_it_takes_nothing() -> None:
    api = FakeApi()
    held = HeldLease(api, acquire(api, "shop", US, HERE, living), US)
    api.store(live_lease(api))

    held.renew()
    held.renew()

    held.check()
    assert live_lease(api)["spec"]["holderIdentity"] == US


def test_server_that_is_silent_for_too_long_stops_every_write() -> None:
    api, seconds = FakeApi(), [0.0]
    held = HeldLease(api, acquire(api, "shop", US, HERE, living), US, clock=lambda: seconds[0])
    silence = unanswered("https://a", OSError("Connection refused"), "writing")
    api.refuse("replace Lease/kubeship-shop", silence, silence, silence)

    seconds[0] = DURATION - 1
    held.renew()
    held.check()
    seconds[0] = DURATION + 1
    held.renew()

    with pytest.raises(LeaseHeld, match="could not be renewed"):
        held.check()


def outlasted(api: FakeApi, seconds: list[float]) -> HeldLease:
    """A lease of ours that ran out while the server was away."""
    held = HeldLease(api, acquire(api, "shop", US, HERE, living), US, clock=lambda: seconds[0])
    seconds[0] = DURATION + 30
    api.time += timedelta(seconds=DURATION + 30)
    return held


def test_one_that_ran_out_and_that_nobody_took_is_ours_again() -> None:
    api, seconds = FakeApi(), [0.0]

    outlasted(api, seconds).check()

    assert live_lease(api)["spec"]["renewTime"] == "2026-01-01T12:00:45.000000Z"


def test_one_that_ran_out_and_that_somebody_took_is_lost() -> None:
    api, seconds = FakeApi(), [0.0]
    held = outlasted(api, seconds)
    acquire(api, "shop", THEM, ELSEWHERE, living)

    with pytest.raises(LeaseHeld, match="lost to bob@ci:20"):
        held.check()


def test_a_lease_is_waited_for_as_long_as_was_said() -> None:
    since = "2026-01-01T00:00:00.000000Z"
    moments, heard = iter(range(100)), Heard()
    tries: list[int] = []

    def reach() -> Object:
        tries.append(1)
        if len(tries) < 4:
            raise LeaseHeld("bob@ci:1 is deploying shop", hint="wait", holder="bob@ci:1", since=since)
        return {"metadata": {}}

    patience = Patience(60, heard, sleep=lambda _: None, clock=lambda: next(moments))

    assert patience.outlast(reach) == {"metadata": {}}
    assert heard.events == [LeaseAwaited("bob@ci:1 is deploying shop", "bob@ci:1", since, 60)]


def test_waiting_ends_when_it_takes_too_long() -> None:
    moments = iter(range(100))

    def held() -> Object:
        raise LeaseHeld("bob@ci:1 is deploying shop", hint="wait")

    with pytest.raises(LeaseHeld, match="bob@ci:1"):
        Patience(5, sleep=lambda _: None, clock=lambda: next(moments)).outlast(held)
