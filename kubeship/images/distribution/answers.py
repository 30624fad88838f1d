"""What does a registry's refusal mean, and what is there to do about it?"""

import json
import re
from dataclasses import dataclass

from kubeship.images.distribution.credentials import Login
from kubeship.images.distribution.failures import Kind, RegistryFailure


@dataclass(frozen=True)
class Row:
    """One meaning of an answer; empty fields match all."""

    statuses: frozenset[int]
    words: str
    """A pattern for the error's code and message."""
    login: bool | None
    """Whether credentials were sent."""
    kind: Kind
    reason: str
    hint: str


def refusal(
    status: int, body: bytes, subject: str, registry: str, login: Login | None, *, error: str = ""
) -> RegistryFailure:
    """The meaning of an answer that isn't the hoped one; `subject` is the repository or reference that it is about.

    `error` is what a Bearer challenge says of the token that was sent (RFC 6750, 3.1).
    """
    said = error_words(body)
    names = {
        "registry": registry,
        "subject": subject,
        "status": str(status),
        "origin": login.origin if login else "",
        "path": subject.partition("/")[2].partition("@")[0].partition(":")[0],
    }
    for row in ANSWERS:
        fits = (not row.statuses or status in row.statuses) and row.login in (None, login is not None)
        if fits and re.search(row.words, f"{said} {error}", re.IGNORECASE):
            return RegistryFailure(
                row.kind, row.reason.format(**names), row.hint.format(**names), status=status, said=said
            )
    return RegistryFailure(
        "refused",
        f"{registry} answered {status}",
        "see what the registry's own log says about it, then run the same command again",
        status=status,
        said=said,
    )


def error_words(body: bytes) -> str:
    """`CODE: message` of each error that an answer names (OCI distribution specification, "Error codes")."""
    try:
        found = json.loads(body)
        errors = found.get("errors") or [{"code": "", "message": found.get("message") or found.get("details") or ""}]
        lines = [f"{one.get('code') or ''}: {one.get('message') or ''}".strip(": ") for one in errors]
    except (ValueError, AttributeError, TypeError):
        text = re.sub(r"<[^>]+>|\s+", " ", body[:2000].decode(errors="replace"))  # a proxy's page
        lines = [" ".join(text.split())[:200]]
    return "; ".join(filter(None, lines))[:500]


_NO_LOGIN = "log in: docker login {registry}, or set KUBESHIP_REGISTRY_USERNAME and KUBESHIP_REGISTRY_PASSWORD"
_NO_RIGHT = (
    "ask for the right to it, log in as somebody who has it (docker login {registry}), or correct the image's name"
)
ANSWERS: tuple[Row, ...] = (
    Row(
        frozenset({401, 403, 404}),
        r"insufficient_scope|access to the resource is denied",
        True,
        "denied",
        "{registry} doesn't allow it for {subject} with {origin}",
        _NO_RIGHT,
    ),
    Row(frozenset({401, 403}), "", False, "denied", "{registry} wants a login for {subject}", _NO_LOGIN),
    Row(
        frozenset({401}),
        "",
        True,
        "denied",
        "{registry} doesn't accept the credentials of {origin}",
        "log in again: docker login {registry}; a token may have expired",
    ),
    Row(
        frozenset({400, 403, 409, 412}),
        r"immutable|already exists|cannot be overwritten",
        None,
        "refused",
        "{registry} doesn't let the tag of {subject} name another image",
        "the tag is immutable there: commit, so that the image gets a tag of its own, or push to another repository",
    ),
    Row(
        frozenset({403, 412, 413, 507}),
        r"quota|storage resource|exceed|no space",
        None,
        "refused",
        "{registry} has no room left for {subject}",
        "delete old images there, or ask for more room",
    ),
    Row(
        frozenset({403}),
        "",
        True,
        "denied",
        "{registry} doesn't allow it for {subject} with {origin}",
        _NO_RIGHT,
    ),
    Row(
        frozenset({404}),
        r"NAME_UNKNOWN|repository.*(?:not found|does not exist)|project.*not found",
        None,
        "missing",
        "{registry} has no repository {path}",
        "create it there (on ECR: aws ecr create-repository --repository-name {path}), or correct its name",
    ),
    Row(
        frozenset({404}),
        "",
        None,
        "missing",
        "{registry} doesn't hold {subject}",
        "check its name and tag, and that {registry} is a registry",
    ),
    Row(
        frozenset({405}),
        "",
        None,
        "refused",
        "{registry} takes no images: it is read-only, or a mirror of another registry",
        "push to the registry behind it: correct `image:` in kubeship.yaml",
    ),
    Row(
        frozenset({413}),
        "",
        None,
        "refused",
        "a layer of {subject} is bigger than {registry}, or a proxy in front of it, takes",
        "raise the limit there (nginx: client_max_body_size 0)",
    ),
    Row(
        frozenset({429}),
        "",
        None,
        "passing",
        "{registry} says that there were too many requests",
        "wait, or log in for a higher limit (docker login {registry}), then run the same command again",
    ),
    Row(
        frozenset({408, 425, 500, 502, 503, 504}),
        "",
        None,
        "passing",
        "{registry} answered {status} each time",
        "see the registry's own log, then run the same command again: what has arrived is not sent twice",
    ),
    Row(
        frozenset(),
        r"DIGEST_INVALID|SIZE_INVALID",
        None,
        "refused",
        "{registry} got other bytes of {subject} than were sent",
        "run the same command again; if it says so again, a proxy in between changes what passes through it",
    ),
)
"""In order of precedence. Sources: OCI distribution specification, "Error codes"; the words of distribution, Harbor
("storage resource", "immutable"), ECR ("does not exist", "cannot be overwritten") and Docker Hub."""
