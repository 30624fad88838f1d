"""Is the right cluster chosen, and is each way to miss it a sentence?"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from kubernetes.client import Configuration

from kubeship.cluster.connect import connect
from kubeship.cluster.login import log_in
from kubeship.errors import MissingPrecondition

NOWHERE = "https://127.0.0.1:1"


@pytest.fixture(autouse=True)
def no_cluster_around(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))


def write(folder: Path, user: dict[str, Any], current: str = "dev") -> None:
    (folder / "kubeconfig").write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": current,
                "clusters": [{"name": "dev", "cluster": {"server": NOWHERE, "insecure-skip-tls-verify": True}}],
                "users": [{"name": "me", "user": user}],
                "contexts": [
                    {"name": "dev", "context": {"cluster": "dev", "user": "me"}},
                    {"name": "prod", "context": {"cluster": "dev", "user": "me"}},
                ],
            }
        )
    )


def test_missing_kubeconfig_names_the_path(tmp_path: Path) -> None:
    with pytest.raises(MissingPrecondition, match="there is no kubeconfig at") as raised:
        connect(None, "shop", print)

    assert str(tmp_path / "kubeconfig") in raised.value.message
    assert "KUBECONFIG" in raised.value.hint


def test_unknown_context_names_the_known_ones(tmp_path: Path) -> None:
    write(tmp_path, {"token": "x"})

    with pytest.raises(MissingPrecondition, match=r"there is no context stage in .* it has dev, prod"):
        connect("stage", "shop", print)


def test_no_current_context_names_the_known_ones(tmp_path: Path) -> None:
    write(tmp_path, {"token": "x"}, current="")

    with pytest.raises(MissingPrecondition, match="has no current context; it has dev, prod"):
        connect(None, "shop", print)


def test_empty_context_is_named(tmp_path: Path) -> None:
    (tmp_path / "kubeconfig").write_text("{current-context: dev, contexts: [{name: dev, context: }], users: []}")

    with pytest.raises(MissingPrecondition, match=r"the context dev in .* can't be used"):
        connect(None, "shop", print)


def test_broken_kubeconfig_is_named(tmp_path: Path) -> None:
    (tmp_path / "kubeconfig").write_text("clusters: [")

    with pytest.raises(MissingPrecondition, match="can't read the kubeconfig"):
        connect(None, "shop", print)


def test_unreachable_server_says_that_nothing_listens(tmp_path: Path) -> None:
    write(tmp_path, {"token": "x"})

    with pytest.raises(MissingPrecondition, match=r"can't reach https://127\.0\.0\.1:1: nothing listens there"):
        connect(None, "shop", print)


def test_login_plugin_that_fails_is_not_swallowed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "sh",
        "args": ["-c", "echo session expired >&2; exit 1"],
        "interactiveMode": "Never",
    }
    write(tmp_path, {"exec": plugin})

    with pytest.raises(MissingPrecondition, match=r"the login plugin of context dev \(sh\) gave no credentials"):
        connect(None, "shop", print)

    assert "ERROR:root" not in capfd.readouterr().err


def test_login_plugin_that_gives_a_token_has_done_its_work(tmp_path: Path) -> None:
    answer = '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "abc"}}'
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "echo", "args": [answer]}
    write(tmp_path, {"exec": {**plugin, "interactiveMode": "Never"}})
    configuration = Configuration()

    assert log_in(None, configuration) == "dev"
    assert configuration.auth_settings()["BearerToken"]["value"] == "Bearer abc"


def test_line_end_of_a_tokens_file_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("abc\n")
    write(tmp_path, {"tokenFile": str(tmp_path / "token")})
    configuration = Configuration()

    log_in(None, configuration)

    assert configuration.auth_settings()["BearerToken"]["value"] == "Bearer abc"


@pytest.mark.parametrize("first", ["current-context: dev", "# nothing yet", "clusters: []"])
def test_of_several_files_the_first_one_chooses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    write(tmp_path, {"token": "x"}, current="prod")
    (tmp_path / "first").write_text(first)
    files = [str(tmp_path / name) for name in ("missing", "first", "kubeconfig")]
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(files))

    assert log_in(None, Configuration()) == ("dev" if "dev" in first else "prod")


def test_login_plugin_that_is_not_installed_comes_with_the_kubeconfigs_advice(tmp_path: Path) -> None:
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "no-such-plugin", "installHint": "get it"}
    write(tmp_path, {"exec": plugin})

    with pytest.raises(
        MissingPrecondition, match=r"\(no-such-plugin\) gave no credentials: it isn't installed"
    ) as raised:
        connect(None, "shop", print)

    assert raised.value.hint.startswith("get it")


def test_login_plugin_that_gives_an_empty_token_is_not_swallowed(tmp_path: Path) -> None:
    answer = '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": ""}}'
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "echo", "args": [answer]}
    write(tmp_path, {"exec": {**plugin, "interactiveMode": "Never"}})

    with pytest.raises(MissingPrecondition, match="gave no credentials"):
        connect(None, "shop", print)


def test_login_plugin_that_waits_for_somebody_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubeship.cluster.login.PLUGIN_SECONDS", 0.3)
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "sleep", "args": ["5"]}
    write(tmp_path, {"exec": {**plugin, "interactiveMode": "Never"}})

    with pytest.raises(MissingPrecondition, match=r"\(sleep\) gave no credentials within 0 s: it may be waiting"):
        connect(None, "shop", print)


def test_discovery_cache_is_private(tmp_path: Path) -> None:
    write(tmp_path, {"token": "x"})

    with pytest.raises(MissingPrecondition):
        connect(None, "shop", print)

    (cache,) = (tmp_path / "cache" / "kubeship" / "discovery").iterdir()
    assert cache.stat().st_mode & 0o777 == 0o600
    assert cache.parent.stat().st_mode & 0o777 == 0o700


def test_home_that_can_not_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"token": "x"})
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))

    with pytest.raises(MissingPrecondition, match="nothing listens there"):
        connect(None, "shop", print)
