"""What do a registry's words mean, and what is there to do about them?"""

import re
from dataclasses import dataclass
from typing import Literal

from kubeship.images.distribution.reference import registry_of

Kind = Literal["denied", "missing", "refused", "refused-login", "unreachable"]


@dataclass(frozen=True)
class Refusal:
    """Why a registry didn't do what was asked."""

    kind: Kind
    reason: str
    """Completes `Pushing x failed: `, without a full stop."""
    hint: str


def refusal(reference: str, said: str, has_login: bool) -> Refusal | None:
    """The meaning of an error message of the engine's about a registry; None for words that nobody foresaw.

    `has_login`: credentials were sent, so that logging in would not help.
    """
    registry = registry_of(reference)
    names = {"registry": registry, "reference": reference}
    for kind, pattern, reason, advice in REFUSALS:
        if re.search(pattern, said, re.IGNORECASE):
            hint = LOG_IN if kind == "denied" and not has_login else advice
            return Refusal(kind, reason.format(**names), hint.format(**names))
    return None


def may_pass(said: str) -> bool:
    """Whether the words are of something that another attempt may not meet: too many requests, 5xx, a broken line."""
    return re.search(PASSING, said, re.IGNORECASE) is not None


PASSING = (
    r"toomanyrequests|429 Too Many|(?:status:|HTTP) (?:429|5\d\d)|\b50[0234] (?:Internal|Bad Gateway|Service|Gateway)|"
    r"Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out|unexpected EOF|(?:^|\W)EOF$|"
    r"connection reset|broken pipe|use of closed network connection|i/o timeout|Client\.Timeout exceeded|"
    r"TLS handshake timeout|blob upload (?:unknown|invalid)|unknown: unknown error"
)
"""Source: moby (distribution/xfer, which tries layers again, manifests not), Go's net and net/http."""

LOG_IN = "log in: docker login {registry}, or set KUBESHIP_REGISTRY_USERNAME and KUBESHIP_REGISTRY_PASSWORD"
REFUSALS: tuple[tuple[Kind, str, str, str], ...] = (
    (
        "unreachable",
        r"server gave HTTP response to HTTPS client",
        "{registry} speaks plain HTTP, and the engine insists on HTTPS",
        'give the registry a certificate, or list it under "insecure-registries" in the engine\'s daemon.json',
    ),
    (
        "unreachable",
        r"x509: |certificate signed by unknown authority|tls: failed to verify",
        "the engine doesn't trust the certificate of {registry}",
        "put the registry's authority into /etc/docker/certs.d/{registry}/ca.crt on the engine's host",
    ),
    (
        "unreachable",
        r"no such host|server misbehaving|Temporary failure in name resolution",
        "the engine can't find a host of the name {registry}",
        "check the spelling of `image:` in kubeship.yaml, and the DNS of the engine's host",
    ),
    (
        "unreachable",
        r"connection refused",
        "nothing answers at {registry}: the connection is refused",
        "start the registry, or correct `image:` in kubeship.yaml",
    ),
    (
        "unreachable",
        r"i/o timeout|Client\.Timeout exceeded|deadline exceeded|TLS handshake timeout|no route to host|"
        r"network is unreachable",
        "{registry} doesn't answer the engine",
        "check the network and proxy of the engine's host, then run the same command again",
    ),
    (
        "refused-login",
        r"incorrect username or password|invalid username/password|bad credentials|token (?:has )?expired|"
        r"authentication (?:is )?required.*expired",
        "{registry} doesn't accept the credentials of the Docker configuration",
        "log in again: docker login {registry}",
    ),
    (
        "denied",
        r"HTTP 40[13] response|unauthorized|authentication required|no basic auth credentials|denied|forbidden|"
        r"insufficient_scope|"
        r"repository does not exist or may require",
        "{registry} doesn't allow it for {reference}",
        "ask for the right to push there, log in as somebody who has it (docker login {registry}), or correct `image:` "
        "in kubeship.yaml",
    ),
    (
        "refused",
        r"HTTP 413 response|413 Request Entity Too Large",
        "a layer of {reference} is bigger than {registry}, or a proxy in front of it, takes",
        "raise the limit there (nginx: client_max_body_size 0)",
    ),
    (
        "missing",
        r"manifest unknown|name unknown|not found|NAME_UNKNOWN",
        "{registry} doesn't hold {reference}",
        "check its name and tag",
    ),
    (
        "unreachable",
        r"toomanyrequests|429 Too Many Requests|HTTP 429 response|rate limit",
        "{registry} says that there were too many requests",
        "wait, or log in for a higher limit: docker login {registry}",
    ),
)
"""Kind, pattern, reason, hint; in order of precedence. Source: moby (distribution/errors.go), Go's net and crypto/tls,
and the error codes of the OCI distribution specification."""
