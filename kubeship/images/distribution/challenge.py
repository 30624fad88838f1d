"""How does a registry want to be told who asks? The WWW-Authenticate header, and tokens for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TOKEN_SECONDS = 60
"""How long a token holds when its server doesn't say (distribution specification, token authentication)."""


@dataclass(frozen=True)
class Challenge:
    """One way to authenticate, as the registry offers it."""

    scheme: str
    """basic or bearer."""
    parameters: Mapping[str, str]
    """realm, service, scope, error."""


@dataclass(frozen=True)
class Token:
    """What lets a request through until it expires."""

    value: str = field(repr=False)
    expires: float
    """On the clock of time.monotonic()."""


def challenge(header: str | None) -> Challenge | None:
    """The offer that kubeship can take: Bearer before Basic, None where neither is there (RFC 9110, 11.6.1)."""
    offers = {}
    for scheme, rest in re.findall(
        r"(?:^|,\s*)(Basic|Bearer)\b\s*((?:[^\"]|\"(?:[^\"\\]|\\.)*\")*?)(?=,\s*(?:Basic|Bearer)\b|$)",
        header or "",
        re.IGNORECASE,
    ):
        pairs = re.findall(r'([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))', rest)
        offers[scheme.lower()] = {
            name.lower(): re.sub(r"\\(.)", r"\1", quoted) or plain for name, quoted, plain in pairs
        }
    for scheme in ("bearer", "basic"):
        if scheme in offers and (scheme == "basic" or offers[scheme].get("realm")):
            return Challenge(scheme, offers[scheme])
    return None


def token_of(answer: Mapping[str, Any], now: float) -> Token | None:
    """The token in a token server's answer; it is renewed a little before its end."""
    value = answer.get("token") or answer.get("access_token")
    if not isinstance(value, str) or not value:
        return None
    lasts = answer.get("expires_in")
    seconds = float(lasts) if isinstance(lasts, (int, float)) and lasts > 0 else TOKEN_SECONDS
    return Token(value, now + seconds * 0.9)


def repository_scope(path: str, actions: str) -> str:
    """`repository:team/shop:pull,push`."""
    return f"repository:{path}:{actions}"
