"""What would fail later? Everything that can be asked of the cluster before anything is changed, at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kubeship.cluster import (
    existing,
    ingresses,
    permissions,
    pod_admission,
    pointers,
    pulling,
    quotas,
    revisions,
    storage,
)
from kubeship.cluster.defined import defined
from kubeship.cluster.dry_run import NOTHING_BEYOND, Compared, Terms, tried
from kubeship.cluster.errors import Refusal
from kubeship.cluster.live import live_objects
from kubeship.cluster.manifests import sendable
from kubeship.cluster.ports import Api, Registries
from kubeship.cluster.scaling import targets
from kubeship.cluster.server_words import change_findings, refusal_findings, warning_findings
from kubeship.errors import InvalidInput
from kubeship.model.changes import Action, Consent
from kubeship.model.finding import Finding
from kubeship.model.objects import Object, ObjectRef, pod_template, ref
from kubeship.model.pulling import Upcoming
from kubeship.model.seen import Preflight, Seen


@dataclass(frozen=True)
class Question:
    """How preflight is asked."""

    consent: Consent = NOTHING_BEYOND
    registries: Registries | None = None
    """None: no registry is asked."""
    upcoming: Upcoming | None = None
    """The image that is still to be built."""
    thorough: bool = False
    """About objects that wouldn't change too: what admission and registries say of them may have changed."""


def preflight(api: Api, objects: Sequence[Object], question: Question | None = None) -> Preflight:
    """All findings, the namespace's first, and what was seen. Raises Refusal only when the server can't be asked."""
    asked = question or Question()
    namespace, found = _namespace(api)
    served, unknown = _served(api, objects)
    live: dict[ObjectRef, Object] = {}
    compared: list[Compared] = []

    def read() -> Iterable[Finding]:
        live.update(live_objects(api, served))
        return ()

    def dry_run() -> Iterable[Finding]:
        wanted = [sendable(item) for item in served]
        compared.append(tried(api, wanted, live, Terms(asked.consent, targets(api, wanted)), thorough=asked.thorough))
        yield from refusal_findings(compared[0].refusals, asked.upcoming)
        yield from change_findings(compared[0].changes, api.namespace)
        yield from warning_findings(compared[0].warnings, namespace or {})
        changed = {one.ref for one in compared[0].changes.items if asked.thorough or one.action is not Action.UNCHANGED}
        pods = [item for item in wanted if ref(item) in changed and pod_template(item) and item["kind"] != "Pod"]
        yield from pod_admission.findings(api, pods, said=compared[0].warnings)

    checks: list[Callable[[], Iterable[Finding]]] = [
        lambda: revisions.findings(objects),
        lambda: permissions.findings(api, objects, thorough=asked.thorough),
        lambda: ingresses.findings(api, served),
        lambda: pointers.findings(api, served),
        lambda: existing.findings(api, objects, namespace),
        lambda: pulling.findings(
            api, served, pulling.Asking(live, asked.registries, asked.upcoming, thorough=asked.thorough)
        ),
    ]
    if namespace is not None:  # in one that isn't there yet nothing can be tried, and nothing lives
        checks = [
            read,
            *checks,
            lambda: quotas.live_findings(api, served, live),
            lambda: storage.findings(api, served, live),
            dry_run,
        ]
    findings = (*found, *unknown, *(finding for check in checks for finding in _answered(check)))
    seen = Seen(compared[0].seen.scaled, live, compared[0].seen.trials) if compared else None
    return Preflight(findings, seen)


def pull_findings(
    api: Api, objects: Sequence[Object], registries: Registries | None, seen: Seen | None
) -> tuple[Finding, ...]:
    """Whether the nodes can pull the images, once all are in their registries."""
    live = seen.live if seen else {}
    return _answered(lambda: pulling.findings(api, objects, pulling.Asking(live, registries)))


def _served(api: Api, objects: Sequence[Object]) -> tuple[tuple[Object, ...], tuple[Finding, ...]]:
    """The objects of kinds that the server knows, and a finding for each kind that nothing will define."""
    unknown: dict[tuple[str, str], Finding | None] = {}
    kinds = defined(objects)
    for kind in sorted({(item["apiVersion"], item["kind"]) for item in objects}):
        try:
            api.kind(*kind)
        except InvalidInput as error:
            # What a CustomResourceDefinition beside it defines can't be asked about before that is applied.
            unknown[kind] = None if kind in kinds else Finding(error.message, error.hint, subject="api")
    served = tuple(item for item in objects if (item["apiVersion"], item["kind"]) not in unknown)
    return served, tuple(finding for finding in unknown.values() if finding)


def _answered(check: Callable[[], Iterable[Finding]]) -> tuple[Finding, ...]:
    """What a check finds; what it may not ask, and what the API refuses, are findings too."""
    found: list[Finding] = []
    try:
        found.extend(check())
    except InvalidInput as error:
        found.append(Finding(error.message, error.hint, subject="manifest"))
    except Refusal as refusal:
        if refusal.status in {0, 401}:
            raise
        found.append(Finding(refusal.message, refusal.hint, refusal.status != 403, "permission"))
    return tuple(found)


def _namespace(api: Api) -> tuple[Object | None, tuple[Finding, ...]]:
    """The namespace (as far as may be seen), and what is wrong with it."""
    try:
        live = api.get(ObjectRef("v1", "Namespace", "", api.namespace))
    except Refusal as refusal:
        if refusal.status != 403:
            raise
        return {"metadata": {"name": api.namespace}}, ()  # it may well be there; the dry run tells
    if live is None:
        return None, (
            Finding(
                f"namespace {api.namespace} doesn't exist",
                f"run `kubectl create namespace {api.namespace}`",
                subject="namespace",
            ),
        )
    if live["metadata"].get("deletionTimestamp"):
        problem = f"namespace {api.namespace} is being deleted"
        return live, (Finding(problem, "wait until it is gone, then run this again", subject="namespace"),)
    return live, ()
