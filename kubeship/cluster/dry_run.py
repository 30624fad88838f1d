"""What would the server change? Its own dry run of each object, where the live one doesn't show that nothing would."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kubeship.cluster.adoption import HANDED_OVER, adoptable, helm_release, left_out, other_app
from kubeship.cluster.compare import field_changes
from kubeship.cluster.drift import drifts
from kubeship.cluster.errors import Refusal
from kubeship.cluster.estimate import estimated, keeps_from_trying
from kubeship.cluster.live import live_objects
from kubeship.cluster.manifests import sendable
from kubeship.cluster.ownership import is_replaced, is_taken, owned_elsewhere, same_field, written_at
from kubeship.cluster.parallel import each
from kubeship.cluster.ports import Api
from kubeship.cluster.prune import PRECIOUS, going
from kubeship.cluster.requests import FIELD_MANAGER
from kubeship.cluster.revisions import OWNER_LABEL
from kubeship.cluster.scaling import Targets, targets, with_live_replicas
from kubeship.cluster.unchanged import is_unchanged
from kubeship.errors import InvalidInput
from kubeship.model.changes import Action, Change, Changes, Conflict, Consent, FieldChange
from kubeship.model.objects import APP_LABEL, Object, ObjectRef, ref

NOTHING_BEYOND = Consent()
NAME_OF_NOTHING = "kubeship-dry-run"
UNTRIED = "what it would change or refuse of"


@dataclass(frozen=True)
class Terms:
    """What each object is compared under."""

    consent: Consent
    targets: Targets = frozenset()
    """What autoscalers scale."""
    applied: Mapping[ObjectRef, Object] = field(default_factory=dict)
    """The last deploy's objects."""


def compare(
    api: Api,
    objects: Sequence[Object],
    consent: Consent = NOTHING_BEYOND,
    applied: Iterable[Object] = (),
    *,
    thorough: bool = False,
) -> tuple[Changes, tuple[str, ...]]:
    """What the server would change, in the objects' order, and what it warns of.

    `consent` says what may be done beyond that; by `applied`, what the last deploy applied, is told what changed since
    without kubeship. `thorough` asks the server about each object, so that it warns of those that wouldn't change too.
    Raises InvalidInput naming every object that the server would refuse: unknown kinds and fields, values out of range,
    fields that can't be changed any more. Conflicts are no error: they stand in the Changes.
    """
    wanted = [sendable(item) for item in objects]
    for item in wanted:
        api.kind(item["apiVersion"], item["kind"])
    if _namespace_is_missing(api):
        return Changes(tuple(Change(ref(item), Action.CREATE) for item in wanted)), ()
    terms = Terms(consent, targets(api, wanted), {ref(item): item for item in applied})
    live = live_objects(api, wanted)
    plain = {} if thorough else _plainly_unchanged(wanted, live, terms)
    asked = [item for item in wanted if ref(item) not in plain]
    outcomes = each(lambda item: _compare_one(api, item, live.get(ref(item)), terms), asked)
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    if refusals:
        raise _summary(refusals)
    compared = [outcome for outcome in outcomes if not isinstance(outcome, Refusal)]
    warnings = dict.fromkeys(warning for _, warned in compared for warning in warned)
    changes = plain | {change.ref: change for change, _ in compared}
    return Changes(tuple(changes[ref(item)] for item in wanted)), tuple(warnings)


def replaces(name: ObjectRef, refusal: Refusal, consent: Consent) -> bool:
    """Whether the object is to be deleted and created anew."""
    return refusal.immutable and is_replaced(name, consent) and name.kind not in PRECIOUS


def _namespace_is_missing(api: Api) -> bool:
    try:
        return api.get(ObjectRef("v1", "Namespace", "", api.namespace)) is None
    except Refusal as refusal:
        if refusal.status != 403:
            raise
        return False  # a deploy works without that permission; if it isn't there, the dry run says so


def _plainly_unchanged(
    wanted: Iterable[Object], live: Mapping[ObjectRef, Object], terms: Terms
) -> dict[ObjectRef, Change]:
    """Those of which the server needn't be asked."""
    found = {}
    for item in wanted:
        name = ref(item)
        if name not in live:
            continue
        sent = with_live_replicas(item, live[name], terms.targets, {FIELD_MANAGER})
        if is_unchanged(live[name], sent, FIELD_MANAGER):
            drift = drifts(live[name], sent, (), terms.applied.get(name))
            found[name] = Change(name, Action.UNCHANGED, drift=drift)
    return found


