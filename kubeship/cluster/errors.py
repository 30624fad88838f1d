"""What does the API server's refusal, or its silence, mean to a person?"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from kubernetes.client.exceptions import ApiException

from kubeship.cluster import admission
from kubeship.cluster.sentences import FORBIDDEN, IMMUTABLE, MISTYPED, UNKNOWN_FIELD, Cause, sentence
from kubeship.errors import MissingPrecondition

T = TypeVar("T")
CONFLICT = re.compile(r'conflict with "(?P<manager>[^"]*)"')
"""k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go, printManager."""

PROXY_HINT = "check HTTPS_PROXY and NO_PROXY in the environment, and proxy-url of the cluster in the kubeconfig"
UNREACHABLE: tuple[tuple[str, str, str], ...] = (
    (
        r"Tunnel connection failed: 407",
        "the proxy before it wants a login",
        "put it into the proxy's address: http://user:password@host:port",
    ),
    (r"Tunnel connection failed", "the proxy before it doesn't let anybody through", PROXY_HINT),
    (r"Unable to connect to proxy|SOCKS|socks", "the proxy before it can't be reached", PROXY_HINT),
    (
        r"KEY_VALUES_MISMATCH|key values mismatch",
        "the client's certificate and its key don't belong together",
        "correct client-certificate and client-key of the user in the kubeconfig",
    ),
    (
        r"alert (?:bad certificate|unknown ca|certificate (?:required|expired|revoked|unknown))",
        "it doesn't take the client's certificate",
        "log in again, or fetch the kubeconfig anew: client-certificate of the user may have expired",
    ),
    (
        r"[Hh]ostname mismatch|IP address mismatch|doesn't match",
        "its certificate is for another name",
        "correct `server` in the kubeconfig, or name the certificate's own name there as tls-server-name",
    ),
    (
        r"certificate has expired",
        "its certificate has expired, by this machine's clock",
        "look at this machine's clock (`date`), then have the certificate of the API server renewed",
    ),
    (
        r"certificate is not yet valid",
        "its certificate isn't valid yet, by this machine's clock",
        "correct this machine's clock",
    ),
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
    def unreachable(self) -> bool:
        """Whether nothing has answered at all."""
        return self.status == 0 and self.reason == "Unreachable"

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


def permitted(ask: Callable[[], T]) -> T | None:
    """What was asked for; None where whoever asks may not see it. Raises every other Refusal."""
    try:
        return ask()
    except Refusal as refusal:
        if refusal.status != 403:
            raise
        return None


def refused(status: int, body: Mapping[str, Any], doing: str, retry_after: float | None = None) -> Refusal:
    """The sentence for a Status (meta/v1) that the API server answered; `doing` is `applying Deployment/shop-web`."""
    words = str(body.get("message") or f"status {status}")
    details = body.get("details") or {}
    causes = tuple(
        Cause(cause.get("field", ""), cause.get("message", ""), cause.get("reason", ""))
        for cause in details.get("causes") or ()
    )
    about = str(details.get("name") or "")
    message, hint = admission.sentence(words, doing) or sentence(status, words, doing, causes)
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
    reason = str(getattr(error, "reason", "") or "").strip()
    words = reason if isinstance(error, ApiException) else f"{error} {reason}".strip()
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
