"""Do pushes arrive in a real registry: with TLS and a password, and over a line that breaks?"""

import base64
import io
import json
import os
import tarfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from kubeship.errors import KubeshipError, MissingPrecondition, PushFailed
from kubeship.images.connection import open_api
from kubeship.images.distribution.client import RegistryClient, open_as, open_registry
from kubeship.images.distribution.manifests import DOCKER_MANIFEST, OCI_MANIFEST
from kubeship.images.distribution.patience import Patience
from kubeship.images.distribution.uploads import WHOLE
from kubeship.images.engine import DockerEngine, connect
from kubeship.images.registry import push, push_finding
from kubeship.model.image import BuiltImage
from tests.faults.proxy import FAULTS, at, in_front_of
from tests.faults.registry import digest_of
from tests.stack.addresses import Stack, load
from tests.stack.config_files import SECURED_LOGIN
from tests.stack.place import remembered

pytestmark = pytest.mark.e2e

QUICK = Patience(connect=3, answer=1, commit=1, sleep=lambda seconds: time.sleep(0.1))
CONFIGURATION = b'{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]}}'
REQUESTS = 9
"""GET /v2/; HEAD, POST, PATCH, PUT of the layer; HEAD, POST, PUT of the configuration; PUT of the manifest."""


@pytest.fixture(scope="module")
def stack() -> Stack:
    return load()


