"""What does the API server's refusal, or its silence, mean to a person?"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kubernetes.client.exceptions import ApiException

from kubeship.cluster import admission
from kubeship.cluster.manifests import PRECIOUS
from kubeship.errors import MissingPrecondition

FORBIDDEN = re.compile(
    r'User "(?P<user>[^"]*)" cannot (?P<verb>\S+) resource "(?P<resource>[^"]+)" in API group "(?P<group>[^"]*)"'
    r'(?: in the namespace "(?P<namespace>[^"]*)")?'
)
"""k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go, forbiddenMessage."""

CONFLICT = re.compile(r'conflict with "(?P<manager>[^"]*)"')
"""k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go, printManager."""

UNKNOWN_FIELD = re.compile(r"(?P<path>\S+): field not declared in schema|unknown field \"(?P<strict>[^\"]+)\"")
"""The first are structured-merge-diff's words, which come with status 500 on a server-side apply (seen on 1.35)."""

IMMUTABLE = re.compile(r"immutable|updates to [\w ]+ (?:for fields other than|are forbidden)|may not (?:be )?change")
"""k8s.io/apimachinery/pkg/api/validation/objectmeta.go, and the validations of apps/v1, core/v1 and storage/v1:
`updates to statefulset spec for fields other than ...`, `updates to provisioner are forbidden`, `may not change once
set`."""

MISTYPED = "failed to create typed patch object"
"""structured-merge-diff's words for a value of the wrong type; status 500 on a server-side apply (seen on 1.35)."""

UNREACHABLE: tuple[tuple[str, str, str], ...] = (
    (
        r"CERTIFICATE_VERIFY_FAILED|certificate verify failed",
        "its certificate isn't one that the kubeconfig trusts",
        "check certificate-authority of the cluster in the kubeconfig, or fetch the kubeconfig anew",
    ),
    (
        r"WRONG_VERSION_NUMBER|wrong version number|RECORD_LAYER_FAILURE|record layer failure",
        "it doesn't speak TLS there",
        "check the scheme and the port of `server` in the kubeconfig",
    ),
    (
        r"[Cc]onnection refused|Errno 111|Errno 61\b",
        "nothing listens there (connection refused)",
        "start the cluster, or choose another one with --context",
    ),
    (
        r"Name or service not known|nodename nor servname|Failed to resolve|Temporary failure in name resolution",
        "its name can't be resolved",
        "check the network or the VPN, or choose another cluster with --context",
    ),
    (
        r"timed out|[Tt]imeout",
        "it didn't answer in time",
        "check the network, the VPN and the firewall, or choose another cluster with --context",
    ),
    (
        r"No route to host|Network is unreachable",
        "there is no route to it",
        "check the network or the VPN, or choose another cluster with --context",
    ),
)
"""What the transport says -> what it means, what to do. OpenSSL's, the C library's and urllib3's words; first match."""


@dataclass(frozen=True)
class Cause:
    """One field that the API server named."""

    field: str
    message: str
    reason: str


class Refusal(MissingPrecondition):
    """A request that the API server refused or didn't answer, as a sentence; rooms outside see the base alone."""

    def __init__(
        self,
        message: str,
        *,
        hint: str,
        status: int,
        reason: str = "",
        words: str = "",
        causes: tuple[Cause, ...] = (),
        retry_after: float | None = None,
        about: str = "",
    ) -> None:
        """`status` is 0 when there was no answer; `words` are the server's own; `retry_after` in seconds.

        `about` is the name of what the server itself says this of; empty where something else may have answered.
        """
        super().__init__(message, hint=hint)
        self.status = status
        self.reason = reason
        self.words = words
        self.causes = causes
        self.retry_after = retry_after
        self.about = about

    @property
    def conflicts(self) -> tuple[tuple[str, str], ...]:
        """`(field, manager)` of each field that another manager owns; empty when it isn't that kind of 409."""
        named = (
            (cause, CONFLICT.search(cause.message)) for cause in self.causes if cause.reason == "FieldManagerConflict"
        )
        return tuple((cause.field, match["manager"] if match else "another manager") for cause, match in named)

    @property
    def immutable(self) -> bool:
        """Whether it is about a field that can't be changed on an object that exists."""
        return bool(IMMUTABLE.search(self.words)) or any(IMMUTABLE.search(cause.message) for cause in self.causes)

    @property
    def denied(self) -> bool:
        """Whether admission (a webhook, a policy, a quota) keeps the object out, rather than rights the request."""
        return admission.keeps_out(self.words) or (self.status == 403 and not self.forbidden)

    @property
    def forbidden(self) -> bool:
        """Whether whoever asks lacks a right."""
        return self.status == 403 and bool(FORBIDDEN.search(self.words))

    @property
    def may_heal(self) -> bool:
        """Whether the same idempotent request may succeed a little later."""
        if self.reason == "Certificate" or UNKNOWN_FIELD.search(self.words) or MISTYPED in self.words:
            return False
        return self.status in {0, 429, 500, 502, 503, 504} or self.nowhere

    @property
    def nowhere(self) -> bool:
        """A 404 that doesn't say what isn't there: of a gateway, or of a path that isn't served (yet).

        Only one that names the object is the API server's word that it is gone: `details.name` of the Status
        (k8s.io/apimachinery/pkg/api/errors, NewNotFound).
        """
        return self.status == 404 and not self.about


