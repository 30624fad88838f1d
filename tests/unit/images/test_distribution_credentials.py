"""Do credentials come from where docker has them, and go to the one registry that they are for?"""

import json
import os
import ssl
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kubeship.errors import MissingPrecondition
from kubeship.images.distribution.credentials import Login, login_for, token_user
from kubeship.images.distribution.trust import Way, is_loopback, tls_context, ways

HELPER = """#!/bin/sh
read host
case "$host" in
  %s) echo '%s' ;;
  *) echo "credentials not found in native keychain"; exit 1 ;;
esac
"""


@pytest.fixture(autouse=True)
def _no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))


def configured(folder: Path, monkeypatch: pytest.MonkeyPatch, **content: Any) -> None:
    (folder / "config.json").write_text(json.dumps(content))
    monkeypatch.setenv("DOCKER_CONFIG", str(folder))


def helper(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, host: str, answer: Mapping[str, str]) -> None:
    program = folder / f"docker-credential-{name}"
    program.write_text(HELPER % (host, json.dumps(answer)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def secret(login: Login | None) -> tuple[str, str, str] | None:
    return (login.username, login.password, login.identity_token) if login else None


def test_login_of_docker_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    auths = {
        "r.example.com": {"auth": b64encode(b"me:se:cret").decode()},
        "https://index.docker.io/v1/": {"auth": b64encode(b"hub:secret").decode()},
        "azure.azurecr.io": {"identitytoken": "refresh"},
        "empty.example.com": {},
    }
    configured(tmp_path, monkeypatch, auths=auths)

    assert secret(login_for("r.example.com", {})) == ("me", "se:cret", "")
    assert secret(login_for("docker.io", {})) == ("hub", "secret", "")
    assert secret(login_for("registry-1.docker.io", {})) == ("hub", "secret", "")
    assert secret(login_for("azure.azurecr.io", {})) == ("", "", "refresh")
    assert login_for("empty.example.com", {}) is None
    assert login_for("other.example.com", {}) is None


def test_credential_helpers_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ecr = "1.dkr.ecr.eu-central-1.amazonaws.com"
    helper(tmp_path, monkeypatch, "ecr-login", ecr, {"Username": "AWS", "Secret": "for-an-hour"})
    helper(tmp_path, monkeypatch, "acr-env", "a.azurecr.io", {"Username": "<token>", "Secret": "refresh"})
    configured(tmp_path, monkeypatch, credHelpers={ecr: "ecr-login", "a.azurecr.io": "acr-env"})

    assert secret(login_for(ecr, os.environ)) == ("AWS", "for-an-hour", "")
    assert secret(login_for("a.azurecr.io", os.environ)) == ("", "", "refresh")


def test_helper_that_is_not_there_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configured(tmp_path, monkeypatch, credHelpers={"gcr.io": "of-nobody"})

    with pytest.warns(UserWarning), pytest.raises(MissingPrecondition, match="docker-credential-of-nobody") as caught:
        login_for("gcr.io", {})

    assert "credHelpers" in caught.value.hint


@pytest.mark.parametrize("auth", ["%%%", "bm8gY29sb24=", 7, None])
def test_damaged_configuration_is_a_sentence_without_its_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, auth: object
) -> None:
    configured(tmp_path, monkeypatch, auths={"r.example.com": {"auth": auth}})

    with pytest.raises(MissingPrecondition, match="can't be decoded") as caught:
        login_for("r.example.com", {})

    assert str(auth) not in caught.value.message


@pytest.mark.parametrize(
    ("environment", "registry", "is_the_images", "expected"),
    [
        ({"KUBESHIP_REGISTRY_USERNAME": "u", "KUBESHIP_REGISTRY_PASSWORD": "p"}, "r.example.com", True, ("u", "p")),
        ({"KUBESHIP_REGISTRY_USERNAME": "u", "KUBESHIP_REGISTRY_PASSWORD": "p"}, "docker.io", False, None),
        ({"KUBESHIP_REGISTRY_TOKEN": "t"}, "europe-docker.pkg.dev", True, ("oauth2accesstoken", "t")),
        ({"KUBESHIP_REGISTRY_TOKEN": "t", "KUBESHIP_REGISTRY_USERNAME": "u"}, "r.example.com", True, ("u", "t")),
        (
            {"KUBESHIP_REGISTRY_TOKEN": "t", "KUBESHIP_REGISTRY": "a.example.com"},
            "a.example.com",
            False,
            ("token", "t"),
        ),
        ({"KUBESHIP_REGISTRY_TOKEN": "t", "KUBESHIP_REGISTRY": "a.example.com"}, "b.example.com", True, None),
        (
            {"KUBESHIP_REGISTRY_TOKEN": "t", "KUBESHIP_REGISTRY": "https://index.docker.io/"},
            "docker.io",
            False,
            ("token", "t"),
        ),
        (
            {"CI_REGISTRY": "registry.gitlab.com", "CI_REGISTRY_USER": "ci", "CI_REGISTRY_PASSWORD": "p"},
            "registry.gitlab.com",
            False,
            ("ci", "p"),
        ),
        ({"CI_REGISTRY": "registry.gitlab.com", "CI_REGISTRY_PASSWORD": "p"}, "r.example.com", True, None),
        ({"GITHUB_TOKEN": "g", "GITHUB_ACTOR": "octocat"}, "ghcr.io", False, ("octocat", "g")),
        ({"GITHUB_TOKEN": "g"}, "docker.io", True, None),
    ],
)
def test_variables_go_to_the_registry_that_they_are_for(
    environment: dict[str, str], registry: str, is_the_images: bool, expected: tuple[str, str] | None
) -> None:
    found = login_for(registry, environment, is_the_images=is_the_images)

    assert secret(found) == ((*expected, "") if expected else None)


def test_own_variables_come_before_docker_and_docker_before_what_ci_sets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(tmp_path, monkeypatch, auths={"ghcr.io": {"auth": b64encode(b"docker:d").decode()}})
    ci = {"GITHUB_TOKEN": "g"}

    assert secret(login_for("ghcr.io", ci)) == ("docker", "d", "")
    assert secret(login_for("ghcr.io", {**ci, "KUBESHIP_REGISTRY_TOKEN": "t"}, is_the_images=True)) == (
        "token",
        "t",
        "",
    )


def test_half_a_login_is_a_sentence() -> None:
    with pytest.raises(MissingPrecondition, match="without KUBESHIP_REGISTRY_USERNAME"):
        login_for("r.example.com", {"KUBESHIP_REGISTRY_PASSWORD": "p"}, is_the_images=True)
    with pytest.raises(MissingPrecondition, match="without KUBESHIP_REGISTRY_PASSWORD") as caught:
        login_for(
            "r.example.com", {"KUBESHIP_REGISTRY_USERNAME": "u", "KUBESHIP_REGISTRY_PASSWORD": ""}, is_the_images=True
        )

    assert "forks" in caught.value.hint


@pytest.mark.parametrize(
    ("registry", "name"),
    [
        ("gcr.io", "oauth2accesstoken"),
        ("notgcr.io", "token"),
        ("x.azurecr.io:443", "0" * 8 + "-0000-0000-0000-" + "0" * 12),
    ],
)
def test_tokens_have_the_user_name_that_the_registry_wants(registry: str, name: str) -> None:
    assert token_user(registry) == name


@pytest.mark.parametrize(
    ("registry", "loopback"),
    [
        ("localhost", True),
        ("localhost:5000", True),
        ("127.0.0.5:1", True),
        ("[::1]:5000", True),
        ("localhost.example.com", False),
        ("10.0.0.1:5000", False),
        ("registry.example.com", False),
    ],
)
def test_only_this_machine_is_insecure_by_nature(registry: str, loopback: bool) -> None:
    assert is_loopback(registry) == loopback
    assert (ways(registry, {}) == (Way("https", verified=True),)) == (not loopback)


def test_other_insecure_registries_need_the_word() -> None:
    environment = {"KUBESHIP_INSECURE_REGISTRIES": "10.0.0.1:5000, r.example.com"}

    assert ways("10.0.0.1:5000", environment)[-1] == Way("http", verified=False)
    assert ways("r.example.com", environment)[0] == Way("https", verified=False)
    assert ways("10.0.0.1", environment) == (Way("https", verified=True),)


def test_verified_means_verified() -> None:
    verified, unverified = tls_context("r", True, {}), tls_context("r", False, {})

    assert (verified.verify_mode, verified.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert (unverified.verify_mode, unverified.check_hostname) == (ssl.CERT_NONE, False)


def test_authority_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "not.pem").write_text("nothing")

    for path in (tmp_path / "missing.pem", tmp_path / "not.pem"):
        with pytest.raises(MissingPrecondition, match="REQUESTS_CA_BUNDLE names"):
            tls_context("r.example.com", True, {"REQUESTS_CA_BUNDLE": str(path)})


def test_authority_in_docker_s_folder_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "docker" / "certs.d" / "r.example.com:5000"
    folder.mkdir(parents=True)
    (folder / "ca.crt").write_text("nothing")

    with pytest.raises(MissingPrecondition, match=r"ca\.crt can't be read"):
        tls_context("r.example.com:5000", True, {})
    tls_context("r.example.com", True, {})
