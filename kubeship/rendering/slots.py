"""Which places of the objects can a chart's user set, what stands there in a template, and where in values.yaml?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from kubeship.model.objects import Object, repository

Path = tuple[str | int, ...]
Values = dict[str, Any]


@dataclass(frozen=True)
class Slot:
    """One place in some objects."""

    applies: Callable[[Object], bool]
    path: Path
    expression: str
    """Without the braces; OWN stands for the component's branch of values.yaml (`.Values.processes.web`)."""
    form: Literal["scalar", "block", "entry", "each"] = "scalar"
    """scalar: the value; block: what stands below the key; entry: key and value together; each: one item per host."""
    own: Callable[[Any], Values] | None = None
    """What stands in the object -> the defaults in the component's branch."""
    shared: Callable[[Any], Values] | None = None
    """What stands in the object -> defaults that all components have in common."""


def image_values(reference: str) -> Values:
    """`image`: repository, tag and digest of a reference; empty what it doesn't have."""
    name, _, digest = reference.partition("@")
    return {"image": {"repository": repository(name), "tag": name[len(repository(name)) + 1 :], "digest": digest}}


def environment_values(environment: list[Object] | None) -> Values:
    """`variables` (name: value) and `secrets` (name: an existing Secret's name and key)."""
    items = environment or []
    return {
        "variables": {item["name"]: item["value"] for item in items if "value" in item},
        "secrets": {item["name"]: item["valueFrom"]["secretKeyRef"] for item in items if "valueFrom" in item},
    }


def host_values(rules: list[Object]) -> Values:
    """`hosts` of an Ingress whose rules differ in nothing else."""
    return {"hosts": [rule["host"] for rule in rules]}


def _of(*kinds: str) -> Callable[[Object], bool]:
    return lambda item: item["kind"] in kinds


def _scalable(item: Object) -> bool:
    """A singleton's number of replicas is nobody's to set."""
    return bool(item["kind"] == "Deployment" and item["spec"]["strategy"]["type"] != "Recreate")


def _with_tls(item: Object) -> bool:
    return item["kind"] == "Ingress" and "tls" in item["spec"]


def _with_sidecar(item: Object) -> bool:
    return item["kind"] == "Deployment" and "initContainers" in item["spec"]["template"]["spec"]


def _container_slots(applies: Callable[[Object], bool], *pod: str) -> tuple[Slot, ...]:
    container: Path = (*pod, "containers", 0)
    return (
        Slot(applies, (*container, "image"), 'include "kubeship-app.image" . | quote', shared=image_values),
        Slot(applies, (*container, "env"), 'include "kubeship-app.env" .', "entry", shared=environment_values),
        Slot(applies, (*container, "resources"), "toYaml OWN.resources", "block", lambda found: {"resources": found}),
    )


SLOTS = (
    Slot(lambda item: True, ("metadata", "namespace"), ".Release.Namespace | quote"),
    Slot(_scalable, ("spec", "replicas"), "OWN.replicas | int", own=lambda found: {"replicas": found}),
    Slot(_of("Ingress"), ("spec", "rules"), "OWN.hosts", "each", host_values),
    Slot(_with_tls, ("spec", "tls", 0, "hosts"), "toYaml OWN.hosts", "block"),
    *_container_slots(_of("Deployment", "Job"), "spec", "template", "spec"),
    Slot(
        _with_sidecar,
        ("spec", "template", "spec", "initContainers", 0, "image"),
        'include "kubeship-app.image" . | quote',
    ),
    *_container_slots(_of("CronJob"), "spec", "jobTemplate", "spec", "template", "spec"),
)
