"""What do the server's answers to a dry run mean for a deploy? Conflicts, refusals and warnings as findings."""

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence

from kubeship.cluster.errors import Refusal
from kubeship.cluster.estimate import NO_DRY_RUN
from kubeship.cluster.ownership import OTHER_APP, SYNCING
from kubeship.model.changes import Changes, described, field_key
from kubeship.model.finding import Finding
from kubeship.model.objects import Object
from kubeship.model.pulling import Upcoming

ENFORCE = "pod-security.kubernetes.io/enforce"

DEPRECATED = re.compile(r"is deprecated in v[\d.]+\+(?:, unavailable in v[\d.]+\+)?(?:; use (?P<instead>.+))?$")
"""k8s.io/apiserver/pkg/endpoints/deprecation/deprecation.go, WarningMessage."""

ABOUT_IMAGES = re.compile(r"\b(?:image|images|digest|digests|tag|tags|signature|signatures|signed|attestation)\b", re.I)
"""Words of policies on images, as Kyverno, Gatekeeper's library and Connaisseur write them."""


def change_findings(changes: Changes, namespace: str) -> Iterator[Finding]:
    """Fields that belong to others, and releases of Helm that would take back what is adopted."""
    for change in changes:
        for conflict in change.conflicts:
            program = SYNCING.get(conflict.manager)
            first = f"take the object out of {program}, which would put its own value back, and " if program else ""
            take_over = f"{first}take it over: --take-over {shlex.quote(field_key(change.ref, conflict.path))}"
            adopt = "have the whole object become kubeship's: --adopt"
            if conflict.manager.startswith(OTHER_APP):
                yield Finding(
                    f"{change.ref}: {described(conflict)}",
                    f"give this app or its process another name; or {adopt}",
                    subject="conflict",
                )
                continue
            yield Finding(
                f"{change.ref}: {described(conflict)}",
                f"take the field out of the manifest, or {adopt if change.foreign else take_over}",
                subject="conflict",
            )
    for release in sorted({change.release for change in changes if change.adopted and change.release}):
        yield Finding(
            f"Helm release {release} still lists what is adopted: `helm uninstall {release}` would delete it",
            f"have Helm forget it: `kubectl delete secret --namespace {namespace} -l owner=helm,name={release}`",
            False,
            "adoption",
        )


def refusal_findings(refusals: Iterable[Refusal], upcoming: Upcoming | None = None) -> Iterator[Finding]:
    """Each object that the server would refuse: one that a webhook or a policy keeps out, or one that is wrong.

    What a policy says of an image that isn't built yet (no digest, no signature) is no word on the one that will be.
    """
    for refusal in refusals:
        if refusal.denied and upcoming and ABOUT_IMAGES.search(refusal.words):
            problem = f"{refusal.message} (asked before the image is built, which may be let in)"
            yield Finding(problem, refusal.hint, False, "admission")
        else:
            yield Finding(refusal.message, refusal.hint, subject="admission" if refusal.denied else "manifest")


def warning_findings(warnings: Sequence[str], namespace: Object) -> Iterator[Finding]:
    """What the server warns of; fatal only where it says that it will reject the pods."""
    metadata = namespace.get("metadata") or {}
    level = (metadata.get("labels") or {}).get(ENFORCE)
    for warning in warnings:
        if NO_DRY_RUN in warning:
            remedy = "nothing; whoever runs the webhook can declare its sideEffects as None or NoneOnDryRun"
            yield Finding(warning, remedy, False, "admission")
            continue
        if deprecated := DEPRECATED.search(warning):
            instead = deprecated["instead"]
            remedy = f"write {instead} in its place" if instead else "do without it before the cluster is upgraded"
            yield Finding(f"the API server warns: {warning}", remedy, False, "api")
            continue
        # The server only warns about a workload, and then rejects its pods:
        # https://kubernetes.io/docs/concepts/security/pod-security-admission/#workload-resources-and-pod-templates
        rejects = bool(level) and f'would violate PodSecurity "{level}:' in warning
        consequence = (
            f"namespace {metadata.get('name')} will reject the pods: " if rejects else "the API server warns: "
        )
        yield Finding(consequence + warning, "set what it names in the manifest", rejects, "admission")
