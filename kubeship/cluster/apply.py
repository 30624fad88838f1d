"""How do objects get onto the server: first dry, to see the changes, then really, in order?"""

from collections.abc import Callable, Iterable, Sequence

from kubeship.cluster.adoption import HANDED_OVER, adoptable, handover, left_out
from kubeship.cluster.compare import field_changes, field_path
from kubeship.cluster.errors import Refusal
from kubeship.cluster.manifests import SCALED, autoscaled, phases, sendable, with_live_replicas
from kubeship.cluster.parallel import each
from kubeship.cluster.ports import Api, Applied
from kubeship.cluster.prune import PRECIOUS, delete
from kubeship.cluster.requests import FIELD_MANAGER
from kubeship.errors import ApplyFailed, InvalidInput
from kubeship.model.changes import Action, Change, Changes, Conflict, Consent, FieldChange, field_key
from kubeship.model.events import Caution, Emit
from kubeship.model.objects import Object, ObjectRef, ref

Targets = frozenset[tuple[str, str]]
NOTHING_BEYOND = Consent()
ORPHANED = frozenset({"StatefulSet"})
"""Replaced without their pods, which the new one takes over: they come one after another, and have volumes."""

NAME_OF_NOTHING = "kubeship-dry-run"
SCALING_RACES = 3
"""How often an autoscaler may change the replicas between reading and writing them."""


def compare(api: Api, objects: Sequence[Object], consent: Consent = NOTHING_BEYOND) -> tuple[Changes, tuple[str, ...]]:
    """What the server would change, in the objects' order, and what it warns of.

    `consent` says what may be done beyond that. Raises InvalidInput naming every object that the server would refuse:
    unknown kinds and fields, values out of range, fields that can't be changed any more. Conflicts are no error: they
    stand in the Changes.
    """
    wanted = [sendable(item) for item in objects]
    for item in wanted:
        api.kind(item["apiVersion"], item["kind"])
    if _namespace_is_missing(api):
        return Changes(tuple(Change(ref(item), Action.CREATE) for item in wanted)), ()
    targets = _autoscaled(api, wanted)
    outcomes = each(lambda item: _compare_one(api, item, targets, consent), wanted)
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    if refusals:
        raise _summary(refusals)
    compared = [outcome for outcome in outcomes if not isinstance(outcome, Refusal)]
    warnings = dict.fromkeys(warning for _, warned in compared for warning in warned)
    return Changes(tuple(change for change, _ in compared)), tuple(warnings)


def apply(
    api: Api, objects: Iterable[Object], check: Callable[[], None], emit: Emit, consent: Consent = NOTHING_BEYOND
) -> None:
    """Apply in dependency order; `check` raises before a write when the lease was lost.

    Raises ApplyFailed; what was applied before stays. The server's warnings become Cautions.
    """
    wanted = [sendable(item) for item in objects]
    targets = _autoscaled(api, wanted)
    warned: dict[str, None] = {}
    for phase in phases(wanted):

        def write(item: Object) -> Applied:
            check()
            return _apply_one(api, item, targets, consent)

        try:
            for applied in each(write, phase):
                warned.update(dict.fromkeys(applied.warnings))
        except Refusal as refusal:
            raise ApplyFailed(refusal.message, hint=refusal.hint) from refusal
    for warning in warned:
        emit(Caution(f"the API server warns: {warning}"))


def _namespace_is_missing(api: Api) -> bool:
    try:
        return api.get(ObjectRef("v1", "Namespace", "", api.namespace)) is None
    except Refusal as refusal:
        if refusal.status != 403:
            raise
        return False  # a deploy works without that permission; if it isn't there, the dry run says so


