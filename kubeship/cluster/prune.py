"""What may be deleted, and when is it gone?"""

import time
from collections.abc import Callable, Iterable

from kubeship.cluster.manifests import PRECIOUS, rank
from kubeship.cluster.ports import Api
from kubeship.cluster.requests import FIELD_MANAGER
from kubeship.errors import MissingPrecondition
from kubeship.model.events import Caution, Emit, Note
from kubeship.model.objects import Object, ObjectRef, ref

LONGEST = 180.0
"""Seconds that `delete` waits; pods get 30 s to end by default, and up to minutes where they ask for more."""
FIRST_LOOK, SLOWEST_LOOK = 0.1, 1.0
"""Seconds between two looks whether it is gone."""


def owned(live: Object) -> bool:
    """Whether kubeship is still an applier of the object: somebody who takes it over with force removes that."""
    managers = live["metadata"].get("managedFields") or ()
    return any(entry.get("manager") == FIELD_MANAGER and entry.get("operation") == "Apply" for entry in managers)


def prune(
    api: Api,
    candidates: Iterable[ObjectRef],
    check: Callable[[], None],
    emit: Emit,
    *,
    wait: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[ObjectRef, ...]:
    """Delete what is there and still kubeship's, last applied first; returns what went.

    With `wait`, what the objects own (pods) goes first, and all of it is gone afterwards. Raises MissingPrecondition
    when it isn't after LONGEST seconds.
    """
    went: dict[ObjectRef, str] = {}
    for candidate in sorted(candidates, key=lambda target: (-rank(target.kind), target)):
        live = api.get(candidate)
        if live is None:
            continue
        if going(live) and not wait:
            continue
        if not owned(live):
            emit(Note(f"{candidate} isn't kubeship's any more and stays"))
            continue
        if candidate.kind in PRECIOUS:
            emit(
                Caution(
                    f"{candidate} is no longer deployed but stays, since its data would go with it",
                    hint=f"`kubectl delete {candidate.kind.lower()} {candidate.name}` when nobody needs it",
                )
            )
            continue
        check()
        went[candidate] = live["metadata"]["uid"]
        if not going(live):  # a delete that was interrupted has asked for it already
            api.delete(candidate, propagation="Foreground" if wait else "Background", uid=went[candidate])
    if wait:
        give_up = time.monotonic() + LONGEST
        for target, uid in went.items():
            _await_end(api, target, uid, give_up=give_up, sleep=sleep, clock=time.monotonic)
    return tuple(went)


def going(live: Object | None) -> str:
    """Since when the object is being deleted, RFC 3339; empty where it isn't. What is applied to it goes with it."""
    return str(live["metadata"].get("deletionTimestamp") or "") if live else ""


def await_end(
    api: Api, live: Object, sleep: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.monotonic
) -> None:
    """Wait until an object that is being deleted is gone. Raises MissingPrecondition when it isn't in LONGEST s."""
    _await_end(api, ref(live), live["metadata"]["uid"], give_up=clock() + LONGEST, sleep=sleep, clock=clock)


def delete(
    api: Api,
    target: ObjectRef,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    *,
    propagation: str = "Foreground",
) -> None:
    """Delete (`Foreground`: what it owns goes first; `Orphan`: that stays) and wait until it is gone.

    Raises MissingPrecondition, naming its finalizers, when it isn't after LONGEST seconds.
    """
    live = api.get(target)
    if live is None:
        return
    uid = live["metadata"]["uid"]
    api.delete(target, propagation=propagation, uid=uid)
    _await_end(api, target, uid, give_up=clock() + LONGEST, sleep=sleep, clock=clock)


def _await_end(
    api: Api,
    target: ObjectRef,
    uid: str,
    *,
    give_up: float,
    sleep: Callable[[float], None],
    clock: Callable[[], float],
) -> None:
    pause = FIRST_LOOK
    while (live := api.get(target)) is not None and live["metadata"]["uid"] == uid:
        if clock() > give_up:
            finalizers = ", ".join(live["metadata"].get("finalizers") or ()) or "none"
            raise MissingPrecondition(
                f"{target} is still there {LONGEST:.0f} s after it was deleted (finalizers: {finalizers})",
                hint=f"see what holds it: `kubectl describe {target.kind.lower()} {target.name}`",
            )
        sleep(pause)
        pause = min(pause * 2, SLOWEST_LOOK)
