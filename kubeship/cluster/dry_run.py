"""What would the server change? Its own dry run of each object, where the live one doesn't show that nothing would."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kubeship.cluster.adoption import HANDED_OVER, adoptable, helm_release, left_out, other_app
from kubeship.cluster.compare import field_changes
from kubeship.cluster.defined import Kinds, defined, is_known, of_kinds
from kubeship.cluster.drift import drifts
from kubeship.cluster.errors import Refusal
from kubeship.cluster.estimate import estimated, keeps_from_trying
from kubeship.cluster.live import live_objects
from kubeship.cluster.manifests import PRECIOUS, sendable
from kubeship.cluster.ownership import OTHER_APP, is_replaced, is_taken, owned_elsewhere, same_field, written_at
from kubeship.cluster.parallel import each
from kubeship.cluster.ports import Api
from kubeship.cluster.prune import going
from kubeship.cluster.requests import FIELD_MANAGER
from kubeship.cluster.revisions import OWNER_LABEL
from kubeship.cluster.scaling import Targets, targets, with_live_replicas
from kubeship.cluster.unchanged import is_unchanged
from kubeship.errors import InvalidInput, MissingPrecondition
from kubeship.model.changes import Action, Change, Changes, Conflict, Consent, FieldChange
from kubeship.model.objects import APP_LABEL, Object, ObjectRef, ref
from kubeship.model.seen import Seen, Trial

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
    trials: Mapping[ObjectRef, Trial] = field(default_factory=dict)
    """What the server answered a moment ago."""


@dataclass(frozen=True)
class Compared:
    """What the server would do with the objects."""

    changes: Changes
    """Without those that it refuses."""
    warnings: tuple[str, ...]
    refusals: tuple[Refusal, ...]
    seen: Seen


def compare(
    api: Api,
    objects: Sequence[Object],
    consent: Consent = NOTHING_BEYOND,
    applied: Iterable[Object] = (),
    seen: Seen | None = None,
) -> tuple[Changes, tuple[str, ...]]:
    """What the server would change, in the objects' order, and what it warns of.

    `consent` says what may be done beyond that; by `applied`, what the last deploy applied, is told what changed since
    without kubeship. What preflight has `seen` isn't asked again as far as it must still hold.
    Raises InvalidInput naming every object that the server would refuse: unknown kinds and fields, values out of range,
    fields that can't be changed any more; MissingPrecondition where webhooks, policies or quotas keep them out.
    Conflicts are no error: they stand in the Changes.
    """
    wanted = [sendable(item) for item in objects]
    kinds = defined(wanted)
    for item in wanted:
        if not of_kinds(item, kinds):
            api.kind(item["apiVersion"], item["kind"])
    if seen is None and _namespace_is_missing(api):
        return Changes(tuple(Change(ref(item), Action.CREATE) for item in wanted)), ()
    scaled = targets(api, wanted) if seen is None else seen.scaled
    terms = Terms(consent, scaled, {ref(item): item for item in applied}, seen.trials if seen else {})
    known = [item for item in wanted if is_served(api, item, kinds)]
    compared = tried(api, known, live_objects(api, known), terms)
    if compared.refusals:
        raise summary(compared.refusals)
    changes = {change.ref: change for change in compared.changes.items}
    # What only its own CustomResourceDefinition makes known can't be tried before that is there.
    unknown = {ref(item): Change(ref(item), Action.CREATE) for item in wanted if ref(item) not in changes}
    return Changes(tuple((changes | unknown)[ref(item)] for item in wanted)), compared.warnings


def tried(
    api: Api, wanted: Sequence[Object], live: Mapping[ObjectRef, Object], terms: Terms, *, thorough: bool = False
) -> Compared:
    """The server asked about each object; about one that plainly wouldn't change only when `thorough`."""
    plain = {} if thorough else _plainly_unchanged(wanted, live, terms)
    asked = [item for item in wanted if ref(item) not in plain]
    outcomes = each(lambda item: _compare_one(api, item, live.get(ref(item)), terms), asked)
    answered = [outcome for outcome in outcomes if not isinstance(outcome, Refusal)]
    changes = plain | {change.ref: change for change, _, _ in answered}
    return Compared(
        Changes(tuple(changes[ref(item)] for item in wanted if ref(item) in changes)),
        tuple(dict.fromkeys(warning for _, warned, _ in answered for warning in warned)),
        tuple(outcome for outcome in outcomes if isinstance(outcome, Refusal)),
        Seen(terms.targets, live, {change.ref: trial for change, _, trial in answered if trial}),
    )