def _compare_one(
    api: Api, item: Object, targets: Targets, consent: Consent
) -> tuple[Change, tuple[str, ...]] | Refusal:
    name = ref(item)
    live = api.get(name)
    wanted = with_live_replicas(item, live, targets)
    foreign = live is not None and adoptable(live, FIELD_MANAGER)
    adopted = foreign and consent.adopted
    owned: dict[str, str] = {}
    try:
        try:
            applied = api.apply(wanted, dry_run=True)
        except Refusal as refusal:
            owned = _owned_elsewhere(refusal)
            if not owned:
                raise
            applied = api.apply(wanted, dry_run=True, force=True)  # only to see what would change
    except Refusal as refusal:
        if live is not None and _replaces(name, refusal, consent):
            return Change(name, Action.REPLACE), ()
        if refusal.status in {400, 422, 500} and not refusal.may_heal:
            return refusal
        raise
    if live is None:
        return Change(name, Action.CREATE), applied.warnings
    fields = field_changes(live, applied.live)
    if adopted:
        fields += left_out(live, applied.live, _fresh(api, wanted))
        owned = {path: manager for path, manager in owned.items() if _name(manager) not in HANDED_OVER}
    conflicts = tuple(
        _conflict(path, manager, live, fields)
        for path, manager in owned.items()
        if field_key(name, path) not in consent.taken
    )
    changed = Action.UPDATE if fields or adopted else Action.UNCHANGED
    return Change(name, changed, fields, conflicts, foreign, adopted), applied.warnings


def _fresh(api: Api, item: Object) -> Object:
    """What the server would make of the manifest under another name; empty where it doesn't tell."""
    name = f"{item['metadata']['name'][:40]}-{NAME_OF_NOTHING}"
    try:
        return api.apply({**item, "metadata": {**item["metadata"], "name": name}}, dry_run=True).live
    except Refusal:
        return {}


def _owned_elsewhere(refusal: Refusal) -> dict[str, str]:
    """Field -> who owns it with another value."""
    return {field_path(field): manager for field, manager in refusal.conflicts}


def _conflict(path: str, manager: str, live: Object, fields: Iterable[FieldChange]) -> Conflict:
    entries = live["metadata"].get("managedFields") or ()
    times = [str(entry.get("time", "")) for entry in entries if entry.get("manager") == _name(manager)]
    differs = next((field for field in fields if field.path == path), FieldChange(path, None, None))
    return Conflict(path, manager, max(times, default=""), differs.before, differs.after)


def _name(manager: str) -> str:
    """Of `kubectl-edit" using apps/v1`."""
    return manager.partition('"')[0].strip()


def _replaces(name: ObjectRef, refusal: Refusal, consent: Consent) -> bool:
    return refusal.immutable and str(name) in consent.replaced and name.kind not in PRECIOUS


def _apply_one(api: Api, item: Object, targets: Targets, consent: Consent) -> Applied:
    name = ref(item)
    scaled = (item["kind"], item["metadata"]["name"]) in targets
    if consent.adopted and (live := api.get(name)) is not None and adoptable(live, FIELD_MANAGER):
        api.patch(name, handover(live, FIELD_MANAGER))
    for race in range(SCALING_RACES):
        wanted = with_live_replicas(item, api.get(name), targets) if scaled else item
        try:
            return api.apply(wanted)
        except Refusal as refusal:
            owned = {field_key(name, path) for path in _owned_elsewhere(refusal)}
            if owned and owned <= consent.taken:
                return api.apply(wanted, force=True)
            if _replaces(name, refusal, consent):
                delete(api, name, propagation="Orphan" if name.kind in ORPHANED else "Foreground")
                return api.apply(wanted)
            lost_race = {field for field, _ in refusal.conflicts} == {".spec.replicas"}
            if not (scaled and lost_race and race + 1 < SCALING_RACES):
                raise
    raise AssertionError("the last attempt returns or raises")


def _autoscaled(api: Api, objects: Sequence[Object]) -> Targets:
    """Targets of the autoscalers that live, and of those that are about to."""
    if not any(item["kind"] in SCALED for item in objects):
        return frozenset()
    try:
        live = api.list("autoscaling/v2", "HorizontalPodAutoscaler").items
    except (Refusal, InvalidInput) as error:
        # Without the right to see them, or the API: a number that another one owns still shows as a conflict.
        if isinstance(error, Refusal) and error.status != 403:
            raise
        live = ()
    return autoscaled((*live, *(item for item in objects if item["kind"] == "HorizontalPodAutoscaler")))


def _summary(refusals: Sequence[Refusal]) -> InvalidInput:
    first = refusals[0]
    if len(refusals) == 1:
        return InvalidInput(first.message, hint=first.hint)
    lines = "\n".join(f"- {refusal.message}" for refusal in refusals)
    return InvalidInput(f"the API server refuses {len(refusals)} objects:\n{lines}", hint=first.hint)
