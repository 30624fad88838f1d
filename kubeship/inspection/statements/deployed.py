"""What do manifests that the project has already say of its processes? Numbers and names that somebody chose."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from kubeship.inspection.files.documents import listed
from kubeship.inspection.files.sources import Sources
from kubeship.inspection.statements.cluster_files import FOR_DEVELOPERS
from kubeship.inspection.statements.helm_templates import UNKNOWN
from kubeship.inspection.statements.manifests import Manifest, manifests
from kubeship.model.origin import Found, Origin
from kubeship.model.project import ProcessFound, Variable

KINDS = re.compile(
    rb"^\s*kind:\s*[\"']?(CronJob|DaemonSet|Deployment|HorizontalPodAutoscaler|HTTPRoute|Ingress|"
    rb"PersistentVolumeClaim|Rollout|StatefulSet)\b",
    re.MULTILINE,
)
WORKLOADS = frozenset({"CronJob", "DaemonSet", "Deployment", "Rollout", "StatefulSet"})
OTHERS = re.compile(
    r"(?i)(^|/)(postgres\w*|mysql|mariadb|redis|valkey|mongo\w*|rabbitmq|memcached|elasticsearch|opensearch|kafka|minio|"
    r"nginx|traefik|haproxy|envoy|flower|pgbouncer|prometheus|grafana)([:@-]|$)"
)
"""Images of servers that the project doesn't make."""
REPOSITORY = re.compile(r"[A-Za-z0-9.-]+(:\d+)?/[a-z0-9]+([._/-]+[a-z0-9]+)*")
QUANTITIES = {"cpu": re.compile(r"\d+m|\d+(\.\d{1,3})?"), "memory": re.compile(r"\d+(\.\d+)?([KMGT]i?|k)?")}
HOST = re.compile(r"(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]*[a-z0-9])?")
LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Key = tuple[str, ...]
Stated = tuple[Key, Any]
"""A path in kubeship.yaml, and the value there."""


def deployed(
    sources: Sources, processes: tuple[ProcessFound, ...], variables: tuple[Variable, ...]
) -> tuple[Found[Stated], ...]:
    """Values for kubeship.yaml. Where two manifests disagree (base and overlays), neither is taken."""
    held = [each for each in manifests(sources, KINDS) if not FOR_DEVELOPERS.search(each.path)]
    matched = list(_matched([each for each in held if each.kind in WORKLOADS], processes))
    secret = {each.name for each in variables if each.secret}
    found: list[tuple[Stated, Origin]] = []
    for workload, process in matched:
        claims = {each.name: each.value for each in held if each.kind == "PersistentVolumeClaim"}
        found += ((each, workload.origin) for each in _of_workload(workload, process, secret, claims))
        for scaler in held:
            found += ((each, scaler.origin) for each in _scaled(scaler, workload, process))
    for web in (process for _, process in matched if process.kind == "web"):
        for route in held:
            found += ((each, route.origin) for each in _of_route(route, web))
    return tuple(_agreed(found))


def _matched(workloads: list[Manifest], processes: tuple[ProcessFound, ...]) -> Iterator[tuple[Manifest, ProcessFound]]:
    """Each workload's process: the one whose command it states; else the web process, for the one that listens."""
    left = {process.name: process for process in processes}
    rest = []
    for workload in workloads:
        process = next((each for each in processes if _states(workload, each)), None)
        if process is None:
            rest.append(workload)
        else:
            left.pop(process.name, None)
            yield workload, process
    web = next((process for process in left.values() if process.kind == "web"), None)
    listening = [each for each in rest if _listens(each)]
    if web is not None and len(listening) == 1:
        yield listening[0], web


def _states(workload: Manifest, process: ProcessFound) -> bool:
    return any(
        origin.path == workload.path and origin.line is not None and workload.first <= origin.line <= workload.last
        for origin in process.origins
    )


def _listens(workload: Manifest) -> bool:
    """Whether it may be the project's own server: it has a port, and its image is nobody else's."""
    container = _container(workload)
    return bool(listed(container.get("ports"))) and not OTHERS.search(str(container.get("image", "")))


def _of_workload(
    workload: Manifest, process: ProcessFound, secret: set[str], claims: dict[str, dict[str, Any]]
) -> Iterator[Stated]:
    own: Key = ("processes", process.name)
    replicas = _at(workload.value, "spec", "replicas")
    if isinstance(replicas, int) and replicas > 0 and process.kind in {"web", "worker"}:
        yield (*own, "replicas"), replicas
    container = _container(workload)
    for key, shape in QUANTITIES.items():
        parts = (_at(container, "resources", part, key) for part in ("requests", "limits"))
        stated = next((str(part) for part in parts if part is not None), "")
        if shape.fullmatch(stated):
            yield (*own, "resources", key), stated
    yield from _volumes(workload, process, claims)
    if process.kind != "web":
        return
    image = re.sub(r"(@.*|:[^/:]*)$", "", str(container.get("image", "")))
    if REPOSITORY.fullmatch(image) and "." in image.partition("/")[0]:
        yield ("image",), image
    yield from _environment(container, secret)


