"""Which places of an object can a chart's user set, what stands there in a template, and where in values.yaml?

A place gets a slot only where the defaults give the object back to the letter; anything else stays as it is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from kubeship.model.objects import Object, pod_template, repository

Path = tuple[str | int, ...]
Values = dict[str, Any]


@dataclass(frozen=True)
class Slot:
    """One place in one object."""

    path: Path
    expression: str
    """Without the braces; OWN stands for the component's branch of values.yaml (`.Values.processes.web`)."""
    form: Literal["scalar", "block", "entry", "items", "each"] = "scalar"
    """scalar: the value; block: what stands below the key; entry: key and value, if there is any; items: some of a
    list's items; each: one item per host."""
    own: Values = field(default_factory=dict)
    """The defaults in the component's branch."""
    rest: tuple[list[Any], list[Any]] = ([], [])
    """items: what stands before and behind them."""


@dataclass(frozen=True)
class Shared:
    """What all components have in common, and stands at the top of values.yaml."""

    reference: str
    variables: Mapping[str, str]
    secrets: Mapping[str, Mapping[str, str]]

    @property
    def values(self) -> Values:
        """The top of values.yaml."""
        secrets = {name: dict(secret) for name, secret in self.secrets.items()}
        return {**image_values(self.reference), "variables": dict(self.variables), "secrets": secrets}


def image_values(reference: str) -> Values:
    """`image`: repository, tag and digest of a reference; empty what it doesn't have."""
    name, _, digest = reference.partition("@")
    return {"image": {"repository": repository(name), "tag": name[len(repository(name)) + 1 :], "digest": digest}}


def shared_by(objects: Iterable[Object], reference: str) -> Shared:
    """The variables that are the same in every workload, and those from Secrets."""
    found = [each for item in objects if (each := _environment(item)) is not None]
    common: Values = dict(found[0].variables) if found else {}
    secrets: Values = dict(found[0].secrets) if found else {}
    for each in found:
        common = {name: value for name, value in common.items() if each.variables.get(name) == value}
        secrets = {name: value for name, value in secrets.items() if each.secrets.get(name) == value}
    return Shared(reference, common, secrets)


def slots(item: Object, shared: Shared) -> Iterator[Slot]:
    """The object's slots."""
    if "namespace" in item["metadata"]:
        yield Slot(("metadata", "namespace"), ".Release.Namespace | quote")
    spec = item.get("spec") or {}
    kind = item["kind"]
    if kind in {"Deployment", "StatefulSet"} and (spec.get("strategy") or {}).get("type") != "Recreate":
        # A singleton's number of replicas is nobody's to set.
        yield from _scalar(spec, "replicas", "int")
    if kind == "CronJob":
        yield from _scalar(spec, "schedule", "quote")
    if kind == "HorizontalPodAutoscaler":
        for key in ("minReplicas", "maxReplicas"):
            if key in spec:
                own = {"autoscaling": {key: spec[key]}}
                yield Slot(("spec", key), f"OWN.autoscaling.{key} | int", own=own)
    yield from _hosts(item)
    for place, subject in enumerate(item.get("subjects") or ()):
        if subject.get("namespace") == item["metadata"].get("namespace"):
            yield Slot(("subjects", place, "namespace"), ".Release.Namespace | quote")
    yield from _of_containers(item, shared)


def _scalar(spec: Object, key: str, function: str) -> Iterator[Slot]:
    if key in spec:
        yield Slot(("spec", key), f"OWN.{key} | {function}", own={key: spec[key]})


def _hosts(item: Object) -> Iterator[Slot]:
    """Host names, where what is at them is the same for all."""
    spec = item.get("spec") or {}
    if item["kind"] in {"HTTPRoute", "GRPCRoute"} and spec.get("hostnames"):
        yield Slot(("spec", "hostnames"), "toYaml OWN.hosts", "block", {"hosts": spec["hostnames"]})
    if item["kind"] != "Ingress":
        return
    rules = spec.get("rules") or []
    others = [{key: value for key, value in rule.items() if key != "host"} for rule in rules]
    if not rules or not all("host" in rule for rule in rules) or any(each != others[0] for each in others):
        return
    hosts = [rule["host"] for rule in rules]
    yield Slot(("spec", "rules"), "OWN.hosts", "each", {"hosts": hosts})
    for place, tls in enumerate(spec.get("tls") or ()):
        if tls.get("hosts") == hosts:
            yield Slot(("spec", "tls", place, "hosts"), "toYaml OWN.hosts", "block")


def _of_containers(item: Object, shared: Shared) -> Iterator[Slot]:
    template = pod_template(item)
    if template is None:
        return
    pod = _pod_path(item)
    for part in ("initContainers", "containers"):
        for place, container in enumerate(template["spec"].get(part) or ()):
            if container["image"] == shared.reference:
                yield Slot((*pod, part, place, "image"), 'include "kubeship-app.image" . | quote')
    main = template["spec"]["containers"][0]
    path: Path = (*pod, "containers", 0)
    if environment := _environment(item):
        own = {key: value for key, value in environment.variables.items() if key not in shared.variables}
        foreign = {key for key, value in environment.secrets.items() if shared.secrets.get(key) != value}
        if not foreign:
            form: Literal["entry", "items"] = "items" if any(environment.rest) else "entry"
            expression = 'include "kubeship-app.env" (dict "chart" . "own" OWN.variables) | trim'
            yield Slot((*path, "env"), expression, form, {"variables": own} if own else {}, environment.rest)
    if "resources" in main:
        yield Slot((*path, "resources"), "toYaml OWN.resources", "block", {"resources": main["resources"]})


def _pod_path(item: Object) -> Path:
    match item["kind"]:
        case "CronJob":
            return ("spec", "jobTemplate", "spec", "template", "spec")
        case "Pod":
            return ("spec",)
        case _:
            return ("spec", "template", "spec")


@dataclass(frozen=True)
class _Environment:
    """The variables of a workload's main container, in the order in which the chart would write them."""

    variables: Mapping[str, str]
    secrets: Mapping[str, Mapping[str, str]]
    rest: tuple[list[Any], list[Any]]


def _environment(item: Object) -> _Environment | None:
    """None without a pod, and where an order that matters to `$(NAME)` isn't the chart's."""
    template = pod_template(item)
    if template is None:
        return None
    entries = template["spec"]["containers"][0].get("env") or []
    known = [place for place, entry in enumerate(entries) if _is_value(entry) or _is_secret(entry)]
    start, end = (known[0], known[-1] + 1) if known else (len(entries), len(entries))
    inner = entries[start:end]
    values = [entry for entry in inner if _is_value(entry)]
    secrets = [entry for entry in inner if _is_secret(entry)]
    ordered = sorted(values, key=_name) + sorted(secrets, key=_name)
    if inner != ordered or len({_name(entry) for entry in entries}) != len(entries):
        return None
    return _Environment(
        {entry["name"]: entry["value"] for entry in values},
        {entry["name"]: entry["valueFrom"]["secretKeyRef"] for entry in secrets},
        (entries[:start], entries[end:]),
    )


_name: Callable[[Object], str] = lambda entry: str(entry["name"])  # noqa: E731


def _is_value(entry: Object) -> bool:
    return set(entry) == {"name", "value"}


def _is_secret(entry: Object) -> bool:
    source = entry.get("valueFrom") or {}
    return set(source) == {"secretKeyRef"} and set(source["secretKeyRef"]) - {"optional"} == {"name", "key"}
