"""Are registries spoken to as they want, and do credentials go to nobody else?"""

import io
import json
import logging
import traceback
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from kubeship.errors import KubeshipError, MissingPrecondition, PushFailed
from kubeship.images.distribution.client import RegistryClient, open_as, open_registry
from kubeship.images.distribution.credentials import Login
from kubeship.images.distribution.manifests import OCI_INDEX, OCI_MANIFEST
from kubeship.images.distribution.patience import Patience
from kubeship.images.distribution.together import Together
from tests.faults.registry import LOGIN, Registry, basic, digest_of, http_server, serving

LAYER = b"a layer" * 1000
ME = Login(*LOGIN)
TOKEN = Login("", "", identity_token="identity-of-mine")
NOW = Patience(sleep=lambda seconds: None)


@pytest.fixture(autouse=True)
def _no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))


def client(registry: Registry, login: Login | None = None) -> RegistryClient:
    return open_as(f"{registry.host}/any", login, environment={}, patience=NOW)


def upload(to: RegistryClient, repository: str, content: bytes = LAYER) -> int:
    to.upload(repository, digest_of(content), len(content), lambda: io.BytesIO(content), lambda event: None)
    return len(content)


def manifest_of(*platforms: str) -> tuple[bytes, dict[str, bytes]]:
    """An index, and its manifests by platform."""
    bodies = {one: json.dumps({"schemaVersion": 2, "of": one}).encode() for one in platforms}
    entries = []
    for platform, body in bodies.items():
        system, architecture, *variant = platform.split("/")
        described = {"os": system, "architecture": architecture, **({"variant": variant[0]} if variant else {})}
        entries.append({"digest": digest_of(body), "platform": described})
    return json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries}).encode(), bodies


@pytest.mark.parametrize(("scheme", "login"), [(None, None), ("basic", ME), ("bearer", ME), ("bearer", TOKEN)], ids=str)
def test_blob_arrives_by_each_way_to_log_in(scheme: str | None, login: Login | None) -> None:
    with serving(Registry(scheme)) as registry:
        upload(client(registry, login), f"{registry.host}/shop")

        assert registry.blobs["shop", digest_of(LAYER)] == LAYER


def test_token_that_expires_in_a_push_is_fetched_again() -> None:
    with serving(Registry("bearer", token_uses=2)) as registry:
        sender = client(registry, ME)
        for number in range(5):
            upload(sender, f"{registry.host}/shop", b"%d" % number)

        assert len(registry.blobs) == 5
        assert registry.lines.count("GET /token") == 5


def test_tokens_are_asked_for_the_repository_and_what_is_done_there() -> None:
    with serving(Registry("bearer")) as registry:
        registry.put("base", LAYER)
        sender = client(registry, ME)
        mounted = sender.mount(f"{registry.host}/team/shop", digest_of(LAYER), f"{registry.host}/base")

        asked = next(one for one in registry.seen if one.path == "/token")

    assert mounted
    assert asked.query["service"] == ["registry"]
    assert asked.query["scope"][:2] == ["repository:team/shop:pull,push", "repository:base:pull"]
    assert asked.headers["authorization"] == basic(*LOGIN)


@pytest.mark.parametrize(
    ("scheme", "login", "reason", "advice"),
    [
        ("basic", None, "wants a login for", "docker login 127.0.0.1"),
        ("basic", Login("me", "wrong"), "doesn't accept the credentials of the Docker configuration", "log in again"),
        ("bearer", None, "wants a login for", "KUBESHIP_REGISTRY_USERNAME"),
        ("bearer", Login("me", "wrong"), "doesn't accept the credentials", "log in again"),
    ],
)
def test_refused_login_says_what_to_type(scheme: str, login: Login | None, reason: str, advice: str) -> None:
    with serving(Registry(scheme)) as registry, pytest.raises(PushFailed, match=reason) as caught:
        client(registry, login).require_push(f"{registry.host}/shop")

    assert advice in caught.value.hint
    assert caught.value.exit_code == 1


def test_login_without_the_right_is_not_called_a_wrong_login() -> None:
    with serving(Registry("bearer", forbidden="theirs")) as registry:
        with pytest.raises(PushFailed, match=r"doesn't allow it for .*/theirs with the Docker configuration") as caught:
            client(registry, ME).require_push(f"{registry.host}/theirs")

        assert "ask for the right" in caught.value.hint


def test_mount_that_is_refused_is_an_upload() -> None:
    with serving(Registry("bearer", forbidden="theirs")) as registry:
        assert not client(registry, ME).mount(f"{registry.host}/theirs", digest_of(LAYER), f"{registry.host}/base")


def test_push_is_proved_and_taken_back() -> None:
    with serving(Registry("basic")) as registry:
        client(registry, ME).require_push(f"{registry.host}/shop")

        assert registry.lines[-2:] == ["POST blobs/uploads/", "DELETE blobs/uploads/N"]
        assert registry.uploads == {}


def test_mount_that_the_registry_declines_leaves_no_upload() -> None:
    with serving(Registry()) as registry:
        asking = client(registry)

        assert not asking.mount(f"{registry.host}/shop", digest_of(LAYER), f"{registry.host}/base")
        assert not asking.mount(f"{registry.host}/shop", digest_of(LAYER), "elsewhere.example.com/base")
        assert registry.uploads == {}