@pytest.fixture
def secured(stack: Stack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A repository of the registry with TLS and a password; nobody is logged in, and nothing is trusted."""
    if not stack.secured_registry:
        pytest.skip("the stack that is up has no registry with a password: make stack-down stack")
    for name in ("KUBESHIP_REGISTRY_USERNAME", "KUBESHIP_REGISTRY_PASSWORD", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOCKER_HOST", stack.docker_host)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    return f"{stack.secured_registry}/registry-test/{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def image(stack: Stack) -> Iterator[BuiltImage]:
    """A tiny image in the engine."""
    client = docker.APIClient(stack.docker_host)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        content = os.urandom(1000)
        member = tarfile.TarInfo("file")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    name = f"registry-test-{uuid.uuid4().hex[:8]}"
    client.import_image_from_data(archive.getvalue(), repository=name, tag="1")
    found = open_image(client, name)
    yield BuiltImage(found["Id"], f"{name}:1", 1000)
    for tag in open_image(client, name)["RepoTags"]:
        client.remove_image(tag, force=True)


def open_image(client: Any, name: str) -> dict[str, Any]:
    return dict(client.inspect_image(f"{name}:1"))


def send(registry: RegistryClient, repository: str, layer: bytes) -> str:
    for content in (layer, CONFIGURATION):
        digest = digest_of(content)
        if not registry.has_blob(repository, digest):
            registry.upload(repository, digest, len(content), lambda c=content: io.BytesIO(c), lambda event: None)  # type: ignore[misc]
    descriptors = [
        {"mediaType": "application/octet-stream", "digest": digest_of(one), "size": len(one)}
        for one in (CONFIGURATION, layer)
    ]
    manifest = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": descriptors[0], "layers": descriptors[1:]}
    return registry.put_manifest(f"{repository}:1", json.dumps(manifest).encode(), OCI_MANIFEST)


def test_certificate_nobody_trusts_and_a_missing_or_wrong_login_are_sentences(
    secured: str, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MissingPrecondition, match=r"certificate of .* is not trusted") as untrusted:
        open_registry(secured).digest(f"{secured}:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", stack.secured_registry_ca)
    with pytest.raises(PushFailed, match="wants a login") as nobody:
        open_registry(secured).require_push(secured)
    monkeypatch.setenv("KUBESHIP_REGISTRY_USERNAME", SECURED_LOGIN[0])
    monkeypatch.setenv("KUBESHIP_REGISTRY_PASSWORD", "wrong-word")
    with pytest.raises(PushFailed, match="credentials of KUBESHIP_REGISTRY_PASSWORD") as wrong:
        open_registry(secured, is_the_images=True).require_push(secured)

    assert f"/etc/docker/certs.d/{stack.secured_registry}/ca.crt" in untrusted.value.hint
    assert f"KUBESHIP_INSECURE_REGISTRIES={stack.secured_registry}" in untrusted.value.hint
    assert f"docker login {stack.secured_registry}" in nobody.value.hint
    assert "wrong-word" not in wrong.value.message + wrong.value.hint + wrong.value.details


def test_image_arrives_over_tls_with_the_environments_login(
    secured: str, stack: Stack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", stack.secured_registry_ca)
    monkeypatch.setenv("KUBESHIP_REGISTRY_USERNAME", SECURED_LOGIN[0])
    monkeypatch.setenv("KUBESHIP_REGISTRY_PASSWORD", SECURED_LOGIN[1])
    layer = os.urandom(3 * WHOLE)
    registry = open_registry(secured, is_the_images=True)

    digest = send(registry, secured, layer)

    assert registry.digest(f"{secured}:1") == digest
    found = registry.manifest(f"{secured}@{digest}", "linux/amd64")
    assert registry.blob(secured, found.content["config"]["digest"]) == CONFIGURATION
    registry.download(secured, digest_of(layer), tmp_path / "layer")
    assert (tmp_path / "layer").read_bytes() == layer
    assert registry.mount(f"{secured}-too", digest_of(layer), secured)
    assert not registry.mount(f"{secured}-too", digest_of(b"nothing"), secured)
    assert registry.has_blob(f"{secured}-too", digest_of(layer))
    assert registry.digest(f"{secured}-too:1") is None


def test_insecure_word_goes_without_the_certificate(
    secured: str, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBESHIP_INSECURE_REGISTRIES", stack.secured_registry)

    with pytest.raises(PushFailed, match="wants a login"):
        open_registry(secured).require_push(secured)


def test_engine_pushes_with_dockers_login_and_with_the_environments(
    secured: str, image: BuiltImage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    engine = connect()
    with pytest.raises(PushFailed, match="doesn't allow it") as nobody:
        engine.push(image, secured, lambda event: None)
    finding = engine.push_finding(secured)

    auth = base64.b64encode(":".join(SECURED_LOGIN).encode()).decode()
    (tmp_path / "config.json").write_text(json.dumps({"auths": {secured.partition("/")[0]: {"auth": auth}}}))
    by_docker = engine.push(image, secured, lambda event: None)
    assert engine.push_finding(secured) is None
    (tmp_path / "config.json").unlink()
    monkeypatch.setenv("KUBESHIP_REGISTRY_USERNAME", SECURED_LOGIN[0])
    monkeypatch.setenv("KUBESHIP_REGISTRY_PASSWORD", SECURED_LOGIN[1])
    by_environment = engine.push(image, f"{secured}-too", lambda event: None)

    assert "docker login" in nobody.value.hint
    assert finding is not None and "docker login" in finding.remedy
    assert by_docker.partition("@")[2] == by_environment.partition("@")[2]
    assert engine.resolve(f"{secured}:1") == by_docker


@pytest.mark.parametrize("fault", FAULTS)
def test_spoilt_request_of_a_push_ends_in_the_image_or_in_a_sentence(stack: Stack, fault: str) -> None:
    spoil(stack, fault, (3, 4, 8))


@pytest.mark.soak
@pytest.mark.parametrize("fault", FAULTS)
def test_every_spoilt_request_ends_in_the_image_or_in_a_sentence(stack: Stack, fault: str) -> None:
    spoil(stack, fault, range(REQUESTS))


def directly(stack: Stack) -> RegistryClient:
    """The registry without a proxy in front of it."""
    return open_as(f"{stack.registry}/any", None, environment={})


def unfinished(path: str) -> list[Path]:
    """Bytes of uploads that the stack's own registry still keeps; of a cancelled one it leaves an empty folder."""
    here = remembered()
    folder = here.kept / "registry/docker/registry/v2/repositories" / path / "_uploads" if here else Path("nowhere")
    return list(folder.glob("*/data"))


def spoil(stack: Stack, fault: str, numbers: "tuple[int, ...] | range") -> None:
    for number in numbers:
        path = f"registry-test/{uuid.uuid4().hex[:8]}"
        with in_front_of(stack.registry, at(number, fault)) as (host, faults):
            registry = open_as(f"{host}/any", None, environment={}, patience=QUICK)
            layer = os.urandom(2 * WHOLE)
            try:
                digest: str | None = send(registry, f"{host}/{path}", layer)
            except KubeshipError as error:
                assert isinstance(error, PushFailed)
                assert error.hint
                assert fault in ("403", "429-tomorrow")
                digest = None
        assert len(faults.spoilt) == 1
        # distribution lets nobody cancel an upload of which it has more than it told; its own purging removes that.
        assert fault in ("half", "lost") or unfinished(path) == []
        direct = directly(stack)
        assert direct.digest(f"{stack.registry}/{path}:1") == digest
        if digest:
            assert direct.has_blob(f"{stack.registry}/{path}", digest_of(layer))


def test_upload_that_broke_arrives_though_the_registry_forgot_it(stack: Stack) -> None:
    """distribution refuses an upload of which more arrived than it had told the client (handlers/blobupload.go)."""
    layer = os.urandom(4 * WHOLE)
    path = f"registry-test/{uuid.uuid4().hex[:8]}"
    with in_front_of(stack.registry, at(2, "half")) as (host, faults):
        registry = open_as(f"{host}/any", None, environment={}, patience=QUICK)
        registry.upload(f"{host}/{path}", digest_of(layer), len(layer), lambda: io.BytesIO(layer), lambda event: None)

    methods = [one.split()[0] for one in faults.seen]
    assert methods == ["GET", "POST", "PATCH", "GET", "DELETE", "HEAD", "POST", "PATCH", "PUT"]
    assert directly(stack).has_blob(f"{stack.registry}/{path}", digest_of(layer))


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("fault", ["close", "reset", "half", "lost", "429", "500", "503", "401", "403"])
def test_engines_push_that_breaks_at_the_tag_is_tried_again_or_a_sentence(
    stack: Stack, image: BuiltImage, fault: str
) -> None:
    push_by_engine(stack, image, "PUT", "/manifests/", fault)


@pytest.mark.soak
@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("fault", ["close", "reset", "half", "lost", "429", "500", "503", "401", "403"])
@pytest.mark.parametrize("method", ["POST", "PATCH", "HEAD"])
def test_engines_push_that_breaks_at_a_layer_is_tried_again_or_a_sentence(
    stack: Stack, image: BuiltImage, method: str, fault: str
) -> None:
    push_by_engine(stack, image, method, "/blobs/", fault)


@pytest.fixture
def alone(stack: Stack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The stack's engine, and no login anywhere."""
    monkeypatch.setenv("DOCKER_HOST", stack.docker_host)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))


