"""Is the real server only left unasked where it would change nothing, and is all that others changed named?"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kubeship.cluster.client import KubernetesCluster
from kubeship.cluster.connect import connect
from kubeship.cluster.dry_run import NOTHING_BEYOND, Terms, tried
from kubeship.cluster.live import live_objects
from kubeship.cluster.manifests import sendable
from kubeship.cluster.requests import FIELD_MANAGER
from kubeship.cluster.unchanged import is_unchanged
from kubeship.model.changes import Action
from kubeship.model.objects import Object, ref
from kubeship.yaml_io import load_all
from tests.stack.addresses import Stack

pytestmark = pytest.mark.e2e

GOLDEN = Path(__file__).parents[1] / "golden" / "kinds"
WITHOUT_CONSEQUENCES = frozenset(
    {"ConfigMap", "HorizontalPodAutoscaler", "Ingress", "PersistentVolumeClaim", "Service"}
)
WITHOUT_CONSEQUENCES |= {"CronJob", "Deployment", "NetworkPolicy", "PodDisruptionBudget", "Role", "StatefulSet"}
"""Kinds that can lie in a namespace without anything happening, workloads without pods."""


@pytest.fixture
def cluster(stack: Stack, kubectl: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> KubernetesCluster:
    monkeypatch.setenv("KUBECONFIG", stack.kubeconfig)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return connect(stack.context, kubectl.namespace, print)


def rendered() -> list[Object]:
    """One of each golden object, by kind and name; without a namespace and without pods."""
    found: dict[Any, Object] = {}
    for file in sorted(GOLDEN.rglob("*.yaml")):
        for item in load_all(file.read_text(), str(file)):
            if isinstance(item, dict) and item.get("kind") in WITHOUT_CONSEQUENCES:
                name = f"{file.parent.parent.parent.name}-{item['metadata']['name']}"[:50].rstrip("-")
                metadata = {k: v for k, v in item["metadata"].items() if k != "namespace"} | {"name": name}
                quiet = {"Deployment": {"replicas": 0}, "StatefulSet": {"replicas": 0}, "CronJob": {"suspend": True}}
                spec = {"spec": item["spec"] | quiet.get(item["kind"], {})} if "spec" in item else {}
                made = {**item, "metadata": metadata, **spec}
                found[ref(made)] = made
    return list(found.values())


def with_each_leaf_changed(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The value with one leaf changed, for each of them, with the place."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from (((*path, key, *place), {**value, key: new}) for place, new in with_each_leaf_changed(below))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            items = (((index, *place), new) for place, new in with_each_leaf_changed(below))
            yield from (((*path, *place), [*value[:index], new, *value[index + 1 :]]) for place, new in items)
    elif isinstance(value, bool):
        yield path, not value
    else:
        yield path, value + 1 if isinstance(value, int | float) else f"{value}x"


def test_what_is_plainly_unchanged_is_so_to_the_server_and_each_change_is_asked_about(
    cluster: KubernetesCluster,
) -> None:
    objects = rendered()
    with cluster.lease("shop", "ann@here:1") as lease:
        cluster.apply(objects, lease, lambda _: None)

    wanted = [sendable(item) for item in objects]
    live = live_objects(cluster.api, wanted)
    thorough = tried(cluster.api, wanted, live, Terms(NOTHING_BEYOND), thorough=True)
    asked = [change.ref for change in thorough.changes if change.action is not Action.UNCHANGED]
    plain = [item for item in objects if is_unchanged(live[ref(item)] or {}, item, FIELD_MANAGER)]

    assert asked == []
    assert len(plain) / len(objects) > 0.9, [ref(item) for item in objects if item not in plain]
    for item in plain:
        for place, changed in with_each_leaf_changed(
            {key: item[key] for key in item if key not in {"apiVersion", "kind"}}
        ):
            if place not in {("metadata", "name"), ("metadata", "namespace")}:
                edited = {**item, **changed}
                assert not is_unchanged(live[ref(item)] or {}, edited, FIELD_MANAGER), (ref(item), place)


def test_drift_is_named_with_who_did_it(copy: Any, kubectl: Any) -> None:
    ship = copy("flask-hello")
    ship("init", "--image", f"{ship.stack.registry}/drift/hello", "--namespace", ship.namespace)
    ship("deploy")
    kubectl("set", "env", "deployment/flask-hello-web", "API_TOKEN=hunter2")
    kubectl("label", "service", "flask-hello-web", "app.kubernetes.io/component-")

    shown = ship("diff", code=2)
    document = json.loads(ship("diff", "--json", code=2).out)
    comment = ship("diff", "--output", "markdown", code=2).out

    assert "metadata.labels[app.kubernetes.io/component]: (none) → web" in shown.out
    assert "removed outside of kubeship; kubeship applied" in shown.out
    assert "API_TOKEN" in shown.out
    assert "set by kubectl-set at" in shown.out
    assert "hunter2" not in shown.out + json.dumps(document) + comment
    assert len(document["drift"]) == 2
    assert "Changed outside of kubeship" in comment
