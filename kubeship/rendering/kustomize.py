"""What are the base and the overlay of an environment? `kubectl kustomize` makes the plain objects of them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kubeship import yaml_io
from kubeship.errors import InvalidInput
from kubeship.model.objects import Object, ref, repository, with_image
from kubeship.rendering import hooks
from kubeship.rendering.differences import operations

KUSTOMIZATION = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
LOST = re.compile("[\x7f-\x9f\ufffe\uffff]")
"""Kustomize writes these as they are, and then refuses to read them (5.7.1: "control characters are not allowed")."""


def kustomize(
    environment: str,
    base: Mapping[str, Object],
    objects: Mapping[str, Object],
    references: tuple[str, str],
    header: str,
) -> dict[str, str]:
    """Text by path. `base` are the objects without any overlay; `references` are its image and the environment's.

    The base names no namespace; what an environment changes are JSON Patches, which mean the same to every version of
    Kustomize, and the image is its images transformer, so that `kustomize edit set image` takes another one.
    Raises InvalidInput for a value with a character that Kustomize can't carry.
    """
    shared = {name: _unplaced(item) for name, item in hooks.with_hooks(base, hooks.flux).items()}
    own = {
        name: _with_reference(_unplaced(item), references)
        for name, item in hooks.with_hooks(objects, hooks.flux).items()
    }
    for item in (*base.values(), *objects.values()):
        _require_carried(item, item)
    added = {name: item for name, item in own.items() if name not in shared or ref(item) != ref(shared[name])}
    patches = dict(_patches(shared, own, added))
    overlay: dict[str, Any] = {
        **KUSTOMIZATION,
        "namespace": _namespace(objects),
        "resources": ["../../base", *added],
        "patches": [{"path": path, "target": target} for path, (target, _) in patches.items()],
        "images": [_image(*references)],
    }
    folder = f"overlays/{environment}"
    return {
        "base/kustomization.yaml": header + yaml_io.dump({**KUSTOMIZATION, "resources": [*shared]}),
        **{f"base/{name}": header + yaml_io.dump(item) for name, item in shared.items()},
        f"{folder}/kustomization.yaml": header + yaml_io.dump({key: value for key, value in overlay.items() if value}),
        **{f"{folder}/{name}": header + yaml_io.dump(item) for name, item in added.items()},
        **{f"{folder}/{path}": header + yaml_io.dump(patch) for path, (_, patch) in patches.items()},
    }


def _patches(
    shared: Mapping[str, Object], own: Mapping[str, Object], added: Mapping[str, Object]
) -> Iterator[tuple[str, tuple[dict[str, str], Any]]]:
    """(path, (target, patch)) of each object of the base that the environment changes or doesn't have."""
    for name, item in shared.items():
        path = f"{name.removesuffix('.yaml')}-patch.yaml"
        if name not in own or name in added:
            yield path, (_target(item), {**_named(item), "$patch": "delete"})
        elif changes := operations(item, own[name]):
            yield path, (_target(item), changes)


def _require_carried(item: Object, value: Any) -> None:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            _require_carried(item, each)
    elif isinstance(value, str) and (lost := LOST.search(value)):
        raise InvalidInput(
            f"{ref(item)} holds a value with the control character U+{ord(lost[0]):04X}, which Kustomize refuses",
            hint="keep such a value in a Secret, or render --format plain or helm",
        )


def _target(item: Object) -> dict[str, str]:
    group, _, version = item["apiVersion"].rpartition("/")
    named = {"group": group, "version": version, "kind": item["kind"], "name": item["metadata"]["name"]}
    return {key: value for key, value in named.items() if value}


def _named(item: Object) -> Object:
    return {"apiVersion": item["apiVersion"], "kind": item["kind"], "metadata": {"name": item["metadata"]["name"]}}


def _unplaced(item: Object) -> Object:
    return {**item, "metadata": {key: value for key, value in item["metadata"].items() if key != "namespace"}}


def _namespace(objects: Mapping[str, Object]) -> str:
    return next((item["metadata"]["namespace"] for item in objects.values() if "namespace" in item["metadata"]), "")


def _with_reference(item: Object, references: tuple[str, str]) -> Object:
    """With the base's image in place of the environment's, which the images transformer puts back."""
    base, own = references
    (replaced,) = with_image((item,), repository(own), base)
    return replaced


def _image(base: str, own: str) -> dict[str, str]:
    """The entry of the images transformer that makes one reference of the other."""
    name, _, digest = own.partition("@")
    parts = {
        "name": repository(base),
        "newName": repository(own) if repository(own) != repository(base) else "",
        "newTag": name[len(repository(own)) + 1 :],
        "digest": digest,
    }
    return {key: value for key, value in parts.items() if value}