def replaces(name: ObjectRef, refusal: Refusal, consent: Consent) -> bool:
    """Whether the object is to be deleted and created anew."""
    return refusal.immutable and is_replaced(name, consent) and name.kind not in PRECIOUS


def is_served(api: Api, item: Object, kinds: Kinds) -> bool:
    """Whether the server knows its kind; what isn't among `kinds`, which are deployed with it, it must know."""
    return not of_kinds(item, kinds) or is_known(api, item["apiVersion"], item["kind"])


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


def _compare_one(
    api: Api, item: Object, live: Object | None, terms: Terms
) -> tuple[Change, tuple[str, ...], Trial | None] | Refusal:
    name = ref(item)
    owner = _owner(api, live, item) if live is not None else None
    foreign = owner is not None or (live is not None and adoptable(live, FIELD_MANAGER))
    adopted = foreign and terms.consent.adopted
    wanted = with_live_replicas(item, live, terms.targets, {FIELD_MANAGER, *(HANDED_OVER if adopted else ())})
    try:
        trial = _trial(api, wanted, live, terms.trials.get(name))
    except Refusal as refusal:
        if owner and not adopted and refusal.immutable:
            return Change(name, Action.UPDATE, (), (owner,), foreign), (), None  # to replace it isn't ours
        if live is not None and replaces(name, refusal, terms.consent):
            return Change(name, Action.REPLACE), (), None
        if keeps_from_trying(refusal):
            untried = f"{refusal.words}: {UNTRIED} {name} is only known when it is applied"
            return _estimate(name, live, wanted), (untried,), None
        if refusal.denied or (refusal.status in {400, 422, 500} and not refusal.may_heal):
            return refusal
        raise
    if live is None:
        return Change(name, Action.CREATE), trial.warnings, trial
    owned = dict(trial.owned)
    fields = field_changes(live, trial.answer)
    if adopted:
        fields += left_out(live, trial.answer, _fresh(api, wanted))
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
    change = Change(name, changed, fields, conflicts, foreign, adopted, drift, helm_release(live))
    return change, trial.warnings, trial


def _trial(api: Api, wanted: Object, live: Object | None, earlier: Trial | None) -> Trial:
    """The server's answer, asked for only where an earlier one doesn't hold any more."""
    version = str(live["metadata"].get("resourceVersion") or "") if live else ""
    if earlier and earlier.sent == wanted and earlier.version == version:
        return earlier
    owned: dict[str, str] = {}
    try:
        applied = api.apply(wanted, dry_run=True)
    except Refusal as refusal:
        owned = owned_elsewhere(refusal)
        if not owned:
            raise
        applied = api.apply(wanted, dry_run=True, force=True)  # only to see what would change
    return Trial(wanted, version, applied.live if live else {}, applied.warnings, owned)


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
    path, manager = f"metadata.labels[{APP_LABEL}]", f"{OTHER_APP}{app}"
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


def summary(refusals: Sequence[Refusal]) -> InvalidInput | MissingPrecondition:
    """One error for all; a manifest that is wrong weighs more than what keeps a right one out."""
    first = next((refusal for refusal in refusals if not refusal.denied), refusals[0])
    family = MissingPrecondition if first.denied else InvalidInput
    if len(refusals) == 1:
        return family(first.message, hint=first.hint)
    lines = "\n".join(f"- {refusal.message}" for refusal in refusals)
    return family(f"the API server refuses {len(refusals)} objects:\n{lines}", hint=first.hint)
