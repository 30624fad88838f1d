"""What would fail later? Everything that can be asked of the cluster before anything is changed, at once."""

from collections.abc import Callable, Iterable, Sequence

from kubeship.cluster import existing, ingresses, permissions, pulling, quotas, storage
from kubeship.cluster.dry_run import NOTHING_BEYOND, compare
from kubeship.cluster.errors import Refusal
from kubeship.cluster.estimate import NO_DRY_RUN
from kubeship.cluster.parallel import each
from kubeship.cluster.ports import Api
from kubeship.errors import InvalidInput
from kubeship.model.changes import Consent, described, field_key
from kubeship.model.finding import Finding
from kubeship.model.objects import Object, ObjectRef, pod_template, ref

ENFORCE = "pod-security.kubernetes.io/enforce"


def preflight(
    api: Api, objects: Sequence[Object], consent: Consent = NOTHING_BEYOND, *, thorough: bool = False
) -> tuple[Finding, ...]:
    """All findings, the namespace's first. Raises Refusal only when the server can't be asked at all.

    `thorough` asks about objects that wouldn't change too: what admission says of them may have changed.
    """
    namespace, found = _namespace(api)
    served, unknown = _served(api, objects)
    checks: list[Callable[[], Iterable[Finding]]] = [
        lambda: permissions.findings(api, served),
        lambda: ingresses.findings(api, served),
        lambda: existing.findings(api, objects, namespace),
        lambda: pulling.findings(api, served),
    ]
    # In a namespace that isn't there yet nothing can be tried.
    if namespace is not None:
        checks.append(lambda: _quota_findings(api, served))
        checks.append(lambda: storage.findings(api, served))
        checks.append(lambda: _dry_run(api, served, namespace, consent, thorough))
    return (*found, *unknown, *(finding for check in checks for finding in _answered(check)))


def _served(api: Api, objects: Sequence[Object]) -> tuple[tuple[Object, ...], tuple[Finding, ...]]:
    """The objects of kinds that the server knows, and a finding for each kind that it doesn't."""
    unknown: dict[tuple[str, str], Finding] = {}
    for kind in sorted({(item["apiVersion"], item["kind"]) for item in objects}):
        try:
            api.kind(*kind)
        except InvalidInput as error:
            unknown[kind] = Finding(error.message, error.hint, subject="api")
    served = tuple(item for item in objects if (item["apiVersion"], item["kind"]) not in unknown)
    return served, tuple(unknown.values())


def _answered(check: Callable[[], Iterable[Finding]]) -> tuple[Finding, ...]:
    """What a check finds; what it may not ask, and what the API refuses, are findings too."""
    try:
        return tuple(check())
    except InvalidInput as error:
        return (Finding(error.message, error.hint, subject="manifest"),)
    except Refusal as refusal:
        if refusal.status in {0, 401}:
            raise
        return (Finding(refusal.message, refusal.hint, refusal.status != 403, "permission"),)


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


def _dry_run(
    api: Api, objects: Sequence[Object], namespace: Object, consent: Consent, thorough: bool
) -> Iterable[Finding]:
    changes, warnings = compare(api, objects, consent, thorough=thorough)
    for change in changes:
        for conflict in change.conflicts:
            take_over = f"take it over: --take-over {field_key(change.ref, conflict.path)}"
            adopt = "have the whole object become kubeship's: --adopt"
            yield Finding(
                f"{change.ref}: {described(conflict)}",
                f"take the field out of the manifest, or {adopt if change.foreign else take_over}",
                subject="conflict",
            )
    for release in sorted({change.release for change in changes if change.adopted and change.release}):
        yield Finding(
            f"Helm release {release} still lists what is adopted: `helm uninstall {release}` would delete it",
            f"have Helm forget it: `kubectl delete secret --namespace {api.namespace} -l owner=helm,name={release}`",
            False,
            "adoption",
        )
    level = (namespace["metadata"].get("labels") or {}).get(ENFORCE)
    for warning in warnings:
        if NO_DRY_RUN in warning:
            remedy = "nothing; whoever runs the webhook can declare its sideEffects as None or NoneOnDryRun"
            yield Finding(warning, remedy, False, "admission")
            continue
        # The server only warns about a workload, and then rejects its pods:
        # https://kubernetes.io/docs/concepts/security/pod-security-admission/#workload-resources-and-pod-templates
        rejects = bool(level) and f'would violate PodSecurity "{level}:' in warning
        consequence = f"namespace {api.namespace} will reject the pods: " if rejects else "the API server warns: "
        yield Finding(consequence + warning, "set what it names in the manifest", rejects, "admission")


def _quota_findings(api: Api, objects: Sequence[Object]) -> Iterable[Finding]:
    try:
        limiting = api.list("v1", "ResourceQuota").items
        ranges = api.list("v1", "LimitRange").items
    except Refusal as refusal:
        if refusal.status != 403:
            raise
        return ()  # whoever may not see them learns of them from the pods that aren't admitted
    if not limiting and not ranges:
        return ()
    workloads = [item for item in objects if pod_template(item)]
    live = {
        ref(item): found for item, found in zip(workloads, each(api.get, map(ref, workloads)), strict=True) if found
    }
    return quotas.findings(limiting, ranges, objects, live)
