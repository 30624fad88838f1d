"""What may be shown or saved of objects and logs, so that no secret leaves the cluster?"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from kubeship.model.objects import Object
from kubeship.model.verdict import Diagnosis

MASK = "[redacted]"

SECRET_NAME = re.compile(
    r"SECRET|TOKEN|PASSW|PASSPHRASE|CREDENTIAL|PRIVATE|API_?KEY|_KEY\b|_KEY_|^KEY$|ACCESS_?KEY|\bAUTH\b|_AUTH\b|DSN|"
    r"DATABASE_UR[IL]|BROKER_URL|REDIS_URL|_PW\b",
    re.IGNORECASE,
)
"""Names of variables that hold secrets, by the habits of Django, Flask, Celery, Sentry, AWS and 12-factor apps."""

SHORTEST = 6
"""A value shorter than this is not looked for in texts: `1` or `true` would be everywhere."""


def redacted_text(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without the given values, passwords in URLs, and what is assigned to a name that looks secret."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    text = _URL_PASSWORD.sub(rf"\g<before>{MASK}@", text)
    text = _BEARER.sub(rf"\g<before>{MASK}", text)
    return _ASSIGNMENT.sub(_masked_assignment, text)


def redacted_object(item: Object, secrets: Iterable[str] = ()) -> Object:
    """The object without the values of secret variables and of Secrets, and without what only the server needs."""
    known = tuple(secrets)
    metadata = {k: v for k, v in item["metadata"].items() if k != "managedFields"}
    annotations = {k: v for k, v in (metadata.get("annotations") or {}).items() if k != _LAST_APPLIED}
    if annotations:
        metadata["annotations"] = annotations
    else:
        metadata.pop("annotations", None)
    masked: Object = _masked({**item, "metadata": metadata}, known)
    for field in ("data", "stringData"):
        if item["kind"] == "Secret" and item.get(field):
            masked[field] = dict.fromkeys(item[field], MASK)
    return masked


def redacted_diagnosis(diagnosis: Diagnosis, secrets: Iterable[str]) -> Diagnosis:
    """The diagnosis as it may be printed in a CI log."""
    known = tuple(secrets)
    return replace(
        diagnosis,
        cause=redacted_text(diagnosis.cause, known),
        evidence=redacted_text(diagnosis.evidence, known),
        log=redacted_text(diagnosis.log, known),
    )


def secret_values(items: Iterable[Object]) -> frozenset[str]:
    """The values of variables whose names look secret, wherever they stand in the objects."""
    return frozenset(value for item in items for value in _secret_values(item) if len(value) >= SHORTEST)


_URL_PASSWORD = re.compile(
    r"(?P<before>\b[a-z][a-z0-9+.-]*://(?:[^\s:/@'\"]*:(?=[^\s/'\"]+@)|(?=[^\s:/@'\"]{16,}@)))[^\s/'\"]+@",
    re.IGNORECASE,
)
"""A password, or a token that stands where the user's name would."""
_BEARER = re.compile(r"(?P<before>\b(?:Bearer|Basic)\s+)[\w.~+/=-]{8,}", re.IGNORECASE)
_ASSIGNMENT = re.compile(
    r"(?<![\w/.])(?P<name>\w+)(?P<sign>=|['\"]\s*[:=]\s*)(?P<quote>['\"]?)(?P<value>(?<=['\"])[^'\"\n]*|[^\s'\",;&]+)"
)
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def _masked_assignment(match: re.Match[str]) -> str:
    if not SECRET_NAME.search(match["name"]):
        return match[0]
    return f"{match['name']}{match['sign']}{match['quote']}{MASK}"


def _masked(value: Any, secrets: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        if _is_secret_variable(value):
            return {**value, "value": MASK}
        return {key: _masked(item, secrets) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item, secrets) for item in value]
    return redacted_text(value, secrets) if isinstance(value, str) else value


def _secret_values(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if _is_secret_variable(value):
            yield value["value"]
        for item in value.values():
            yield from _secret_values(item)
    elif isinstance(value, list):
        for item in value:
            yield from _secret_values(item)


def _is_secret_variable(value: dict[str, Any]) -> bool:
    """An entry of `env`: `{name: DATABASE_URL, value: ...}`."""
    if not isinstance(value.get("value"), str) or not isinstance(value.get("name"), str):
        return False
    return bool(SECRET_NAME.search(value["name"]))


def readable(item: Object) -> str:
    """The object as text that diffs well."""
    return json.dumps(item, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
