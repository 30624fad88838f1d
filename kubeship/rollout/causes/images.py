"""Can't the image be had? What the registry and the kubelet said about pulling it."""

from dataclasses import dataclass

from kubeship.model.verdict import Diagnosis
from kubeship.rollout.causes.conclusion import Conclusion
from kubeship.rollout.causes.rows import matching
from kubeship.rollout.events import occurrences
from kubeship.rollout.pods import ContainerSnapshot

CERTAIN_PULLS = 3
"""A single failed pull often heals (a registry restarts, a name server hiccups). The kubelet pulls again after 10 s
and 20 s, so the third failure comes some 35 s after the first (pkg/kubelet/images/image_manager.go)."""


CERTAIN_SECONDS = 90.0
"""After which three pulls have failed, though the kubelet sent no event: a busy one is minutes behind."""


@dataclass(frozen=True)
class _PullError:
    """What containerd says when a pull fails, and what it means."""

    pattern: str
    cause: str
    remedy: str
    heals: bool = False


_UNAUTHORISED = _PullError(
    r"40[13] (Unauthorized|Forbidden)|unauthorized|no basic auth credentials|authorization failed|"
    r"authorization token|denied",
    "the cluster isn't authorised to pull {image}",
    "create a Secret with `kubectl create secret docker-registry` and name it under `image_pull_secrets:` in "
    "kubeship.yaml; some registries answer so as well when the image doesn't exist",
)
_SECRET_MISSING = _PullError(
    "",
    "the cluster isn't authorised to pull {image}: the Secret that imagePullSecrets names isn't there",
    "create it in this namespace with `kubectl create secret docker-registry`, or correct `image_pull_secrets:` in "
    "kubeship.yaml",
)

PULL_ERRORS = (
    _PullError(
        r"did not resolve to an alias|short-name",
        "the nodes don't know which registry {image} is in: its name names none",
        "write the registry before the name: `image: registry.example.com/team/name` in kubeship.yaml",
    ),
    _PullError(
        r"unexpected media type text/html|invalid character '<'",
        "something else than a registry answers for {image}, such as a login page or a proxy",
        "check `image:` in kubeship.yaml, and what answers at that address from the nodes",
    ),
    _PullError(
        r"manifest\.v1\+prettyjws|schema 1|schemaVersion 1|manifest schema v1",
        "the image {image} has a format (schema 1) that the nodes don't take any more",
        "build and push it anew",
    ),
    _PullError(
        r"SignatureValidationFailed|[Ss]ource image rejected|"
        r"signature (?:was )?(?:required|not found)|rejected by policy",
        "the nodes' policy refuses {image}: it isn't signed as they want it",
        "sign it (cosign), or have the policy changed by who runs the nodes",
    ),
    _PullError(
        r"failed size validation|unexpected commit digest|invalid tar header|gzip: invalid|input/output error",
        "{image} arrives damaged at the node, or can't be unpacked there",
        "push it anew; if others fail as well, look at the node's disk and at proxies before the registry",
    ),
    _PullError(
        r"no match for platform|does not match the specified platform",
        "the image {image} isn't built for the platform of the cluster's nodes",
        "set `platform:` in kubeship.yaml to what `kubectl get nodes -L kubernetes.io/arch` shows, then deploy",
    ),
    _PullError(
        r"429 Too Many Requests|toomanyrequests",
        "the registry of {image} limits how often it may be asked",
        "wait, or name credentials with a higher limit under `image_pull_secrets:` in kubeship.yaml",
        heals=True,
    ),
    _UNAUTHORISED,
    _PullError(
        r"\b50[0234] |unexpected EOF|connection reset",
        "the registry fails while {image} is pulled",
        "look at the registry's own log, then run kubeship deploy again",
    ),
    _PullError(
        r"no space left on device",
        "the node has no room left for {image}",
        "free the node's disk, or choose another node",
    ),
    _PullError(
        r"server gave HTTP response to HTTPS client|x509: |tls: ",
        "the nodes don't trust the registry of {image}",
        "configure the nodes' container runtime for that registry (its certificate, or plain HTTP)",
    ),
    _PullError(
        r"no such host|connection refused|i/o timeout|no route to host|network is unreachable|deadline exceeded|"
        r"handshake timeout|server misbehaving|name resolution|context canceled",
        "the nodes can't reach the registry of {image}",
        "check `image:` in kubeship.yaml, and that the registry's name resolves and answers from the nodes",
    ),
    _PullError(
        r"not found|manifest unknown|name unknown|does not exist",
        "the image {image} doesn't exist in its registry",
        "push it with `kubeship build --push`, or correct `image:` in kubeship.yaml",
    ),
)
"""Containerd's words (remotes/docker/resolver.go, distribution's error codes); the first that matches counts."""

_UNKNOWN = _PullError("", "the image {image} can't be pulled", "read the evidence, then correct `image:` or registry")


def invalid_image_name(container: ContainerSnapshot) -> Conclusion | None:
    """The reference can't be parsed: no registry was even asked."""
    if container.waiting.get("reason") != "InvalidImageName":
        return None
    return Conclusion(
        Diagnosis(
            cause=f"{container.name}: {container.image} is no valid image name",
            evidence=container.waiting.get("message", ""),
            remedy="correct `image:` in kubeship.yaml, then run kubeship render",
            rule="the kubelet can't parse the name",
        ),
        certain=True,
    )


def image_not_pulled(container: ContainerSnapshot) -> Conclusion | None:
    """Pulling fails; certain from CERTAIN_PULLS failures on, unless the error is one that heals."""
    if container.waiting.get("reason") not in PULL_REASONS:
        return None
    failures = container.said("Failed", r"^Failed to pull image")
    evidence = (failures[-1] if failures else container.waiting).get("message", "")
    error, _ = matching(PULL_ERRORS, _without_name(evidence, container.image), _UNKNOWN)
    if error is _UNAUTHORISED and (unread := container.of_pod("FailedToRetrieveImagePullSecret")):
        error = _SECRET_MISSING
        evidence = f"{unread[-1].get('message', '')}; {evidence}"
    return Conclusion(
        Diagnosis(
            cause=f"{container.name}: {error.cause.format(image=container.image)}",
            evidence=evidence,
            remedy=error.remedy,
            rule=f"{CERTAIN_PULLS} pulls failed",
        ),
        certain=(occurrences(failures) >= CERTAIN_PULLS or container.awaited >= CERTAIN_SECONDS) and not error.heals,
    )


def image_never_pulled(container: ContainerSnapshot) -> Conclusion | None:
    """`imagePullPolicy: Never`, and the node doesn't have the image."""
    if container.waiting.get("reason") != "ErrImageNeverPull":
        return None
    return Conclusion(
        Diagnosis(
            cause=f"{container.name}: the node doesn't have {container.image}, and imagePullPolicy forbids to pull it",
            evidence=container.waiting.get("message", ""),
            remedy="remove `imagePullPolicy: Never` from the manifest",
            rule="the kubelet doesn't pull with this policy",
        ),
        certain=True,
    )


PULL_REASONS = frozenset({"ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "SignatureValidationFailed"})
"""pkg/kubelet/images/types.go; the reason changes between them from pull to pull."""


def _without_name(message: str, image: str) -> str:
    """The message without the image's own name, which may hold any word: `denied/app`."""
    return message.replace(image, "").replace(image.partition("@")[0].rpartition(":")[0] or image, "")