def push_by_engine(stack: Stack, image: BuiltImage, method: str, part: str, fault: str) -> None:
    path = f"registry-test/{uuid.uuid4().hex[:8]}"
    spoilt: list[str] = []

    def spoils(number: int, asked: str, address: str) -> str | None:
        if asked != method or part not in address or spoilt:
            return None
        spoilt.append(address)
        return fault

    pushed = ""
    with in_front_of(stack.registry, spoils) as (host, _):
        try:
            pushed = push(open_api(), image, f"{host}/{path}", lambda event: None, QUICK)
        except PushFailed as error:
            assert error.hint
            assert fault in ("401", "403")

    assert spoilt
    registry = directly(stack)
    assert (registry.digest(f"{stack.registry}/{path}:1") or "") == pushed.partition("@")[2]
    if pushed:
        assert registry.manifest(f"{stack.registry}/{path}:1", "linux/amd64").media_type == DOCKER_MANIFEST


def test_proof_of_a_push_leaves_nothing(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", stack.docker_host)
    path = f"registry-test/{uuid.uuid4().hex[:8]}"

    def spoils(number: int, method: str, address: str) -> str | None:
        return "403" if method == "POST" else None

    with in_front_of(stack.registry, spoils) as (host, faults):
        refused = push_finding(open_api(), f"{host}/{path}")
    with in_front_of(stack.registry, lambda number, method, address: None) as (host, seen):
        allowed = push_finding(open_api(), f"{host}/{path}")

    assert refused is not None
    assert refused.fatal
    assert faults.spoilt
    assert allowed is None
    assert [one.split()[0] for one in seen.seen][-2:] == ["POST", "DELETE"]


def test_engine_is_the_adapter_that_workflows_use(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", stack.docker_host)

    assert DockerEngine().push_finding(f"{stack.registry}/registry-test/any") is None