def test_blobs_go_side_by_side_over_one_login() -> None:
    contents = [b"%d" % number * 2000 for number in range(12)]
    with serving(Registry("bearer")) as registry:
        sending = client(registry, ME)

        sent = Together().each(lambda one: upload(sending, f"{registry.host}/shop", one), contents)

        assert sent == [len(one) for one in contents]
        assert {digest for _, digest in registry.blobs} == {digest_of(one) for one in contents}
        assert registry.lines.count("GET /token") == 1


def test_manifest_of_a_platform_comes_out_of_an_index() -> None:
    index, bodies = manifest_of("linux/amd64", "linux/arm64/v8", "unknown/unknown")
    with serving(Registry()) as registry:
        registry.manifests["base", "1"] = (OCI_INDEX, index)
        for body in bodies.values():
            registry.manifests["base", digest_of(body)] = (OCI_MANIFEST, body)
        reading = client(registry)

        for platform, fitting in (("linux/amd64", "linux/amd64"), ("linux/arm64", "linux/arm64/v8")):
            found = reading.manifest(f"{registry.host}/base:1", platform)
            assert (found.body, found.digest) == (bodies[fitting], digest_of(bodies[fitting]))
        with pytest.raises(MissingPrecondition, match="only for linux/amd64, linux/arm64/v8"):
            reading.manifest(f"{registry.host}/base:1", "linux/s390x")
        assert reading.digest(f"{registry.host}/base:1") == digest_of(index)
        assert reading.digest(f"{registry.host}/base:2") is None
        assert reading.whole_manifest(f"{registry.host}/base:1").body == index


def test_immutable_tag_that_names_the_image_already_is_as_good() -> None:
    body = json.dumps({"schemaVersion": 2}).encode()
    with refusing_manifests({"shop": body}) as host:
        pushing = open_as(f"{host}/any", None, environment={}, patience=NOW)

        assert pushing.put_manifest(f"{host}/shop:1", body, OCI_MANIFEST) == digest_of(body)
        with pytest.raises(PushFailed, match="name another image") as caught:
            pushing.put_manifest(f"{host}/shop:1", body + b" ", OCI_MANIFEST)

    assert "immutable" in caught.value.hint


def test_credentials_stay_with_the_registry_when_storage_is_elsewhere(tmp_path: Path) -> None:
    heard: list[dict[str, str]] = []

    class Storage(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Length", str(len(LAYER)))
            self.end_headers()
            self.wfile.write(LAYER)

        def log_message(self, *_: Any) -> None:
            """Heard."""

    with http_server(Storage) as host, serving(Registry("basic", storage=f"http://{host}")) as registry:
        digest = registry.put("shop", LAYER)
        client(registry, ME).download(f"{registry.host}/shop", digest, tmp_path / "layer")

    assert (tmp_path / "layer").read_bytes() == LAYER
    assert "authorization" not in heard[0]


def test_netrc_is_not_read_and_proxies_are_not_asked_for_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")

    with serving(Registry()) as registry:
        assert not client(registry).has_blob(f"{registry.host}/shop", digest_of(LAYER))

        assert all("authorization" not in one.headers for one in registry.seen)


def test_no_secret_stands_in_an_error_or_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "t0p-s3cret-of-mine"
    logins = [Login("me", secret), Login("", "", identity_token=secret)]
    told = []
    for scheme in ("basic", "bearer"):
        for login in logins:
            with serving(Registry(scheme)) as registry, pytest.raises(KubeshipError) as caught:
                client(registry, login).require_push(f"{registry.host}/shop")
            told.append("".join(traceback.format_exception(caught.value)) + caught.value.details + repr(login))

    assert secret not in "".join(told)
    assert secret not in caplog.text
    assert basic("me", secret).partition(" ")[2] not in "".join(told) + caplog.text


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("localhost:1/shop", "nothing answers at localhost:1: the connection is refused"),
        ("registry.invalid/shop", r"no host of the name registry\.invalid"),
    ],
)
def test_registry_that_is_not_there_is_a_sentence_at_once(reference: str, reason: str) -> None:
    slept: list[float] = []

    with pytest.raises(MissingPrecondition, match=reason) as caught:
        open_as(reference, None, environment={}, patience=Patience(sleep=slept.append)).digest(f"{reference}:1")

    assert caught.value.hint
    assert slept == []


def test_mirror_of_docker_hub_is_read_in_its_place() -> None:
    index, _ = manifest_of("linux/amd64")
    with serving(Registry()) as registry:
        registry.manifests["library/python", "3.12"] = (OCI_INDEX, index)
        environment = {"KUBESHIP_DOCKER_HUB_MIRROR": registry.host, "DOCKER_CONFIG": "/nowhere"}

        hub = open_registry("python", environment=environment, patience=NOW)

        assert hub.digest("python:3.12") == digest_of(index)


def refusing_manifests(held: dict[str, bytes]) -> Any:
    class Immutable(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(200, b"", digest_of(held["shop"]))

        do_HEAD = do_GET  # noqa: N815

        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            words = "tag invalid: The image tag '1' already exists in the 'shop' repository and cannot be overwritten"
            self.answer(400, json.dumps({"errors": [{"code": "TAG_INVALID", "message": words}]}).encode())

        def answer(self, status: int, body: bytes, digest: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Docker-Content-Digest", digest)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    return http_server(Immutable)
