"""Which values must not leave the cluster in a log? Those of its pod's Secrets, and of variables named like one."""

import base64
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from kubeship.cluster.errors import Refusal
from kubeship.cluster.ports import Api
from kubeship.model.objects import Object, ObjectRef
from kubeship.model.secret_words import SECRET_NAME

MASK = "[redacted]"
SHORTEST = 6
"""A value shorter than this isn't looked for: `1` or `true` would be everywhere."""

NAMED_BY = {"secret": ("secretName", "name"), "secretKeyRef": ("name",), "secretRef": ("name",)}
"""Field of a pod's spec -> the key in it that names the Secret (a volume's and a projected source's differ)."""


def masking(api: Api, pods: Iterable[Object]) -> Callable[[str], str]:
    """What takes such values out of a text. Secrets that may not be read can't be known."""
    pods = tuple(pods)
    names = {(pod["metadata"].get("namespace", ""), name) for pod in pods for name in _secrets(pod.get("spec"))}
    values = {value for namespace, name in names for value in _values(api, ObjectRef("v1", "Secret", namespace, name))}
    values |= {value for pod in pods for value in _variables(pod.get("spec") or {})}
    longest_first = sorted(values, key=len, reverse=True)

    def masked(text: str) -> str:
        for value in longest_first:
            text = text.replace(value, MASK)
        return text

    return masked


def _secrets(spec: Any) -> Iterator[str]:
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key in NAMED_BY and isinstance(value, dict):
                yield from (value[named] for named in NAMED_BY[key] if named in value)
            yield from _secrets(value)
    elif isinstance(spec, list):
        for item in spec:
            yield from _secrets(item)


def _variables(spec: Object) -> Iterator[str]:
    """What stands in the manifest itself under a name that says that it is a secret."""
    for container in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ())):
        for variable in container.get("env") or ():
            value = variable.get("value") or ""
            if SECRET_NAME.search(variable["name"]) and len(value) >= SHORTEST:
                yield value


def _values(api: Api, secret: ObjectRef) -> Iterator[str]:
    """Its values; of an address also the password alone, which drivers quote in their errors."""
    data: dict[str, str] = {}
    with suppress(Refusal):
        data = (api.get(secret) or {}).get("data") or {}
    for encoded in data.values():
        value = base64.b64decode(encoded).decode(errors="replace").strip()
        password = ""
        with suppress(ValueError):
            password = urlsplit(value).password or ""
        for known in {value, password, unquote(password)}:
            if len(known) >= SHORTEST:
                yield known