def _environment(container: dict[str, Any], secret: set[str]) -> Iterator[Stated]:
    names = set()
    for each in listed(container.get("env")):
        name, value = _at(each, "name"), _at(each, "value")
        source = _at(each, "valueFrom", "secretKeyRef", "name")
        names |= {str(source)} if source else set()
        plain = isinstance(name, str) and NAME.fullmatch(name) and name not in secret and name != "PORT"
        if plain and isinstance(value, str) and value != UNKNOWN and "$(" not in value:
            yield ("variables", str(name)), value
    names |= {str(name) for each in listed(container.get("envFrom")) if (name := _at(each, "secretRef", "name"))}
    if secret and len(names) == 1 and LABEL.fullmatch(name := names.pop()):
        yield ("secrets", "from"), name


def _volumes(workload: Manifest, process: ProcessFound, claims: dict[str, dict[str, Any]]) -> Iterator[Stated]:
    """Claims that are there already; one that only a pod at a time can have goes with one pod."""
    mounted = {
        str(_at(each, "name")): str(_at(each, "mountPath")) for each in listed(_container(workload).get("volumeMounts"))
    }
    alone = _at(workload.value, "spec", "replicas") in (None, 1)
    for volume in listed(workload.pod.get("volumes")):
        name, claim = str(_at(volume, "name")), _at(volume, "persistentVolumeClaim", "claimName")
        if not isinstance(claim, str) or name not in mounted or not all(map(LABEL.fullmatch, (claim, name))):
            continue
        modes = listed(_at(claims.get(claim, {}), "spec", "accessModes"))
        access = "ReadWriteMany" if "ReadWriteMany" in modes else "ReadWriteOnce"
        if access == "ReadWriteMany" or alone:
            value = {"path": mounted[name], "claim": claim, "access": access, "processes": [process.name]}
            yield ("volumes", name), value


def _scaled(scaler: Manifest, workload: Manifest, process: ProcessFound) -> Iterator[Stated]:
    spec = _at(scaler.value, "spec")
    if scaler.kind != "HorizontalPodAutoscaler" or _at(spec, "scaleTargetRef", "name") != workload.name:
        return
    low, high = _at(spec, "minReplicas") or 1, _at(spec, "maxReplicas")
    if isinstance(low, int) and isinstance(high, int) and 0 < low <= high:
        yield ("processes", process.name, "replicas"), {"min": low, "max": high}


def _of_route(route: Manifest, web: ProcessFound) -> Iterator[Stated]:
    spec = _at(route.value, "spec")
    hosts = [_at(rule, "host") for rule in listed(_at(spec, "rules"))] if route.kind == "Ingress" else []
    hosts += listed(_at(spec, "hostnames")) if route.kind == "HTTPRoute" else []
    named = list(dict.fromkeys(host for host in hosts if isinstance(host, str) and HOST.fullmatch(host)))
    if named:
        yield ("processes", web.name, "hosts"), named
    if route.kind == "Ingress":
        secrets = {str(_at(tls, "secretName")) for tls in listed(_at(spec, "tls"))}
        if isinstance(kind := _at(spec, "ingressClassName"), str) and kind != UNKNOWN:
            yield ("ingress", "class"), kind
        if len(secrets) == 1 and LABEL.fullmatch(secret := secrets.pop()) and secret != UNKNOWN:
            yield ("ingress", "tls"), secret


def _agreed(found: Iterable[tuple[Stated, Origin]]) -> Iterator[Found[Stated]]:
    """One finding for each key. A HorizontalPodAutoscaler's word on replicas is stronger than a number."""
    by_key: dict[Key, list[tuple[Any, Origin]]] = {}
    for (key, value), origin in found:
        by_key.setdefault(key, []).append((value, origin))
    for key, values in by_key.items():
        ranges = [each for each in values if key[-1] == "replicas" and isinstance(each[0], dict)]
        kept = ranges or values
        if all(value == kept[0][0] for value, _ in kept):
            yield Found((key, kept[0][0]), tuple(dict.fromkeys(origin for _, origin in kept)))


def _container(workload: Manifest) -> dict[str, Any]:
    every = [each for each in listed(workload.pod.get("containers")) if isinstance(each, dict)]
    return every[0] if every else {}


def _at(value: Any, *keys: str) -> Any:
    """What stands at a path; None where something on the way is no mapping."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
