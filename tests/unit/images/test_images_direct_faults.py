"""Does a direct build end in the image or in a sentence, whatever breaks on the way to the registry?"""

import shutil
from pathlib import Path

import pytest

from kubeship.errors import KubeshipError
from kubeship.images.direct.builder import LayerBuilder
from kubeship.images.direct.store import Store
from kubeship.images.direct.uv import find_uv
from kubeship.images.distribution.client import RegistryClient, open_as
from kubeship.images.distribution.patience import Patience
from kubeship.model.direct import DirectImage, DirectRequest, NeedsEngine
from tests.faults.proxy import FAULTS, at, in_front_of
from tests.faults.registry import Registry, serving
from tests.unit.images.memory_registry import MemoryRegistry
from tests.unit.images.test_images_direct_builder import PYTHON, plan

QUICK = Patience(connect=2, answer=0.3, commit=0.3, sleep=lambda seconds: None, chance=lambda: 0.0)
REQUESTS = 16
"""One more than a first build of the sample asks for."""


def with_base(registry: Registry) -> Registry:
    """The registry, with the base image that `plan` names."""
    model = MemoryRegistry()
    model.with_base("library/python")
    for content in model.blobs["library/python"].values():
        registry.put("library/python", content)
    manifest = model.manifests["library/python:3"]
    registry.manifests["library/python", "3"] = ("application/vnd.docker.distribution.manifest.v2+json", manifest)
    return registry


def built(host: str, project: Path, cache: Path) -> DirectImage:
    clients: dict[str, RegistryClient] = {}

    def client(reference: str) -> RegistryClient:
        return clients.setdefault(host, open_as(f"{host}/any", None, environment={}, patience=QUICK))

    image = plan(base=f"{host}/library/python:3", manager="none", dependency_files=())
    request = DirectRequest(project, "Dockerfile", image, PYTHON, f"{host}/team/shop", ("1",))
    builder = LayerBuilder(Store(cache), client, {}, find_uv, lambda repository: None)
    return builder.build(request, lambda event: None)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "app.py").write_text("app = 1\n")
    return folder


def test_sample_asks_for_less_than_is_spoilt(project: Path, tmp_path: Path) -> None:
    with serving(with_base(Registry())) as registry, in_front_of(registry.host, at(REQUESTS, "500")) as (host, faults):
        built(host, project, tmp_path / "cache")

    assert len(faults.seen) < REQUESTS


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_at_any_request_leaves_the_whole_image_or_no_tag_and_no_file(
    fault: str, project: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    for number in range(REQUESTS - 1):
        shutil.rmtree(cache / "pushed", ignore_errors=True)
        with serving(with_base(Registry())) as registry, in_front_of(registry.host, at(number, fault)) as (host, _):
            try:
                image = built(host, project, cache)
            except (KubeshipError, NeedsEngine) as error:
                assert not isinstance(error, KubeshipError) or error.hint
                assert registry.tags("team/shop") == set()
            else:
                assert registry.tags("team/shop") == {"1"}
                assert ("team/shop", image.id) in registry.blobs
        assert list((cache / "scratch").iterdir()) == []


def test_interrupted_build_leaves_no_file(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kubeship.images.direct.builder.write_layer", interrupt)
    with serving(with_base(Registry())) as registry, pytest.raises(KeyboardInterrupt):
        built(registry.host, project, tmp_path / "cache")

    assert registry.tags("team/shop") == set()
    assert list((tmp_path / "cache" / "scratch").iterdir()) == []
