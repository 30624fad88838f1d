"""Do lock files of other tools come to the pins that those tools would install?"""

import copy
import hashlib
import json
import tomllib
from typing import Any

import pytest

from kubeship.images.direct.locks import pinned_by_pdm, pinned_by_pipenv, pinned_by_poetry, registries_of_uv
from kubeship.images.direct.pins import Pin, Pins
from kubeship.images.direct.target import target_of
from kubeship.model.direct import NeedsEngine

MARKERS = target_of("linux/amd64", "3.12", None).markers
PYPROJECT = tomllib.loads("""
[tool.poetry.dependencies]
python = "^3.11"
flask = "^3.0"
psycopg = {version = "*", optional = true}
[tool.poetry.extras]
pg = ["psycopg"]
[tool.poetry.group.dev.dependencies]
pytest = "*"
""")
POETRY = tomllib.loads("""
[[package]]
name = "colorama"
version = "0.4.6"
groups = ["main", "dev"]
markers = {main = "platform_system == \\"Windows\\"", dev = "sys_platform == \\"win32\\""}
files = [{file = "c.whl", hash = "sha256:cc"}]
[[package]]
name = "Flask"
version = "3.1.3"
groups = ["main"]
files = [{file = "f.whl", hash = "sha256:bb"}, {file = "f.tar.gz", hash = "sha256:aa"}]
[[package]]
name = "psycopg"
version = "3.3.9"
groups = ["main"]
markers = "extra == \\"pg\\""
files = [{file = "p.whl", hash = "sha256:dd"}]
[package.source]
type = "legacy"
url = "https://pypi.example.com/simple"
reference = "own"
[[package]]
name = "pytest"
version = "9.2.0"
groups = ["dev"]
files = [{file = "t.whl", hash = "sha256:ee"}]
[metadata]
lock-version = "2.1"
""")


def content_hash(document: Any) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def poetry_lock(**changed: Any) -> dict[str, Any]:
    """The lock with the hash that Poetry gives to PYPROJECT: its relevant keys, those that are missing as null."""
    poetry = PYPROJECT["tool"]["poetry"]
    relevant = {key: poetry.get(key) for key in ("dependencies", "source", "extras", "dev-dependencies", "group")}
    lock = copy.deepcopy(POETRY)
    lock["metadata"]["content-hash"] = content_hash(relevant)
    return {**lock, **changed}


def names(pins: Pins) -> list[str]:
    return [pin.name for pin in pins.pins]


def test_poetrys_main_group_for_the_target_and_nothing_else() -> None:
    pins = pinned_by_poetry(poetry_lock(), PYPROJECT, MARKERS, (), ())

    assert pins == Pins((Pin("flask", "3.1.3", ("sha256:aa", "sha256:bb")),))
    assert pins.text == "flask==3.1.3 --hash=sha256:aa --hash=sha256:bb\n"


def test_poetrys_groups_and_extras_that_are_asked_for_and_the_index_of_one() -> None:
    pins = pinned_by_poetry(poetry_lock(), PYPROJECT, MARKERS, ("dev",), ("pg",))

    assert names(pins) == ["flask", "psycopg", "pytest"]
    assert pins.indexes == ("own=https://pypi.example.com/simple",)


def test_poetry_lock_that_is_older_than_its_project_is_not_read() -> None:
    newer = copy.deepcopy(PYPROJECT)
    newer["tool"]["poetry"]["dependencies"]["django"] = "*"

    with pytest.raises(NeedsEngine, match="may be older"):
        pinned_by_poetry(poetry_lock(), newer, MARKERS, (), ())


def test_poetry_package_from_git_and_a_lock_without_groups_are_left_to_poetry() -> None:
    git = poetry_lock()
    git["package"][1]["source"] = {"type": "git", "url": "https://example.com/f.git"}
    old = poetry_lock()
    del old["package"][0]["groups"]

    with pytest.raises(NeedsEngine, match=r"example\.com/f\.git"):
        pinned_by_poetry(git, PYPROJECT, MARKERS, (), ())
    with pytest.raises(NeedsEngine, match=r"before 2\.0"):
        pinned_by_poetry(old, PYPROJECT, MARKERS, (), ())


