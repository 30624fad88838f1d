"""What may be shown or saved of objects and logs, so that no secret leaves the cluster?"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from kubeship.model.objects import Object
from kubeship.model.secret_words import SECRET_NAME, URL_PASSWORD
from kubeship.model.verdict import Diagnosis
from kubeship.rollout.ports import Observer

MASK = "[redacted]"

SHORTEST = 6
"""A value shorter than this is not looked for in texts: `1` or `true` would be everywhere."""


def redacted_text(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without the given values, passwords in URLs, and what is assigned to a name that looks secret."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    text = URL_PASSWORD.sub(rf"\g<before>{MASK}@", text)
    text = _WHOLE.sub(MASK, text)
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


def without_values(diagnoses: tuple[Diagnosis, ...], observer: Observer) -> tuple[Diagnosis, ...]:
    """Without the values of Secrets, which a probe's command or a termination message may have said."""
    if not diagnoses:
        return ()
    mask = observer.masking()
    return tuple(
        replace(each, cause=mask(each.cause), evidence=mask(each.evidence), log=mask(each.log)) for each in diagnoses
    )


def secret_values(items: Iterable[Object]) -> frozenset[str]:
    """The values of variables whose names look secret, wherever they stand in the objects."""
    return frozenset(value for item in items for value in _secret_values(item) if len(value) >= SHORTEST)


_WHOLE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)|"
    r"\beyJ[\w-]{10,4000}\.[\w-]{10,}\.[\w-]+",
    re.DOTALL,
)
"""Private keys (RFC 7468), and JSON Web Tokens (RFC 7519), which begin with `{"` in base64."""
_BEARER = re.compile(r"(?P<before>\b(?:Bearer|Basic)\s+)[\w.~+/=-]{8,}", re.IGNORECASE)
_ASSIGNMENT = re.compile(
    r"(?<![\w/.])(?P<name>\w+)(?P<sign>\s*=\s*(?=[frbFRB]?['\"])|=|['\"]\s*[:=]\s*|:\s+(?=\S*\d)(?=[^\s'\"]{6}))"
    r"(?P<quote>[frbFRB]?['\"]|)(?P<value>(?<=['\"])[^'\"\n]*|[^\s'\",;&]+)"
)
"""`NAME=value`, `"name": "value"`, `name = 'value'` of source lines; `password: value` where the value is no word."""
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
