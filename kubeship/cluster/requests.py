"""Which request is each question to the API server?"""

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from urllib.parse import quote

from kubernetes.dynamic import DynamicClient

from kubeship.cluster.discovery import Discovery
from kubeship.cluster.errors import Refusal
from kubeship.cluster.persistence import answered_or_broken, may_heal, may_heal_or_race, never
from kubeship.cluster.ports import Applied, Kind, Listing
from kubeship.cluster.streams import ResponseLines
from kubeship.cluster.transport import WATCH_SECONDS, Transport
from kubeship.errors import InvalidInput
from kubeship.model.events import Emit
from kubeship.model.logs import Terminal
from kubeship.model.objects import Object, ObjectRef, ref

FIELD_MANAGER = "kubeship"
HURRY = (3.0, 5.0)
"""Seconds to connect, and between two bytes, for a lease's renewal: it must be answered before the lease ends."""
PAGE = 500
"""Names that one question is answered with; kubectl's own --chunk-size."""
METADATA_ALONE = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
"""https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches"""
WARNING = re.compile(r'299 \S+ "((?:[^"\\]|\\.)*)"')
"""RFC 7234, 5.5: warn-code, warn-agent, quoted warn-text."""


class DynamicApi:
    """ports.Api over the kubernetes package's dynamic client; serves many threads."""

    def __init__(
        self,
        client: DynamicClient,
        namespace: str,
        emit: Emit,
        sleep: Callable[[float], None] = time.sleep,
        renew: Callable[[], None] = lambda: None,
    ) -> None:
        """Retries are emitted as Notes; `renew` gets another login where the server doesn't take the first any more."""
        self.namespace = namespace
        self.host: str = client.configuration.host
        self._client = client
        self._transport = Transport(client, emit, sleep, renew)
        self._known = Discovery(client, self._transport.persist)

    def now(self) -> datetime:
        """The time by the server's clock."""
        return self._transport.now()

    def version(self) -> str:
        """`v1.35.4`; a server that isn't there at all is told at once."""
        doing = f"asking {self.host} for its version"
        answer, _ = self._transport.json("GET", "/version", doing, heals=answered_or_broken)
        return str(answer.get("gitVersion", "of unknown version"))

    def kind(self, api_version: str, kind: str) -> Kind:
        """What the server knows of a kind."""
        resource = self._known.resource(api_version, kind)
        return Kind(resource.group or "", resource.name, bool(resource.namespaced))

    def get(self, wanted: ObjectRef) -> Object | None:
        """The live object, or None: one of a kind that isn't served isn't there either."""
        try:
            return self._transport.json("GET", self._path(wanted), f"reading {wanted}")[0]
        except InvalidInput:
            return None
        except Refusal as refusal:
            if self._is_gone(wanted, refusal):
                return None
            raise

    def list(
        self, api_version: str, kind: str, query: Mapping[str, str] | None = None, everywhere: bool = False
    ) -> Listing:
        """The objects of a kind; items of a list lack apiVersion and kind, which are put back."""
        path = self._path(ObjectRef(api_version, kind, "", ""), everywhere=everywhere)
        answer, _ = self._transport.json("GET", path, f"listing {kind} objects", query=query)
        items = tuple({"apiVersion": api_version, "kind": kind, **item} for item in answer.get("items") or ())
        return Listing(items, answer.get("metadata", {}).get("resourceVersion", ""))

    def names(self, api_version: str, kind: str) -> frozenset[str] | None:
        """The names alone, a page of them."""
        path = self._path(ObjectRef(api_version, kind, "", ""))
        query = {"limit": str(PAGE)}
        answer, _ = self._transport.json("GET", path, f"listing {kind} objects", query=query, accept=METADATA_ALONE)
        if (answer.get("metadata") or {}).get("continue"):
            return None
        return frozenset(str(item["metadata"]["name"]) for item in answer.get("items") or ())

    def create(self, item: Object) -> Object:
        """POST."""
        name = ref(item)
        path = self._path(ObjectRef(name.api_version, name.kind, name.namespace, ""))
        query = {"fieldManager": FIELD_MANAGER}
        return self._transport.json("POST", path, f"creating {name}", query=query, body=item)[0]

    def replace(self, item: Object) -> Object:
        """PUT; tried once, and quickly."""
        query = {"fieldManager": FIELD_MANAGER}
        path = self._path(ref(item))
        return self._transport.json(
            "PUT", path, f"writing {ref(item)}", query=query, body=item, heals=never, timeout=HURRY
        )[0]

    def apply(self, item: Object, *, dry_run: bool = False, force: bool = False) -> Applied:
        """Server-side apply."""
        query = {"fieldManager": FIELD_MANAGER, "force": str(force).lower(), "fieldValidation": "Strict"}
        doing = f"applying {ref(item)}"
        if dry_run:
            query["dryRun"] = "All"
            doing = f"comparing {ref(item)}"
        answer, headers = self._transport.json(
            "PATCH",
            self._path(ref(item)),
            doing,
            query=query,
            # A string, since the client turns only application/json into JSON in every version of it.
            body=yaml_safe_json(item),
            content_type="application/apply-patch+yaml",
            heals=may_heal if "resourceVersion" in item["metadata"] else may_heal_or_race,
        )
        return Applied(answer, warnings(headers.getlist("Warning")))

    def patch(self, target: ObjectRef, operations: Sequence[Mapping[str, Any]]) -> Object:
        """JSON Patch."""
        query = {"fieldManager": FIELD_MANAGER}
        return self._transport.json(
            "PATCH",
            self._path(target),
            f"changing {target}",
            query=query,
            body=list(operations),
            content_type="application/json-patch+json",
        )[0]

    def delete(self, target: ObjectRef, *, propagation: str, uid: str = "") -> None:
        """DELETE."""
        options: Object = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        if uid:
            options["preconditions"] = {"uid": uid}
        try:
            self._transport.json("DELETE", self._path(target), f"deleting {target}", body=options)
        except Refusal as refusal:
            another = refusal.status == 409 and "Precondition failed" in refusal.words
            if not (another or self._is_gone(target, refusal)):
                raise

    def _is_gone(self, wanted: ObjectRef, refusal: Refusal) -> bool:
        """Whether a refusal says so; what leads nowhere may be of a kind that was served when it was looked up."""
        if not refusal.nowhere:
            return refusal.status == 404
        self._known.forget()
        try:
            self._known.resource(wanted.api_version, wanted.kind)
        except InvalidInput:
            return True
        return False

    def post(self, path: str, body: Object, doing: str) -> dict[str, Any]:
        """POST of a review."""
        return self._transport.json("POST", path, doing, body=body)[0]

    def watch(
        self, api_version: str, kind: str, version: str, query: Mapping[str, str]
    ) -> AbstractContextManager[ResponseLines]:
        """Watch events as JSON lines."""
        parameters = {
            **query,
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": str(WATCH_SECONDS),
        }
        path = self._path(ObjectRef(api_version, kind, "", ""))
        return self._transport.stream(path, f"watching {kind} objects", parameters)

    def log(self, pod: str, query: Mapping[str, str]) -> str:
        """A log's end."""
        path = self._path(ObjectRef("v1", "Pod", "", pod)) + "/log"
        response = self._transport.send("GET", path, f"reading the log of Pod/{pod}", query=query)
        return bytes(response.data).decode("utf-8", "replace")

    def follow(self, pod: str, query: Mapping[str, str]) -> AbstractContextManager[ResponseLines]:
        """A log that goes on."""
        path = self._path(ObjectRef("v1", "Pod", "", pod)) + "/log"
        return self._transport.stream(path, f"following the log of Pod/{pod}", {**query, "follow": "true"})

    def attach(self, pod: str, container: str, *, terminal: bool) -> AbstractContextManager[Terminal]:
        """Its input and, with a terminal, its output."""
        # Imports most of the kubernetes package, which takes longer than all that most commands do.
        from kubeship.cluster.attach import attach  # noqa: PLC0415

        return attach(self._client.configuration, self.namespace, pod, container, terminal=terminal)

    def output_of(self, pod: str, container: str, command: Sequence[str]) -> str:
        """What a command prints inside a running container."""
        from kubeship.cluster.exec import output_of  # noqa: PLC0415  # likewise

        return output_of(self._client.configuration, self.namespace, pod, container, command)

    def _path(self, wanted: ObjectRef, everywhere: bool = False) -> str:
        resource = self._known.resource(wanted.api_version, wanted.kind)
        prefix = f"/api/{wanted.api_version}" if not wanted.group else f"/apis/{wanted.api_version}"
        if resource.namespaced and not everywhere:
            prefix += f"/namespaces/{quote(wanted.namespace or self.namespace, safe='')}"
        return f"{prefix}/{resource.name}" + (f"/{quote(wanted.name, safe='')}" if wanted.name else "")


def yaml_safe_json(item: Object) -> str:
    """JSON that the server's YAML parser, which reads apply patches, reads as JSON.

    It refuses surrogate pairs (so an emoji must stand as itself), and DEL and C1 controls that aren't escaped.
    """
    text = json.dumps(item, ensure_ascii=False)
    return re.sub(r"[\x7f-\x9f]", lambda match: f"\\u{ord(match[0]):04x}", text)


def warnings(headers: list[str]) -> tuple[str, ...]:
    """What Warning headers say, unquoted."""
    found = (match[1] for header in headers for match in WARNING.finditer(header))
    return tuple(re.sub(r"\\(.)", r"\1", text) for text in found)
