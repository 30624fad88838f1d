"""What do compare, apply, lease, ... need of the API server? The few verbs; requests.py sends them, tests fake them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from kubeship.model.logs import Terminal
from kubeship.model.objects import Object, ObjectRef
from kubeship.model.pulling import PullLogin, Reading


@dataclass(frozen=True)
class Kind:
    """A kind that the server knows."""

    group: str
    resource: str
    """The plural in the URL: `deployments`."""
    namespaced: bool


@dataclass(frozen=True)
class Applied:
    """An object as the server has it (or would have it), and what it warns of."""

    live: Object
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listing:
    """The objects of a kind, and from where a watch goes on."""

    items: tuple[Object, ...] = field(default=())
    version: str = ""


class Lines(Protocol):
    """A stream that goes on: a watch, a log."""

    def __iter__(self) -> Iterator[str]:
        """Line by line until the server ends it. Raises Refusal when the connection breaks."""

    def stop(self) -> None:
        """End it from another thread."""


class Registries(Protocol):
    """What the images room answers."""

    def __call__(self, image: str, login: PullLogin | None) -> Reading:
        """What an image's registry says to exactly these credentials, or to nobody's. Raises nothing."""


class Api(Protocol):
    """One namespace of an API server. Every method raises errors.Refusal; an unknown kind is InvalidInput."""

    namespace: str

    def now(self) -> datetime:
        """The time by the server's clock, to about a second: machines that share a lease need one clock."""

    def kind(self, api_version: str, kind: str) -> Kind:
        """What the server knows of a kind. Raises InvalidInput."""

    def get(self, wanted: ObjectRef) -> Object | None:
        """The live object, or None."""

    def list(
        self, api_version: str, kind: str, query: Mapping[str, str] | None = None, everywhere: bool = False
    ) -> Listing:
        """The objects of a kind in the namespace (or in all); `query` holds selectors."""

    def names(self, api_version: str, kind: str) -> frozenset[str] | None:
        """The names of all objects of a kind in the namespace; None where there are more than a page of them."""

    def create(self, item: Object) -> Object:
        """POST; a Refusal with status 409 when it exists."""

    def replace(self, item: Object) -> Object:
        """PUT; a Refusal with status 409 when its resourceVersion is not the live one. Not retried."""

    def apply(self, item: Object, *, dry_run: bool = False, force: bool = False) -> Applied:
        """Server-side apply as `kubeship` with strict field validation."""

    def patch(self, target: ObjectRef, operations: Sequence[Mapping[str, Any]]) -> Object:
        """JSON Patch (RFC 6902)."""

    def delete(self, target: ObjectRef, *, propagation: str, uid: str = "") -> None:
        """DELETE; nothing happens when it is gone, or has another uid."""

    def post(self, path: str, body: Object, doing: str) -> dict[str, Any]:
        """POST of a review (SelfSubjectAccessReview), which creates nothing."""

    def watch(
        self, api_version: str, kind: str, version: str, query: Mapping[str, str]
    ) -> AbstractContextManager[Lines]:
        """Watch events as JSON lines from `version` on; the server ends it after half a minute."""

    def log(self, pod: str, query: Mapping[str, str]) -> str:
        """A log's end, as text."""

    def follow(self, pod: str, query: Mapping[str, str]) -> AbstractContextManager[Lines]:
        """A log that goes on."""

    def output_of(self, pod: str, container: str, command: Sequence[str]) -> str:
        """What a command prints inside a running container."""

    def attach(self, pod: str, container: str, *, terminal: bool) -> AbstractContextManager[Terminal]:
        """Its input and, with a terminal, its output, while the context lasts."""