def refused(status: int, body: Mapping[str, Any], doing: str, retry_after: float | None = None) -> Refusal:
    """The sentence for a Status (meta/v1) that the API server answered; `doing` is `applying Deployment/shop-web`."""
    words = str(body.get("message") or f"status {status}")
    details = body.get("details") or {}
    causes = tuple(
        Cause(cause.get("field", ""), cause.get("message", ""), cause.get("reason", ""))
        for cause in details.get("causes") or ()
    )
    about = str(details.get("name") or "")
    message, hint = admission.sentence(words, doing) or _sentence(status, words, doing, causes)
    return Refusal(
        message,
        hint=hint,
        status=status,
        reason=str(body.get("reason") or ""),
        words=words,
        causes=causes,
        retry_after=retry_after,
        about=about,
    )


def translated(error: ApiException, host: str, doing: str) -> Refusal:
    """The vendor's exception as ours; without a status it is a transport's error in disguise (TLS)."""
    if not error.status:
        return unanswered(host, error, doing)
    after = str((error.headers or {}).get("Retry-After") or "")
    try:
        body = json.loads(error.body or "{}")
    except ValueError:
        body = {"message": str(error.body).strip()}  # a proxy's own page
    if not isinstance(body, dict):
        body = {"message": str(body)}
    return refused(error.status, body, doing, float(after) if after.isdigit() else None)


def unanswered(host: str, error: Exception, doing: str) -> Refusal:
    """The sentence for a server that can't be reached or that hung up."""
    words = f"{error} {getattr(error, 'reason', '') or ''}".strip()
    for pattern, meaning, hint in UNREACHABLE:
        if re.search(pattern, words):
            reason = "Certificate" if "certificate" in meaning or "TLS" in meaning else "Unreachable"
            return Refusal(f"{doing}: can't reach {host}: {meaning}", hint=hint, status=0, reason=reason, words=words)
    return Refusal(
        f"{doing}: the connection to {host} broke: {words.splitlines()[0] if words else type(error).__name__}",
        hint="check the network, then run the same command again",
        status=0,
        reason="Broken",
        words=words,
    )


def rule(verb: str, group: str, resource: str) -> str:
    """One rule of a Role in YAML's flow style, as it can be pasted under `rules:`."""
    return f'- {{apiGroups: ["{group}"], resources: [{resource}], verbs: [{verb}]}}'


def _sentence(status: int, words: str, doing: str, causes: tuple[Cause, ...]) -> tuple[str, str]:
    match status:
        case 401:
            return (
                f"{doing}: the API server doesn't accept the credentials (401): the token is expired, revoked or of "
                "another cluster",
                "log in again and refresh the kubeconfig (or choose another context with --context), "
                "then try `kubectl auth whoami`",
            )
        case 403:
            return _forbidden(words, doing)
        case 404 if words.startswith("namespaces "):
            namespace = words.split('"')[1] if '"' in words else "it needs"
            return f"{doing}: the namespace {namespace} doesn't exist", f"run `kubectl create namespace {namespace}`"
        case 400 | 409 | 422 | 500 if causes or UNKNOWN_FIELD.search(words) or MISTYPED in words:
            return _about_fields(words, doing, causes)
        case 429 | 500 | 502 | 503 | 504:
            return f"{doing}: the API server is in trouble ({status}): {words}", "wait a little and run it again"
        case _:
            return f"{doing}: the API server refuses ({status}): {words}", "correct what it names and try again"


def _about_fields(words: str, doing: str, causes: tuple[Cause, ...]) -> tuple[str, str]:
    owned = [cause for cause in causes if cause.reason == "FieldManagerConflict"]
    if owned:
        fields = "; ".join(f"{cause.field.lstrip('.')}: {cause.message}" for cause in owned)
        return (
            f"{doing}: another manager owns what is to be changed: {fields}",
            "let that manager make the change, or take the field out of what is deployed",
        )
    if unknown := UNKNOWN_FIELD.search(words):
        field = (unknown["path"] or unknown["strict"]).lstrip(".")
        return f"{doing}: the API has no field {field}", "correct its name or its indentation in the manifest"
    immutable = dict.fromkeys(cause.field for cause in causes if IMMUTABLE.search(cause.message))
    if immutable:
        name = doing.rpartition(" ")[2]
        anew = f"have it deleted (which stops what it runs) and created anew: --replace {name}"
        if name.partition("/")[0] in PRECIOUS:
            anew = (
                f"give it another name; kubeship replaces no {name.partition('/')[0]}, since its data would go with it"
            )
        return (
            f"{doing}: {', '.join(immutable)} can't be changed on an object that exists",
            f"put the old value back, or {anew}",
        )
    return f"{doing}: {words}", "correct the field in the manifest and try again"


def _forbidden(words: str, doing: str) -> tuple[str, str]:
    if 'User "system:anonymous"' in words:
        return (
            f"{doing}: the request went out without credentials (the server sees system:anonymous)",
            "log in again: the kubeconfig's user has no token, or its login plugin gave none",
        )
    match = FORBIDDEN.search(words)
    if match is None:
        # Quota, admission plugins and webhooks answer 403 too, in their own words.
        return f"{doing}: the API server forbids it: {words}", "ask whoever runs the cluster, or change what it names"
    user = match["user"] or "this user"
    where = f"in namespace {match['namespace']}" if match["namespace"] else "in the whole cluster"
    kind = "Role" if match["namespace"] else "ClusterRole"
    resource = match["resource"] + (f".{match['group']}" if match["group"] else "")
    return (
        f"{doing}: {user} may not {match['verb']} {resource} {where}",
        f"give it a {kind} with the rule `{rule(match['verb'], match['group'], match['resource'])}`; "
        "`kubeship check` prints all that is needed",
    )
