"""How do objects get onto the server: in order, and only those that aren't as they should be already?"""

from collections.abc import Callable, Iterable

from kubeship.cluster.adoption import adoptable, handover
from kubeship.cluster.defined import defined
from kubeship.cluster.dry_run import NOTHING_BEYOND, is_served, replaces
from kubeship.cluster.errors import Refusal
from kubeship.cluster.established import await_kinds
from kubeship.cluster.live import live_objects
from kubeship.cluster.manifests import phases, sendable
from kubeship.cluster.ownership import is_taken, owned_elsewhere
from kubeship.cluster.parallel import each
from kubeship.cluster.ports import Api, Applied
from kubeship.cluster.prune import await_end, delete, going
from kubeship.cluster.requests import FIELD_MANAGER
from kubeship.cluster.scaling import Targets, is_scaled, targets, with_first_replicas, with_live_replicas
from kubeship.cluster.unchanged import is_unchanged
from kubeship.errors import ApplyFailed, MissingPrecondition
from kubeship.model.changes import Consent
from kubeship.model.events import Caution, Emit, Note
from kubeship.model.objects import Object, ObjectRef, ref

ORPHANED = frozenset({"StatefulSet"})
"""Replaced without their pods, which the new one takes over: they come one after another, and have volumes."""
RACES = 3
"""How often others may change an object between reading and writing it."""


def apply(
    api: Api, objects: Iterable[Object], check: Callable[[], None], emit: Emit, consent: Consent = NOTHING_BEYOND
) -> None:
    """Apply in dependency order; `check` raises before a write when the lease was lost.

    Raises ApplyFailed; what was applied before stays. The server's warnings become Cautions.
    """
    wanted = [sendable(item) for item in objects]
    scaled = targets(api, wanted)
    kinds = defined(wanted)
    live = live_objects(api, [item for item in wanted if is_served(api, item, kinds)])
    warned: dict[str, None] = {}

    def write(item: Object) -> Applied:
        if _is_gone(api, live.get(ref(item)), emit):
            del live[ref(item)]
        check()
        known = live.get(ref(item))
        return _apply_one(api, item if known else with_first_replicas(item, wanted), known, scaled, consent)

    try:
        for phase in phases(wanted):
            await_kinds(api, phase, kinds)
            for applied in each(write, phase):
                warned.update(dict.fromkeys(applied.warnings))
    except MissingPrecondition as error:
        raise ApplyFailed(error.message, hint=error.hint) from error
    for warning in warned:
        emit(Caution(f"the API server warns: {warning}"))


def _is_gone(api: Api, live: Object | None, emit: Emit) -> bool:
    """Whether it was being deleted, and is gone now: what is applied to such an object goes with it."""
    if live is None or not going(live):
        return False
    emit(Note(f"{ref(live)} is being deleted: waiting for its end, to create it anew"))
    await_end(api, live)
    return True


def _apply_one(api: Api, item: Object, live: Object | None, scaled: Targets, consent: Consent) -> Applied:
    name = ref(item)
    if live is not None and consent.adopted and adoptable(live, FIELD_MANAGER):
        live = _handed_over(api, name)
    for race in range(RACES):
        wanted = with_live_replicas(item, live, scaled, {FIELD_MANAGER})
        if live is not None and is_unchanged(live, wanted, FIELD_MANAGER):
            return Applied(live)
        try:
            return api.apply(wanted)
        except Refusal as refusal:
            if replaces(name, refusal, consent):
                delete(api, name, propagation="Orphan" if name.kind in ORPHANED else "Foreground")
                return api.apply(wanted)
            taken = _all_taken(refusal, name, consent)
            lost_race = is_scaled(item, scaled) and {field for field, _ in refusal.conflicts} == {".spec.replicas"}
            if not (taken or lost_race) or race + 1 == RACES:
                raise
            live = api.get(name)
            if taken and live is not None:
                forced = _taken_over(api, wanted, live, consent)
                if forced is not None:
                    return forced
    raise AssertionError("the last attempt returns or raises")


def _taken_over(api: Api, wanted: Object, live: Object, consent: Consent) -> Applied | None:
    """The object applied with force, which takes the named fields and no other; None when it has changed meanwhile.

    A dry run of that very resourceVersion tells which fields the force would take.
    """
    version = live["metadata"]["resourceVersion"]
    pinned = {**wanted, "metadata": {**wanted["metadata"], "resourceVersion": version}}
    try:
        api.apply(pinned, dry_run=True)
    except Refusal as refusal:
        if refusal.status == 409 and not refusal.conflicts:
            return None
        if not _all_taken(refusal, ref(wanted), consent):
            raise
    try:
        return api.apply(pinned, force=True)
    except Refusal as refusal:
        if refusal.status == 409:
            return None
        raise


def _all_taken(refusal: Refusal, name: ObjectRef, consent: Consent) -> bool:
    owned = owned_elsewhere(refusal)
    return bool(owned) and all(is_taken(name, path, consent) for path in owned)


def _handed_over(api: Api, name: ObjectRef) -> Object | None:
    """The object with kubeship in the place of kubectl or Helm."""
    for race in range(RACES):
        live = api.get(name)
        if live is None or not adoptable(live, FIELD_MANAGER):
            return live
        try:
            return api.patch(name, handover(live, FIELD_MANAGER))
        except Refusal as refusal:
            # A controller has written its status between the two: a JSON Patch whose `test` fails is a 422.
            if refusal.status not in {409, 422} or race + 1 == RACES:
                raise
    raise AssertionError("the last attempt returns or raises")
