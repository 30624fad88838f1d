"""Does every push end in an image or in a sentence, whatever breaks, and with nothing half done?"""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from kubeship.errors import KubeshipError, PushFailed
from kubeship.images.distribution.client import RegistryClient, open_as
from kubeship.images.distribution.manifests import OCI_MANIFEST
from kubeship.images.distribution.patience import Patience
from kubeship.images.distribution.together import Together
from kubeship.images.distribution.uploads import PART, WHOLE
from kubeship.model.events import Emit, Event, Note, PushProgress
from tests.faults.proxy import FAULTS, at, in_front_of
from tests.faults.registry import Registry, digest_of, serving

LAYER = b"0123456789abcdef" * (WHOLE // 16 + 3 * PART // 16)
CONFIGURATION = b'{"config": {}}'
MANIFEST = json.dumps(
    {
        "schemaVersion": 2,
        "config": {"digest": digest_of(CONFIGURATION)},
        "layers": [{"digest": digest_of(LAYER)}],
    }
).encode()
REQUESTS = 9
"""GET /v2/; HEAD, POST, PATCH, PUT of the layer; HEAD, POST, PUT of the configuration; PUT of the manifest."""
GIVEN_UP = {"403": "wants a login", "429-tomorrow": "come back in 1440 minutes"}


def quick(slept: list[float] | None = None, answer: float = 0.3) -> Patience:
    record = slept.append if slept is not None else lambda seconds: None
    return Patience(connect=2, answer=answer, commit=answer, sleep=record, chance=lambda: 0.0)


def push(host: str, events: list[Event] | None = None, patience: Patience | None = None) -> str:
    heard: list[Event] = events if events is not None else []
    registry = client(host, heard, patience)
    for content in (LAYER, CONFIGURATION):
        send(registry, f"{host}/team/shop", content, heard.append)
    return registry.put_manifest(f"{host}/team/shop:1", MANIFEST, OCI_MANIFEST)


def send(registry: RegistryClient, repository: str, content: bytes, emit: Emit) -> None:
    digest = digest_of(content)
    if not registry.has_blob(repository, digest):
        registry.upload(repository, digest, len(content), lambda: io.BytesIO(content), emit)


def client(host: str, events: list[Event] | None = None, patience: Patience | None = None) -> RegistryClient:
    emit = events.append if events is not None else None
    return open_as(f"{host}/any", None, environment={}, emit=emit, patience=patience or quick())


def test_push_asks_no_more_than_it_must() -> None:
    with serving(Registry()) as registry:
        events: list[Event] = []

        digest = push(registry.host, events)

    assert digest == digest_of(MANIFEST)
    assert registry.lines == [
        "GET /v2/",
        "HEAD blobs/DIGEST",
        "POST blobs/uploads/",
        "PATCH blobs/uploads/N",
        "PUT blobs/uploads/N",
        "HEAD blobs/DIGEST",
        "POST blobs/uploads/",
        "PUT blobs/uploads/N",
        "PUT manifests/1",
    ]
    assert len(registry.lines) == REQUESTS
    assert PushProgress(len(LAYER), len(LAYER)) in events
    assert not any(isinstance(event, Note) for event in events)


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_at_any_request_ends_in_the_image_or_in_a_sentence(fault: str) -> None:
    for number in range(REQUESTS):
        with serving(Registry()) as registry, in_front_of(registry.host, at(number, fault)) as (host, faults):
            if fault in GIVEN_UP and (fault, number) != ("403", 0):
                with pytest.raises(PushFailed, match=GIVEN_UP[fault]) as caught:
                    push(host)
                assert caught.value.hint
                assert registry.tags("team/shop") == set()
            else:
                assert push(host) == digest_of(MANIFEST)
                assert registry.tags("team/shop") == {"1"}
        assert len(faults.spoilt) == 1
        # Nobody knows the address of an upload whose beginning was not told.
        assert len(registry.uploads) == (faults.spoilt[0] == "lost POST /v2/team/shop/blobs/uploads/")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("number", [1, 3, 8])
def test_fault_that_stays_ends_in_a_sentence_and_leaves_no_tag(fault: str, number: int) -> None:
    slept: list[float] = []
    with (
        serving(Registry()) as registry,
        in_front_of(registry.host, at(number, fault, times=1000)) as (host, faults),
        pytest.raises(KubeshipError) as caught,
    ):
        push(host, patience=quick(slept, answer=0.1))

    assert isinstance(caught.value, PushFailed)
    assert host in caught.value.message
    assert caught.value.hint
    assert len(faults.spoilt) < 20
    assert len(slept) <= 5  # on a busy machine another answer may be late
    if (fault, number) != ("lost", 8):  # that tag has arrived, whole
        assert registry.tags("team/shop") == set()


def test_upload_goes_on_where_the_registry_stands() -> None:
    with serving(Registry()) as registry, in_front_of(registry.host, at(3, "half")) as (host, _):
        push(host)

    sent = [one.headers for one in registry.seen if one.method == "PATCH"]
    assert int(sent[0]["content-length"]) == len(LAYER)
    assert int(sent[1]["content-length"]) == len(LAYER) - len(LAYER) // 2
    assert sent[1]["content-range"] == f"{len(LAYER) // 2}-{len(LAYER) - 1}"


def test_upload_starts_anew_where_the_registry_cannot_say_where_it_stands() -> None:
    with serving(Registry(tells_standing=False)) as registry, in_front_of(registry.host, at(3, "half")) as (host, _):
        push(host)

    assert registry.tags("team/shop") == {"1"}
    assert registry.uploads == {}
    assert [line for line in registry.lines if line.startswith("DELETE")] == ["DELETE blobs/uploads/N"]


def test_big_blob_may_break_more_often_than_a_request() -> None:
    layer = b"x" * (30 * 1024 * 1024)
    breaks = 7

    def spoils(number: int, method: str, path: str) -> str | None:
        nonlocal breaks
        if method != "PATCH" or breaks == 0:
            return None
        breaks -= 1
        return "half"

    with serving(Registry()) as registry, in_front_of(registry.host, spoils) as (host, _):
        client(host).upload(f"{host}/shop", digest_of(layer), len(layer), lambda: io.BytesIO(layer), lambda event: None)

    assert breaks == 0
    assert ("shop", digest_of(layer)) in registry.blobs


def test_each_new_attempt_is_said_and_waits_longer() -> None:
    slept: list[float] = []
    events: list[Event] = []
    with serving(Registry()) as registry, in_front_of(registry.host, at(1, "503", times=3)) as (host, _):
        push(host, events, quick(slept))

    assert slept == [0.25, 0.5, 1.0]
    notes = [event.message for event in events if isinstance(event, Note)]
    assert notes[0] == f"{host} answered 503: trying again in 0.2 s"


def test_registry_may_say_how_long_to_wait() -> None:
    slept: list[float] = []
    with serving(Registry()) as registry, in_front_of(registry.host, at(3, "429-after")) as (host, _):
        push(host, patience=quick(slept))

    assert slept == [1.25]


def test_first_failure_ends_the_other_uploads() -> None:
    big = b"y" * (64 * 1024 * 1024)

    def spoils(number: int, method: str, path: str) -> str | None:
        return "403" if method == "HEAD" and digest_of(LAYER) in path else None

    with serving(Registry()) as registry, in_front_of(registry.host, spoils) as (host, _):
        together = Together()
        emit = together.until_ended(lambda event: None)
        with pytest.raises(PushFailed, match="wants a login"):
            together.each(lambda content: send(client(host), f"{host}/shop", content, emit), [big, LAYER])

        assert registry.blobs == {}
        assert registry.uploads == {}


def test_download_goes_on_where_it_broke_and_leaves_no_half_file(tmp_path: Path) -> None:
    with serving(Registry()) as registry, in_front_of(registry.host, at(1, "half")) as (host, _):
        digest = registry.put("shop", LAYER)

        client(host).download(f"{host}/shop", digest, tmp_path / "layer")

    assert (tmp_path / "layer").read_bytes() == LAYER
    assert [one.headers.get("range") for one in registry.seen[1:]] == [None, f"bytes={len(LAYER) // 2}-"]


@pytest.mark.parametrize("fault", FAULTS)
def test_download_that_fails_leaves_nothing(tmp_path: Path, fault: str) -> None:
    with serving(Registry()) as registry, in_front_of(registry.host, at(1, fault, times=1000)) as (host, _):
        digest = registry.put("shop", CONFIGURATION)

        with pytest.raises(KubeshipError) as caught:
            client(host, patience=quick(answer=0.1)).download(f"{host}/shop", digest, tmp_path / "layer")

    assert caught.value.exit_code == 4
    assert list(tmp_path.iterdir()) == []


def test_damaged_blob_is_refused(tmp_path: Path) -> None:
    with serving(Registry()) as registry:
        registry.blobs["shop", digest_of(b"right")] = b"wrong"
        reader: Any = client(registry.host)

        with pytest.raises(KubeshipError, match="other bytes"):
            reader.download(f"{registry.host}/shop", digest_of(b"right"), tmp_path / "layer")
        with pytest.raises(KubeshipError, match="other bytes"):
            reader.blob(f"{registry.host}/shop", digest_of(b"right"))

    assert list(tmp_path.iterdir()) == []


def test_disk_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with serving(Registry()) as registry:
        digest = registry.put("shop", CONFIGURATION)

        with pytest.raises(KubeshipError, match="can't be written") as caught:
            client(registry.host).download(f"{registry.host}/shop", digest, tmp_path / "missing" / "layer")

    assert caught.value.hint
