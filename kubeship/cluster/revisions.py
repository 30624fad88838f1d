"""What was deployed before? Records in ConfigMaps, one a deploy: `kubeship-<app>-<number>`."""

import base64
import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from kubeship.cluster.ports import Api
from kubeship.errors import InvalidInput, MissingPrecondition
from kubeship.model.finding import Finding
from kubeship.model.objects import Object, ObjectRef, ref
from kubeship.model.revision import Outcome, Revision, recorded

OWNER_LABEL = "kubeship.dev/app"
REVISION_LABEL = "kubeship.dev/revision"
MANAGED_BY = {"app.kubernetes.io/managed-by": "kubeship"}
META, OBJECTS = "revision.json", "objects.json.gz"
SCHEMA = "kubeship.revision/1"
KEPT = 20
"""Records of an app; beside them the last that succeeded, however old."""
LARGEST = 900 * 1024
"""Bytes of compressed objects; a ConfigMap holds 1 MiB: https://kubernetes.io/docs/concepts/configuration/configmap/"""
SMALLER = "take large files out of ConfigMaps: put them into the image or into a volume"


class OtherSchema(ValueError):
    """A record that another version wrote."""


def revisions(api: Api, app: str) -> tuple[Revision, ...]:
    """All records, newest first. Raises MissingPrecondition naming a record that can't be read."""
    found = (decode(item) for item in _records(api, app))
    return tuple(sorted(found, key=lambda revision: revision.number, reverse=True))


def record(api: Api, revision: Revision, check: Callable[[], None]) -> None:
    """Create or update the record; `check` raises before a write without the lease. At its end goes what is too old."""
    encoded = encode(revision)
    check()
    # Forced: the record is kubeship's own, and applying it twice is harmless when an answer is lost.
    api.apply(encoded, force=True)
    if revision.outcome is Outcome.STARTED:
        return  # whoever waits for the new version shouldn't have to wait for this
    for number in surplus(_outcome(item) for item in _records(api, revision.app)):
        check()
        api.delete(_ref(revision.app, number), propagation="Background")


def delete_records(api: Api, app: str) -> None:
    """Delete all records of the app."""
    for item in _records(api, app):
        api.delete(ObjectRef("v1", "ConfigMap", "", item["metadata"]["name"]), propagation="Background")


def surplus(records: Iterable[tuple[int, Outcome]]) -> tuple[int, ...]:
    """The numbers that are too old: neither among the newest KEPT nor the last that succeeded."""
    newest_first = sorted(records, reverse=True, key=lambda entry: entry[0])
    succeeded = next((number for number, outcome in newest_first if outcome is Outcome.SUCCEEDED), None)
    return tuple(number for number, _ in newest_first[KEPT:] if number != succeeded)


def encode(revision: Revision) -> Object:
    """The ConfigMap; the same revision is the same bytes. Raises InvalidInput when it doesn't fit into one."""
    packed = _packed(_text(revision.objects))
    if len(packed) > LARGEST:
        raise InvalidInput(_too_large(revision.objects, packed), hint=SMALLER)
    meta = {
        "schema": SCHEMA,
        "number": revision.number,
        "app": revision.app,
        "environment": revision.environment,
        "outcome": revision.outcome.value,
        "image": revision.image,
        "started": revision.started.isoformat(),
        "finished": revision.finished and revision.finished.isoformat(),
        "holder": revision.holder,
        "source": revision.source,
        "message": revision.message,
        "commit": revision.commit,
    }
    labels = {**MANAGED_BY, OWNER_LABEL: revision.app, REVISION_LABEL: str(revision.number)}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": _ref(revision.app, revision.number).name, "labels": labels},
        "data": {META: json.dumps(meta, indent=1)},
        "binaryData": {OBJECTS: base64.b64encode(packed).decode()},
    }


def findings(objects: Sequence[Object]) -> Iterator[Finding]:
    """Whether the objects fit into a record."""
    text = _text(tuple(objects))
    if len(text) > LARGEST and len(packed := _packed(text)) > LARGEST:
        yield Finding(_too_large(objects, packed), SMALLER, subject="record")


def decode(item: Object) -> Revision:
    """The revision in a ConfigMap. Raises MissingPrecondition when it isn't one that this version wrote."""
    try:
        meta = _meta(item)
        packed = base64.b64decode(item["binaryData"][OBJECTS])
        return Revision(
            number=meta["number"],
            app=meta["app"],
            environment=meta["environment"],
            outcome=Outcome(meta["outcome"]),
            image=meta["image"],
            objects=_objects(json.loads(gzip.decompress(packed))),
            started=datetime.fromisoformat(meta["started"]),
            finished=datetime.fromisoformat(meta["finished"]) if meta["finished"] else None,
            holder=meta["holder"],
            source=meta["source"],
            message=meta["message"],
            commit=meta.get("commit", ""),
        )
    except (AttributeError, KeyError, TypeError, ValueError, OSError, EOFError, zlib.error) as error:
        raise _unreadable(item, error) from error


def _text(objects: tuple[Object, ...]) -> bytes:
    return json.dumps(recorded(objects), sort_keys=True, separators=(",", ":")).encode()


def _packed(text: bytes) -> bytes:
    return gzip.compress(text, mtime=0)


def _too_large(objects: Sequence[Object], packed: bytes) -> str:
    return (
        f"the record of the revision doesn't fit into a ConfigMap: its {len(objects)} objects are "
        f"{len(packed) // 1024} KiB compressed, at most {LARGEST // 1024} fit"
    )


def _objects(unpacked: Any) -> tuple[Object, ...]:
    """Raises KeyError or TypeError where somebody has edited something else into it."""
    for each in unpacked:
        ref(each)
    return tuple(unpacked)


def _meta(item: Object) -> dict[str, Any]:
    meta: dict[str, Any] = json.loads(item["data"][META])
    if meta["schema"] != SCHEMA:
        raise OtherSchema(f"it is of schema {meta['schema']}, this kubeship reads {SCHEMA}")
    return meta


def _outcome(item: Object) -> tuple[int, Outcome]:
    """Without unpacking the objects."""
    try:
        meta = _meta(item)
        return meta["number"], Outcome(meta["outcome"])
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable(item, error) from error


def _unreadable(item: Object, error: Exception) -> MissingPrecondition:
    metadata = item["metadata"]
    name, place = metadata["name"], f" --namespace {metadata['namespace']}" if metadata.get("namespace") else ""
    if isinstance(error, OtherSchema):
        return MissingPrecondition(
            f"ConfigMap/{name} is a record of another version of kubeship: {error}",
            hint="run a kubeship that is at least as new as the one that deployed last",
        )
    return MissingPrecondition(
        f"ConfigMap/{name} is labelled as a record of kubeship's but can't be read: {type(error).__name__}: {error}",
        hint=f"delete the record, then deploy again: `kubectl delete configmap {name}{place}`",
    )


def _records(api: Api, app: str) -> tuple[Object, ...]:
    return api.list("v1", "ConfigMap", {"labelSelector": f"{OWNER_LABEL}={app},{REVISION_LABEL}"}).items


def _ref(app: str, number: int) -> ObjectRef:
    return ObjectRef("v1", "ConfigMap", "", f"kubeship-{app}-{number}")