def _compare_one(api: Api, item: Object, live: Object | None, terms: Terms) -> tuple[Change, tuple[str, ...]] | Refusal:
    name = ref(item)
    owner = _owner(api, live, item) if live is not None else None
    foreign = owner is not None or (live is not None and adoptable(live, FIELD_MANAGER))
    adopted = foreign and terms.consent.adopted
    wanted = with_live_replicas(item, live, terms.targets, {FIELD_MANAGER, *(HANDED_OVER if adopted else ())})
    owned: dict[str, str] = {}
    try:
        try:
            applied = api.apply(wanted, dry_run=True)
        except Refusal as refusal:
            owned = owned_elsewhere(refusal)
            if not owned:
                raise
            applied = api.apply(wanted, dry_run=True, force=True)  # only to see what would change
    except Refusal as refusal:
        if live is not None and replaces(name, refusal, terms.consent):
            return Change(name, Action.REPLACE), ()
        if keeps_from_trying(refusal):
            return _estimate(name, live, wanted), (
                f"{refusal.words}: {UNTRIED} {name} is only known when it is applied",
            )
        if refusal.denied or (refusal.status in {400, 422, 500} and not refusal.may_heal):
            return refusal
        raise
    if live is None:
        return Change(name, Action.CREATE), applied.warnings
    fields = field_changes(live, applied.live)
    if adopted:
        fields += left_out(live, applied.live, _fresh(api, wanted))
        owned = {path: manager for path, manager in owned.items() if manager not in HANDED_OVER}
    conflicts = tuple(
        _conflict(path, manager, live, fields)
        for path, manager in owned.items()
        if not is_taken(name, path, terms.consent)
    )
    if owner and not adopted:
        conflicts = (owner, *(conflict for conflict in conflicts if not same_field(conflict.path, owner.path)))
    if since := going(live):
        fields += (FieldChange("metadata.deletionTimestamp", since, None),)
    changed = Action.UPDATE if fields or adopted else Action.UNCHANGED
    # Conflicts are told anyway, and with more words.
    others = [each for each in fields if not any(same_field(each.path, conflict.path) for conflict in conflicts)]
    drift = () if foreign else drifts(live, wanted, others, terms.applied.get(name))
    return Change(name, changed, fields, conflicts, foreign, adopted, drift, helm_release(live)), applied.warnings


def _estimate(name: ObjectRef, live: Object | None, wanted: Object) -> Change:
    if live is None:
        return Change(name, Action.CREATE)
    fields = estimated(live, wanted, FIELD_MANAGER)
    return Change(name, Action.UPDATE if fields else Action.UNCHANGED, fields)


def _owner(api: Api, live: Object, wanted: Object) -> Conflict | None:
    """A Helm release, or another app of kubeship's, to which the whole object belongs."""
    release = helm_release(live)
    if release and adoptable(live, FIELD_MANAGER):
        return Conflict("metadata.annotations[meta.helm.sh/release-name]", "Helm", written_at(live, "helm"), release)
    app = other_app(live, wanted, FIELD_MANAGER)
    if not app or not api.list("v1", "ConfigMap", {"labelSelector": f"{OWNER_LABEL}={app}"}).items:
        return None
    ours = (wanted["metadata"].get("labels") or {}).get(APP_LABEL)
    path, manager = f"metadata.labels[{APP_LABEL}]", f"kubeship for the app {app}"
    return Conflict(path, manager, written_at(live, FIELD_MANAGER), app, ours)


def _fresh(api: Api, item: Object) -> Object:
    """What the server would make of the manifest under another name; empty where it doesn't tell."""
    name = f"{item['metadata']['name'][:40]}-{NAME_OF_NOTHING}"
    try:
        return api.apply({**item, "metadata": {**item["metadata"], "name": name}}, dry_run=True).live
    except Refusal:
        return {}


def _conflict(path: str, manager: str, live: Object, fields: Iterable[FieldChange]) -> Conflict:
    differs = next((each for each in fields if same_field(each.path, path)), FieldChange(path, None, None))
    return Conflict(differs.path, manager, written_at(live, manager), differs.before, differs.after)


def _summary(refusals: Sequence[Refusal]) -> InvalidInput:
    first = refusals[0]
    if len(refusals) == 1:
        return InvalidInput(first.message, hint=first.hint)
    lines = "\n".join(f"- {refusal.message}" for refusal in refusals)
    return InvalidInput(f"the API server refuses {len(refusals)} objects:\n{lines}", hint=first.hint)
