"""Does somebody who follows docs/manifests.md get what it promises? The walk, step by step."""

import re
from pathlib import Path
from typing import Any

from kubeship import yaml_io
from kubeship.config.file import parsed
from kubeship.config.lock import Lock
from kubeship.config.merge import merge
from kubeship.model.objects import Object, containers
from kubeship.planning.plan import plan
from kubeship.rendering.manifests import manifests

ROOT = Path(__file__).resolve().parents[2]
START = """\
version: 1
name: shop
image: registry.example.com/team/shop
python: "3.12"
dependencies: {manager: pip, files: [requirements.txt]}
processes:
  web: {kind: web, entrypoint: "shop.wsgi:application", server: gunicorn, port: 8000, health: {path: /healthz}}
environments:
  production: {namespace: shop}
"""


def steps() -> list[Any]:
    text = (ROOT / "docs" / "manifests.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", text, flags=re.MULTILINE)[1]
    assert section.startswith("A walk")
    blocks = re.findall(r"^```yaml\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
    return [yaml_io.load(block, "docs/manifests.md") for block in blocks]


def after(count: int, environment: str = "production") -> dict[str, Object]:
    """The objects after the first steps."""
    content = yaml_io.load(START, "kubeship.yaml")
    for step in steps()[:count]:
        content = merge(content, step)
    file = parsed(yaml_io.dump(content))
    return manifests(plan(*file.configuration(environment), Lock()))


def container(objects: dict[str, Object], name: str) -> Object:
    return next(containers(objects[f"{name}-deployment.yaml"]))


def test_the_walk_has_five_steps() -> None:
    assert len(steps()) == 5


def test_another_port_is_followed_by_container_and_probes_and_hidden_by_the_service() -> None:
    web = container(after(1), "web")

    assert web["ports"] == [{"name": "http", "containerPort": 9000}]
    assert {web[probe]["httpGet"]["port"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")} == {9000}
    assert "0.0.0.0:9000" in web["command"]
    assert after(1)["web-service.yaml"] == after(0)["web-service.yaml"]


def test_a_variable_stands_in_the_pod() -> None:
    assert container(after(2), "web")["env"] == [{"name": "PAGE_SIZE", "value": "50"}]


def test_a_second_process_has_a_workload_and_nothing_that_asks_it() -> None:
    new = after(3).keys() - after(2).keys()

    assert new == {"worker-deployment.yaml", "worker-poddisruptionbudget.yaml"}
    assert after(3)["worker-deployment.yaml"]["spec"]["replicas"] == 3


def test_a_volume_is_mounted_in_both() -> None:
    objects = after(4)

    assert objects["media-persistentvolumeclaim.yaml"]["spec"]["accessModes"] == ["ReadWriteMany"]
    for name in ("web", "worker"):
        assert {"name": "media", "mountPath": "/app/media"} in container(objects, name)["volumeMounts"]


def test_staging_has_its_own_host_and_number_of_pods() -> None:
    staging = after(5, "staging")

    assert {item["metadata"]["namespace"] for item in staging.values()} == {"shop-staging"}
    assert staging["web-ingress.yaml"]["spec"]["rules"][0]["host"] == "staging.shop.example.com"
    assert staging["web-deployment.yaml"]["spec"]["replicas"] == 1
    assert after(5) == after(4)
