"""Which manifests are put to the test? The golden files', and what init makes of examples and small projects."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kubeship import yaml_io
from kubeship.config.draft import DraftOptions, draft
from kubeship.config.file import parsed
from kubeship.config.lock import Lock
from kubeship.errors import KubeshipError
from kubeship.inspection.project import inspect
from kubeship.model.objects import Object
from kubeship.planning.plan import plan
from kubeship.planning.servers import SERVERS
from kubeship.rendering.manifests import manifests

TESTS = Path(__file__).parents[2]
EXAMPLES = TESTS.parent / "examples"
OPTIONS = DraftOptions(image="registry.example.com/team/app", host="app.example.com", namespace="team")
OTHER_FORMATS = {"compose", "helm", "kustomize"}
"""Equal to the plain files, which other tests hold them to."""
POD_TEMPLATES = {"CronJob": ("spec", "jobTemplate", "spec", "template"), "Pod": ()}


Sets = Mapping[str, tuple[Object, ...]]
"""Objects that are applied together, by a name."""


@cache
def reviewed() -> Sets:
    """Golden files and examples."""
    return {**_golden(), **_drafted(EXAMPLES)}


@cache
def drafted() -> Sets:
    """The small projects that need no answer, or whose answer is noted: many, so for the soak."""
    return _drafted(TESTS / "projects")


def _golden() -> Sets:
    folders: dict[str, list[Object]] = {}
    for file in sorted((TESTS / "golden").rglob("*.yaml")):
        name = str(file.parent.relative_to(TESTS / "golden"))
        if "deploy" not in file.parts or OTHER_FORMATS & set(file.parts):
            continue
        folders.setdefault(name, []).append(yaml_io.load(file.read_text(encoding="utf-8"), str(file)))
    return {name: tuple(items) for name, items in folders.items()}


def _drafted(folder: Path) -> Sets:
    made = {project.name: tuple(_of_project(project)) for project in sorted(folder.iterdir())}
    return {name: items for name, items in made.items() if items}


def pod_template(item: Object) -> Any:
    """The metadata and spec of the pods that an object makes; None for one that makes none."""
    for name in POD_TEMPLATES.get(item["kind"], ("spec", "template")):
        item = item.get(name, {})
    return item if item.get("spec", {}).get("containers") else None


def pods(items: tuple[Object, ...]) -> list[Object]:
    """Each pod as the controllers would make it, so that what looks at Pods alone sees those of Jobs too."""
    made = []
    for item in items:
        if template := pod_template(item):
            name = item["metadata"]["name"]
            metadata = {**template.get("metadata", {}), "name": name, "namespace": item["metadata"]["namespace"]}
            spec = {**template["spec"], "volumes": [*template["spec"].get("volumes", ()), *_claimed(item)]}
            made.append({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    return made


def _claimed(item: Object) -> Iterator[Object]:
    """The volumes that a StatefulSet adds to each of its pods."""
    for claim in item["spec"].get("volumeClaimTemplates", ()):
        name = claim["metadata"]["name"]
        yield {"name": name, "persistentVolumeClaim": {"claimName": name}}


def _of_project(project: Path) -> Iterator[Object]:
    expected = project / "expected.json"
    answers = json.loads(expected.read_text()).get("answers", {}) if expected.exists() else {}
    try:
        made = draft(inspect(project, answers), answers, None, Lock(), OPTIONS, servers=SERVERS)
        yield from manifests(plan(*parsed(made.text).configuration(None), made.lock)).values()
    except KubeshipError:
        return  # it asks a question, or isn't deployed: tests of inspection say so
