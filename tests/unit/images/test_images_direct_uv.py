"""Do credentials reach uv and nothing else, and do the user's other settings stay out?"""

import stat
from pathlib import Path

import pytest

from kubeship.errors import BuildFailed, InvalidInput
from kubeship.images.direct.secrets import uv_variables
from kubeship.images.direct.uv import Uv, run_uv, without
from kubeship.model.direct import NeedsEngine
from kubeship.model.image import BuildSecret


def test_secrets_have_the_names_that_uv_knows(tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine x login y password z")
    secrets = [
        BuildSecret("PIP_INDEX_URL", variable="MINE"),
        BuildSecret("POETRY_HTTP_BASIC_OWN_PASSWORD", variable="MINE"),
        BuildSecret("TOKEN", variable="MINE"),
        BuildSecret("netrc", file=netrc),
    ]

    found = uv_variables(secrets, {"MINE": "value"})

    assert found == {
        "UV_DEFAULT_INDEX": "value",
        "UV_INDEX_OWN_PASSWORD": "value",
        "TOKEN": "value",
        "NETRC": str(netrc),
    }


def test_missing_secret_names_its_variable_and_a_foreign_file_needs_an_engine(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="MINE is not set"):
        uv_variables([BuildSecret("TOKEN", variable="MINE")], {})
    with pytest.raises(InvalidInput, match="can't be read"):
        uv_variables([BuildSecret("netrc", file=tmp_path / "gone")], {})
    with pytest.raises(NeedsEngine, match=r"pip\.conf"):
        uv_variables([BuildSecret("pip.conf", file=tmp_path)], {})


def test_no_secret_shows_in_what_uv_says() -> None:
    said = "failed to fetch https://me:s3cret@example.com/simple with token-1"

    assert without(said, {"TOKEN": "token-1"}) == "failed to fetch https://***@example.com/simple with ***"


def uv_that_says(folder: Path, script: str) -> Uv:
    program = folder / "uv"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return Uv(program, "0")


def test_only_indexes_of_the_users_settings_reach_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_INDEX_OWN_USERNAME", "UV_RESOLUTION", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "set")

    seen = run_uv(uv_that_says(tmp_path, "env"), [], tmp_path, {"TOKEN": "t"}).splitlines()

    assert {"UV_INDEX_OWN_USERNAME=set", "TOKEN=t", "UV_NO_INSTALLER_METADATA=1"} <= set(seen)
    assert not any(line.startswith(("UV_RESOLUTION", "VIRTUAL_ENV")) for line in seen)


@pytest.mark.parametrize(
    ("words", "family"),
    [
        ("Because all versions of x have no usable wheels", NeedsEngine),
        ("Hash mismatch for `x==1`", BuildFailed),
        ("Failed to fetch: https://example.com/simple/x/", BuildFailed),
    ],
)
def test_only_what_must_be_built_needs_an_engine(words: str, family: type[Exception], tmp_path: Path) -> None:
    uv = uv_that_says(tmp_path, f"echo 'error: No\n  cause: {words}' >&2; exit 1".replace("`", ""))

    with pytest.raises(family, match=words.replace("`", "")):
        run_uv(uv, [], tmp_path, {})
