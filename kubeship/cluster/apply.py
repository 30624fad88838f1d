"""How do objects get onto the server: first dry, to see the changes, then really, in order?"""

from collections.abc import Callable, Iterable, Sequence

from kubeship.cluster.compare import field_changes, field_path
from kubeship.cluster.errors import Refusal
from kubeship.cluster.manifests import SCALED, autoscaled, phases, sendable, with_live_replicas
from kubeship.cluster.parallel import each
from kubeship.cluster.ports import Api, Applied
from kubeship.errors import ApplyFailed, InvalidInput
from kubeship.model.changes import Action, Change, Changes, Conflict, FieldChange, FieldKey, field_key
from kubeship.model.events import Caution, Emit
from kubeship.model.objects import Object, ObjectRef, ref

Targets = frozenset[tuple[str, str]]
Taken = frozenset[FieldKey]
NONE: Taken = frozenset()

SCALING_RACES = 3
"""How often an autoscaler may change the replicas between reading and writing them."""


def compare(api: Api, objects: Sequence[Object], taken: Taken = NONE) -> tuple[Changes, tuple[str, ...]]:
    """What the server would change, in the objects' order, and what it warns of.

    `taken` are fields that are applied though another manager owns them. Raises InvalidInput naming every object that
    the server would refuse: unknown kinds and fields, values out of range, fields that can't be changed any more.
    Conflicts are no error: they stand in the Changes.
    """
    wanted = [sendable(item) for item in objects]
    for item in wanted:
        api.kind(item["apiVersion"], item["kind"])
    if _namespace_is_missing(api):
        return Changes(tuple(Change(ref(item), Action.CREATE) for item in wanted)), ()
    targets = _autoscaled(api, wanted)
    outcomes = each(lambda item: _compare_one(api, item, targets, taken), wanted)
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    if refusals:
        raise _summary(refusals)
    compared = [outcome for outcome in outcomes if not isinstance(outcome, Refusal)]
    warnings = dict.fromkeys(warning for _, warned in compared for warning in warned)
    return Changes(tuple(change for change, _ in compared)), tuple(warnings)


def apply(api: Api, objects: Iterable[Object], check: Callable[[], None], emit: Emit, taken: Taken = NONE) -> None:
    """Apply in dependency order; `check` raises before a write when the lease was lost.

    Raises ApplyFailed; what was applied before stays. The server's warnings become Cautions.
    """
    wanted = [sendable(item) for item in objects]
    targets = _autoscaled(api, wanted)
    warned: dict[str, None] = {}
    for phase in phases(wanted):

        def write(item: Object) -> Applied:
            check()
            return _apply_one(api, item, targets, taken)

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


def _compare_one(api: Api, item: Object, targets: Targets, taken: Taken) -> tuple[Change, tuple[str, ...]] | Refusal:
    name = ref(item)
    live = api.get(name)
    wanted = with_live_replicas(item, live, targets)
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
        if refusal.status in {400, 422, 500} and not refusal.may_heal:
            return refusal
        raise
    if live is None:
        return Change(name, Action.CREATE), applied.warnings
    fields = field_changes(live, applied.live)
    conflicts = tuple(
        _conflict(path, manager, live, fields) for path, manager in owned.items() if field_key(name, path) not in taken
    )
    return Change(name, Action.UPDATE if fields else Action.UNCHANGED, fields, conflicts), applied.warnings


def _owned_elsewhere(refusal: Refusal) -> dict[str, str]:
    """Field -> who owns it with another value."""
    return {field_path(field): manager for field, manager in refusal.conflicts}


def _conflict(path: str, manager: str, live: Object, fields: Iterable[FieldChange]) -> Conflict:
    name = manager.partition('" ')[0]  # `kubectl-edit" using apps/v1`
    times = [str(e.get("time", "")) for e in live["metadata"].get("managedFields") or () if e.get("manager") == name]
    differs = next((field for field in fields if field.path == path), FieldChange(path, None, None))
    return Conflict(path, manager, max(times, default=""), differs.before, differs.after)


def _apply_one(api: Api, item: Object, targets: Targets, taken: Taken) -> Applied:
    scaled = (item["kind"], item["metadata"]["name"]) in targets
    for race in range(SCALING_RACES):
        wanted = with_live_replicas(item, api.get(ref(item)), targets) if scaled else item
        try:
            return api.apply(wanted)
        except Refusal as refusal:
            owned = {field_key(ref(item), path) for path in _owned_elsewhere(refusal)}
            if owned and owned <= taken:
                return api.apply(wanted, force=True)
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
