"""Which Kubernetes objects do the repository's manifests and Helm charts hold? kubeship's own are left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kubeship.inspection.files.documents import Lines, loaded, table
from kubeship.inspection.files.sources import Sources, is_aside
from kubeship.inspection.statements.helm_templates import filled
from kubeship.model.origin import Origin

KUBESHIPS = b"managed-by: kubeship"
MAX_DEPTH = 6
POD_SPECS = {
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
    "Pod": ("spec",),
}
"""Where a kind has its pod's specification; all others under POD_TEMPLATE."""
POD_TEMPLATE = ("spec", "template", "spec")


@dataclass(frozen=True)
class Manifest:
    """One object of a file."""

    value: dict[str, Any]
    path: str
    first: int
    """Its first line in the file."""
    last: int
    lines: Lines
    """By path in the object, counted from its own first line."""

    @property
    def kind(self) -> str:
        return str(self.value.get("kind", ""))

    @property
    def name(self) -> str:
        return str(table(self.value, "metadata").get("name") or "")

    @property
    def origin(self) -> Origin:
        return Origin(self.path, self.first, f"the {self.kind} {self.name}".strip())

    @property
    def pod_path(self) -> tuple[str, ...]:
        """Where the specification of its pods stands."""
        return POD_SPECS.get(self.kind, POD_TEMPLATE)

    @property
    def pod(self) -> dict[str, Any]:
        """The specification of its pods; empty for what has none."""
        return table(self.value, *self.pod_path)

    def line(self, *places: tuple[str | int, ...]) -> int | None:
        """The line in the file of the first of these places that the object has."""
        return next((self.first - 1 + self.lines[place] for place in places if place in self.lines), None)


def manifests(sources: Sources, mentions: re.Pattern[bytes]) -> Iterator[Manifest]:
    """The objects of the files that mention a kind which is asked for; what can't be read is passed over."""
    for path in sources.other_files:
        if not path.endswith((".yaml", ".yml")) or is_aside(path) or path.count("/") > MAX_DEPTH:
            continue
        content = sources.content(path)
        if KUBESHIPS in content or not mentions.search(content):
            continue
        first = 1
        for part in re.split(r"(?m)^---.*$", filled(sources, path)):
            document, lines = loaded(part, path)
            last = first + part.count("\n")
            if isinstance(document, dict):
                yield Manifest(document, path, first, last, lines)
            first = last