def test_pdms_default_group_for_the_target() -> None:
    pyproject = {"project": {"dependencies": ["flask"], "requires-python": ">=3.11"}}
    hashed = {
        "sources": [],
        "dependencies": ["flask"],
        "dev-dependencies": {},
        "optional-dependencies": {},
        "requires-python": ">=3.11",
        "resolution": {},
    }
    files = [{"file": "x.whl", "hash": "sha256:aa"}]
    lock: dict[str, Any] = {
        "metadata": {"strategy": ["inherit_metadata"], "content_hash": f"sha256:{content_hash(hashed)}"},
        "package": [
            {"name": "flask", "version": "3.1.3", "groups": ["default"], "files": files},
            {"name": "flask", "version": "3.1.3", "groups": ["default"], "files": files, "extras": ["async"]},
            {
                "name": "colorama",
                "version": "1",
                "groups": ["default"],
                "files": files,
                "marker": "sys_platform == 'win32'",
            },
            {"name": "pytest", "version": "9", "groups": ["test"], "files": files},
        ],
    }

    assert names(pinned_by_pdm(lock, pyproject, MARKERS, (), ())) == ["flask"]
    assert names(pinned_by_pdm(lock, pyproject, MARKERS, ("test",), ())) == ["flask", "pytest"]
    with pytest.raises(NeedsEngine, match="inherit_metadata"):
        pinned_by_pdm({**lock, "metadata": {**lock["metadata"], "strategy": []}}, pyproject, MARKERS, (), ())
    with pytest.raises(NeedsEngine, match="may be older"):
        pinned_by_pdm(lock, {"project": {"dependencies": ["django"]}}, MARKERS, (), ())


def test_pipenvs_default_section_for_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "t")
    pipfile: dict[str, Any] = {"source": [{"url": "https://pypi.org/simple"}], "packages": {"flask": "*"}}
    hashed = {
        "_meta": {"sources": pipfile["source"], "requires": {}},
        "default": pipfile["packages"],
        "develop": {},
    }
    digest = hashlib.sha256(json.dumps(hashed, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    lock: dict[str, Any] = {
        "_meta": {"hash": {"sha256": digest}, "sources": [{"url": "https://u:${TOKEN}@example.com/simple"}]},
        "default": {
            "flask": {"version": "==3.1.3", "hashes": ["sha256:aa"]},
            "colorama": {"version": "==1", "hashes": ["sha256:bb"], "markers": "sys_platform == 'win32'"},
        },
        "develop": {"pytest": {"version": "==9", "hashes": ["sha256:cc"]}},
    }

    pins = pinned_by_pipenv(lock, pipfile, MARKERS, ())

    assert names(pins) == ["flask"]
    assert pins.indexes == ("https://u:t@example.com/simple",)
    with pytest.raises(NeedsEngine, match="may be older"):
        pinned_by_pipenv(lock, {**pipfile, "packages": {"django": "*"}}, MARKERS, ())


def test_uvs_indexes_beside_pypi() -> None:
    sources = ("https://pypi.org/simple", "https://own.example.com/simple", "https://own.example.com/simple")
    lock = {"package": [*({"source": {"registry": source}} for source in sources), {"source": {"virtual": "."}}]}

    assert registries_of_uv(lock) == ("https://own.example.com/simple",)


def test_only_platforms_with_wheels_have_a_target() -> None:
    assert target_of("linux/arm64", "3.12", "3.12.4").uv_platform == "aarch64-manylinux_2_36"
    assert target_of("linux/arm64", "3.12", "3.12.4").markers["python_full_version"] == "3.12.4"
    with pytest.raises(NeedsEngine, match="linux/s390x"):
        target_of("linux/s390x", "3.12", None)
