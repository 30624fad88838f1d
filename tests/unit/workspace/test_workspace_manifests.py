"""Are the objects of an environment those in its files, in a stable order, and mistakes named by line?"""

from pathlib import Path

import pytest

from kubeship.errors import InvalidInput
from kubeship.workspace.files import Workspace
from kubeship.workspace.manifests import objects

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n"
SECOND = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\n"


def test_objects_come_by_file_and_then_as_they_stand() -> None:
    found = objects({"b.yaml": SERVICE, "a.yaml": f"# one\n---\n{SECOND}---\n{SERVICE.replace('web', 'other')}"})

    assert [(each["kind"], each["metadata"]["name"]) for each in found] == [
        ("ConfigMap", "settings"),
        ("Service", "other"),
        ("Service", "web"),
    ]


def test_list_is_flattened() -> None:
    text = (
        "apiVersion: v1\nkind: List\nitems:\n"
        "- {apiVersion: v1, kind: Service, metadata: {name: a}}\n"
        "- {apiVersion: v1, kind: Service, metadata: {name: b}}\n"
    )

    assert [each["metadata"]["name"] for each in objects({"a.yaml": text})] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{SERVICE}---\nkind: Service\n", "a.yaml:5: a Kubernetes object needs apiVersion and metadata.name"),
        ("- a\n", "a.yaml:1: a Kubernetes object needs apiVersion, kind and metadata.name"),
        ("\napiVersion: v1\nkind: 3\nmetadata: {name: x}\n", "a.yaml:2: a Kubernetes object needs kind"),
        (f"{SERVICE}---\n{SERVICE}", "a.yaml:5: Service/web stands in a.yaml:1 already"),
        (f"{SERVICE}---\na: [\n", "a.yaml:6: not valid YAML"),
    ],
)
def test_mistake_names_file_and_line(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        objects({"a.yaml": text})

    assert caught.value.message.startswith(message)


def test_objects_of_an_environment_are_read_from_its_directory(tmp_path: Path) -> None:
    directory = tmp_path / "deploy" / "production"
    directory.mkdir(parents=True)
    (directory / "web-service.yaml").write_text(SERVICE)
    (directory / "mine.yml").write_text(SECOND)
    (directory / "web-service.yaml.new").write_text("not: read")
    (directory / "notes.txt").write_text("neither")

    found = Workspace(tmp_path).manifests("production")

    assert [each["kind"] for each in found] == ["ConfigMap", "Service"]


def test_environment_without_files_says_to_render(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="deploy/production holds no Kubernetes objects") as caught:
        Workspace(tmp_path).manifests("production")

    assert caught.value.hint == "run kubeship render --env production"


DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a/../b}\n", "a/../b can't be a name"),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: 3}\n",
            "metadata.namespace: expected a string",
        ),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: x}\n", "metadata.labels: expected a mapping"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: [1]}\n", "annotations: expected a mapping"),
        (f"{DEPLOYMENT}spec: 3\n", "spec: expected a mapping"),
        (f"{DEPLOYMENT}spec: {{template: {{spec: {{containers: {{a: b}}}}}}}}\n", "spec.containers: expected a list"),
        (f"{DEPLOYMENT}spec: {{template: {{spec: {{containers: [null]}}}}}}\n", r"containers\[0\]: expected a mapping"),
        (
            "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a, annotations: {kubeship.dev/release: first}}\n",
            "expected its place among the release steps",
        ),
    ],
)
def test_a_shape_that_kubeship_can_not_read_is_named(text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as raised:
        objects({"deploy/production/a.yaml": text})

    assert raised.value.message.startswith("deploy/production/a.yaml:1: ")


def test_what_is_missing_is_left_to_the_server() -> None:
    texts = {"a.yaml": f"{DEPLOYMENT}spec: {{template: null}}\n", "b.yaml": DEPLOYMENT.replace("web", "b")}

    assert len(objects(texts)) == 2


def test_items_of_a_list_may_stand_behind_an_alias() -> None:
    text = "x: &x\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\napiVersion: v1\nkind: List\nitems: *x\n"

    assert [item["metadata"]["name"] for item in objects({"a.yaml": text})] == ["a"]


def test_a_manifest_that_leads_nowhere_is_not_one_that_was_taken_out(tmp_path: Path) -> None:
    directory = tmp_path / "deploy" / "production"
    directory.mkdir(parents=True)
    (directory / "service.yaml").write_text(SERVICE)
    (directory / ".#service.yaml").symlink_to("an-editor.lock")
    assert len(Workspace(tmp_path).manifests("production")) == 1

    (directory / "other.yaml").symlink_to("../../shared/other.yaml")

    with pytest.raises(InvalidInput, match=r"deploy/production/other.yaml is a symlink that leads nowhere"):
        Workspace(tmp_path).manifests("production")
