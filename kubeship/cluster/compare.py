"""What would the server change? Live objects against the server's own dry run, without what servers add."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from kubeship.model.changes import FieldChange
from kubeship.model.objects import Object
from kubeship.model.secret_words import SECRET_NAME, URL_PASSWORD

NOISE = frozenset({"creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"})
"""Metadata that the server writes itself."""

MERGE_KEYS: dict[str, tuple[str, ...]] = {
    "containers": ("name",),
    "env": ("name",),
    "hostAliases": ("ip",),
    "imagePullSecrets": ("name",),
    "initContainers": ("name",),
    "metrics": ("type",),
    "ownerReferences": ("uid",),
    "paths": ("path",),
    "ports": ("containerPort", "port"),
    "rules": ("host",),
    "secrets": ("name",),
    "topologySpreadConstraints": ("topologyKey",),
    "volumeClaimTemplates": ("metadata.name",),
    "volumeDevices": ("devicePath",),
    "volumeMounts": ("mountPath",),
    "volumes": ("name",),
}
"""List -> what names its items, the first that all of them have. From x-kubernetes-list-map-keys and
x-kubernetes-patch-merge-key of the API's OpenAPI; `paths`, `rules` and `metrics` are atomic there, and are named so
that a person finds the item."""

MASKED, MASKED_ANEW = "(hidden)", "(hidden, another value)"
SECRET_PLACE = re.compile(r"env\[([^\]]+)\]\.value$|^data(?:\.|\[)([^\]]+)\]?$")
"""A variable's value, and a ConfigMap's."""

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""The whole object as `kubectl apply` was given it, in one text: of a Secret, with all its values."""


def field_changes(live: Object, wanted: Object) -> tuple[FieldChange, ...]:
    """What differs between a live object and what the server would make of it; what is secret is masked."""
    kind = str(wanted.get("kind") or "")
    return tuple(
        FieldChange(
            change.path,
            masked_value(change.path, change.before, MASKED, kind),
            masked_value(change.path, change.after, MASKED_ANEW, kind),
        )
        for change in _differences("", _without_noise(live), _without_noise(wanted))
    )


def field_path(path: str) -> str:
    """A path of managedFields or of a conflict as this module writes it.

    `.spec.containers[name="web"].ports[containerPort=80,protocol="TCP"]` -> `spec.containers[web].ports[80]`.
    """
    return re.sub(r"\[([^\]]*)\]", lambda match: f"[{_first_value(match[1])}]", path).lstrip(".")


def _first_value(keys: str) -> str:
    """Of `containerPort=80,protocol="TCP"`: 80; of a set's item `="x"`: x; of an index: itself."""
    named = dict(re.findall(r'(\w*)=("[^"]*"|[^,]*)', keys))
    values = [value.strip('"') for key, value in named.items() if key != "protocol"]
    return values[0] if values else keys.strip('"')


def _without_noise(item: Object) -> Object:
    metadata = {key: value for key, value in item.get("metadata", {}).items() if key not in NOISE}
    return {**{key: value for key, value in item.items() if key != "status"}, "metadata": metadata}


def _differences(path: str, before: Any, after: Any) -> Iterator[FieldChange]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from _differences(below(path, key), before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list_differences(path, before, after)
    elif path.rpartition(".")[2] in MERGE_KEYS and isinstance(before or [], list) and isinstance(after or [], list):
        # A list that comes or goes is told item by item like one that changes.
        yield from _list_differences(path, before or [], after or [])
    else:
        yield FieldChange(path, before, after)


def _list_differences(path: str, before: list[Any], after: list[Any]) -> Iterator[FieldChange]:
    names = _names(path.rpartition(".")[2], before, after)
    if names is None:
        if all(isinstance(item, dict) for item in (*before, *after)) and len(before) == len(after):
            for index, (old, new) in enumerate(zip(before, after, strict=True)):
                yield from _differences(f"{path}[{index}]", old, new)
        else:
            yield FieldChange(path, before, after)
        return
    old = dict(zip(names[0], before, strict=True))
    new = dict(zip(names[1], after, strict=True))
    for name in dict.fromkeys((*names[0], *names[1])):
        yield from _differences(f"{path}[{name}]", old.get(name), new.get(name))
    # The order of env matters ($(OTHER) is replaced from above), and so does that of init containers.
    kept_before = [name for name in names[0] if name in new]
    kept_after = [name for name in names[1] if name in old]
    if kept_before != kept_after:
        yield FieldChange(f"{path} (order)", kept_before, kept_after)


def _names(field: str, before: Sequence[Any], after: Sequence[Any]) -> tuple[list[str], list[str]] | None:
    """What names the items of both lists; None where nothing names each of them once."""
    for key in MERGE_KEYS.get(field, ()):
        both = [_named_by(key, items) for items in (before, after)]
        if all(None not in names and len(set(names)) == len(names) for names in both):
            return ([str(name) for name in both[0]], [str(name) for name in both[1]])
    return None


def _named_by(key: str, items: Sequence[Any]) -> list[Any]:
    first, _, second = key.partition(".")
    values = [item.get(first) if isinstance(item, dict) else None for item in items]
    return [value.get(second) if isinstance(value, dict) else None for value in values] if second else values


def below(path: str, key: str) -> str:
    """The path of a key."""
    if re.search(r"[./]", key):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def _mask_all(value: Any, mask: str) -> Any:
    """None stays: a key that comes or goes is no secret."""
    if isinstance(value, dict):
        return {key: _mask_all(item, mask) for key, item in value.items()}
    return None if value is None else mask


def masked_value(path: str, value: Any, mask: str = MASKED, kind: str = "") -> Any:
    """A value as it may be shown: without that of a Secret, of a variable that looks secret, or a URL's password."""
    if LAST_APPLIED in path:
        return _mask_all(value, mask)
    if kind == "Secret" and path.startswith(("data", "stringData", "metadata.annotations")):
        return _mask_all(value, mask)
    named = SECRET_PLACE.search(path)
    if isinstance(value, str) and named and SECRET_NAME.search(named[1] or named[2]):
        return mask
    return _without_secrets(value, mask)


def _without_secrets(value: Any, mask: str) -> Any:
    if isinstance(value, dict):
        if isinstance(value.get("value"), str) and SECRET_NAME.search(str(value.get("name") or "")):
            return {**value, "value": mask}
        return {key: mask if key == LAST_APPLIED else _without_secrets(item, mask) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_secrets(item, mask) for item in value]
    return URL_PASSWORD.sub(rf"\g<before>{mask}@", value) if isinstance(value, str) else value
