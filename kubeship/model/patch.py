"""What is a patch here? An edit of rendered objects that kubeship.yaml carries, so that it survives each render."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from kubeship.model.objects import Object


@dataclass(frozen=True)
class Patch:
    """JSON Patch operations (RFC 6902), or a strategic merge patch, for the objects that the target names."""

    place: int
    """In the list of kubeship.yaml, from 0."""
    kind: str | None = None
    name: str | None = None
    """Of the object; `*` and `?` stand for any characters."""
    operations: tuple[Mapping[str, Any], ...] = ()
    merge: Mapping[str, Any] | None = None
    """In place of operations."""

    def selects(self, item: Object) -> bool:
        """Whether the patch is for this object."""
        name = item["metadata"]["name"]
        return self.kind in {None, item["kind"]} and (self.name is None or fnmatchcase(name, self.name))

    def __str__(self) -> str:
        """`patches[2]`, as it stands in kubeship.yaml."""
        return f"patches[{self.place}]"

    @property
    def target(self) -> str:
        """`Deployment/shop-web`, as errors call what it is for."""
        return "/".join(each or "*" for each in (self.kind, self.name))
