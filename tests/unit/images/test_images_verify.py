"""Does a proof run with less than a pod would have, and leave nothing behind?"""

from collections.abc import Mapping
from typing import Any, cast

import pytest
import requests
from docker.errors import APIError

from kubeship.errors import VerificationFailed
from kubeship.images.containers import ABANDONED_SECONDS, LABEL, abandoned, container_config
from kubeship.images.ports import EngineApi
from kubeship.images.proof import MARKER
from kubeship.images.verify import try_start, verify
from kubeship.model.image import BuiltImage, Promise, Trial

IMAGE = BuiltImage("sha256:id", "shop:1", 1)
PROMISE = Promise("web", "app:app", "wsgi")
ANSWER = f'{MARKER}{{"step": "done", "found": "Flask", "interface": "wsgi", "seconds": 0.1}}\n'


class FakeApi:
    """An engine whose containers all say the same."""

    address = "unix:///fake"

    def __init__(self, interpreters: tuple[str, ...] = ("python",), output: str = ANSWER) -> None:
        self.interpreters = interpreters
        self.output = output
        self.there: dict[str, Mapping[str, Any]] = {}
        self.interrupt = False

    def containers(self, label: str) -> list[dict[str, Any]]:
        return []

    def create_container(self, name: str, config: Mapping[str, Any]) -> None:
        self.there[name] = config

    def start(self, container: str) -> None:
        if self.there[container]["Entrypoint"][0] not in self.interpreters:
            raise APIError("400", requests.Response(), explanation='exec: "python": executable file not found in $PATH')

    def wait(self, container: str, seconds: float) -> int | None:
        if self.interrupt:
            raise KeyboardInterrupt
        return 0

    def inspect_container(self, container: str) -> dict[str, Any]:
        return {"State": {"OOMKilled": False}}

    def logs(self, container: str) -> str:
        return self.output

    def remove_container(self, container: str) -> None:
        self.there.pop(container, None)


def test_container_has_no_network_no_capability_and_nothing_to_write_on_but_tmp() -> None:
    config = container_config(IMAGE, "proof.py", {}, {"B": "2", "A": "1"}, interpreter="python")

    host = config["HostConfig"]
    assert (host["NetworkMode"], host["ReadonlyRootfs"], host["CapDrop"]) == ("none", True, ["ALL"])
    assert list(host["Tmpfs"]) == ["/tmp"]
    assert config["Env"] == ["A=1", "B=2"]
    assert "User" not in config


def test_container_can_write_where_the_pod_has_volumes() -> None:
    config = container_config(IMAGE, "proof.py", {}, {}, ("/app/logs",), interpreter="python")

    assert list(config["HostConfig"]["Tmpfs"]) == ["/tmp", "/app/logs"]


def test_interpreter_is_the_one_that_the_image_has() -> None:
    api = FakeApi(interpreters=("python3",))

    proofs = verify(fake(api), IMAGE, [PROMISE], {})

    assert proofs[0].found == "Flask"
    assert api.there == {}


def test_image_without_python_is_a_sentence() -> None:
    api = FakeApi(interpreters=())

    with pytest.raises(VerificationFailed, match="no python and no python3 on its PATH"):
        verify(fake(api), IMAGE, [PROMISE], {})

    assert api.there == {}


def test_interrupted_proof_leaves_no_container() -> None:
    api = FakeApi()
    api.interrupt = True

    with pytest.raises(KeyboardInterrupt):
        verify(fake(api), IMAGE, [PROMISE], {})

    assert api.there == {}


@pytest.mark.parametrize(
    ("owner", "age", "gone"),
    [
        ("here:1", 10, True),
        ("here:2", 10, False),
        ("elsewhere:1", 10, False),
        ("elsewhere:1", ABANDONED_SECONDS + 1, True),
        ("nonsense", 10, False),
    ],
)
def test_only_containers_that_nobody_waits_for_are_removed(owner: str, age: float, gone: bool) -> None:
    container = {"Labels": {LABEL: owner}, "Created": 1000}

    found = abandoned(container, host="here", now=1000 + age, is_alive=lambda pid: pid == 2)

    assert found is gone


def fake(api: FakeApi) -> EngineApi:
    return cast("EngineApi", api)


@pytest.mark.parametrize(
    ("said", "healthy", "outcome"),
    [
        ('{"healthy": true, "outcome": "GET / answers 200", "seconds": 1.0, "memory": 9, "log": "a\\nb"}', True, "200"),
        ("nothing of ours", False, "ended from outside"),
    ],
)
def test_a_start_is_told_and_never_an_error(said: str, healthy: bool, outcome: str) -> None:
    api = FakeApi(output=f"{MARKER}{said}\n" if healthy else said)
    trial = Trial("web", ("gunicorn", "app:app"), 8000, "/healthz", (), 20)

    answer = try_start(fake(api), IMAGE, trial, {})

    assert answer.healthy is healthy
    assert outcome in answer.outcome
